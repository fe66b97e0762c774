"""One article in two folders, as git leaves it where two machines archived it under different titles: make them one."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import replace

from archiver.archive.comparison import text_change, text_of_page
from archiver.archive.quarantine import Quarantine
from archiver.archive.reasons import change_texts
from archiver.archive.versions import all_versions, article_of, free_folder
from archiver.config import Config
from archiver.errors import DamageError, NoteError, StoreError
from archiver.fixity.mend.log import Cure, Mended
from archiver.fixity.survey import Survey
from archiver.models import ArticleRecord, EditedPart, OldVersion, PageChange
from archiver.render.record import article_json
from archiver.rewriting.noteindex import links_into_archive
from archiver.store.layout import OLD_RECORD, PAGE, RECORD, article_folder
from archiver.store.notefiles import read_note
from archiver.store.notewalk import find_notes

log = logging.getLogger(__name__)

Files = Mapping[str, bytes]


def mend_duplicates(config: Config, found: Survey, quarantine: Quarantine) -> dict[str, list[Mended]]:
    """Make one folder of each article that is in several: the folders that stay, with what was done.

    The folder that notes link to stays, with the files of the more complete one. The others, if they say or show
    something else, become earlier versions of it, else they go into quarantine. To be called under the lock.

    Raises StoreError, and DamageError where notes link to more than one of the folders: only their owner can decide.
    """
    groups = _groups(found)
    linked = _linked(config, {folder for same in groups for folder in same}) if groups else {}
    for same in groups:
        named = [folder for folder in same if folder in linked]
        if len(named) > 1:
            places = ", ".join(f"{linked[folder]} leads to {folder}" for folder in named)
            cure = "let them lead to the same one, then: archiver verify --repair"
            raise DamageError(f"notes lead to several copies of one article ({places}); {cure}")
    done = {}
    for same in groups:
        duplicates = _Duplicates(found, same, quarantine, linked)
        done[duplicates.kept] = duplicates.merge()
    if done:
        found.archive.links.compact()
    return done


def _groups(found: Survey) -> list[list[str]]:
    """The folders of each article that has more than one."""
    folders = defaultdict(list)
    for folder, record in sorted(found.records.items()):
        folders[record.id].append(folder)
    return [same for same in folders.values() if len(same) > 1]


def _linked(config: Config, folders: set[str]) -> dict[str, str]:
    """Those of the folders that notes link to, or to earlier versions in them, with the first place that does."""
    linked: dict[str, str] = {}
    for path in find_notes(config.notes_root, config.notes.include, config.notes.exclude, config.archive_root):
        try:
            links = links_into_archive(config, path, read_note(config.notes_root, path))
        except NoteError as error:
            log.info("%s: %s", path, error)  # verify tells it
            continue
        for link in links:
            target = article_folder(link.target)
            for folder in {target, article_of(target)} & folders:
                linked.setdefault(folder, f"{path}:{link.line}")
    return linked


class _Duplicates:
    """The folders `same` of one article; `linked` has that one of them to which notes link, if they do."""

    def __init__(self, found: Survey, same: Sequence[str], quarantine: Quarantine, linked: Collection[str]) -> None:
        self._found = found
        self._archive = found.archive
        self._quarantine = quarantine
        self._records = [found.records[folder] for folder in same]
        targets = {entry.target for entry in found.archive.links}
        best = max(self._records, key=self._completeness)
        kept = min(
            self._records,
            key=lambda record: (
                record.folder not in linked,
                not record.folder.endswith(record.id),  # a copy that somebody made and named
                record.folder not in targets,
                record is not best,
                record.captured_at,
            ),
        )
        self.kept = kept.folder
        self._best = kept if self._completeness(kept) == self._completeness(best) else best
        self._versions = kept.versions

    def _completeness(self, record: ArticleRecord) -> tuple[bool, int, bool]:
        """No damage, how many images, audio and video files are there, a capture."""
        damaged = any(p.damage and p.path.startswith(f"{record.folder}/") for p in self._found.findings)
        return not damaged, len(self._shown(record)), self._archive.has_capture(record)

    def _shown(self, record: ArticleRecord) -> Set[str]:
        return record.files & self._found.files

    def merge(self) -> list[Mended]:
        """Each file is written to its new place before it goes from the old one: after a crash it can be done again."""
        done = [self._put_aside(record) for record in self._records if record is not self._best]
        others = [record for record in self._records if record.folder != self.kept]
        for record in others:
            self._take_versions(record)
        aliases = dict.fromkeys(url for one in (self._best, *self._records) for url in (one.url, *one.aliases))
        merged = replace(self._best, folder=self.kept, aliases=tuple(aliases), versions=self._all_versions())
        files = self._files(self._best) | {RECORD: article_json(merged).encode()}
        self._archive.folders.write(self.kept, files)
        for record in others:
            self._lead_links(record.folder, merged)
            for folder in (*self._versions_of(record), record.folder):
                self._archive.folders.remove(folder)
            done.append(Mended(record.folder, Cure.DUPLICATE_MERGED, file=self.kept))
        return done

    def _put_aside(self, record: ArticleRecord) -> Mended:
        """Keep the files of one that is not the best: as an earlier version, or only in quarantine."""
        files = self._files(record)
        changed = self._differences(record, files)
        if changed or not self._shown(record) <= self._shown(self._best):
            files = {OLD_RECORD if name == RECORD else name: data for name, data in files.items()}
            place = self._keep_version(files, record, change_texts(changed))
            return Mended(record.folder, Cure.DUPLICATE_KEPT, file=place)
        for name, data in files.items():
            self._quarantine.copy(f"{record.folder}/{name}", data)
        return Mended(record.folder, Cure.DUPLICATE_SET_ASIDE)

    def _differences(self, record: ArticleRecord, files: Files) -> tuple[PageChange, ...]:
        """What of the text is different in the best one."""
        before, after = (
            text_of_page(f.get(PAGE, b"")) for f in (files, self._archive.folders.files(self._best.folder))
        )
        changed = []
        if record.title != self._best.title:
            changed.append(PageChange(EditedPart.TITLE, record.title, self._best.title))
        if before != after:
            changed.append(text_change(before, after))
        return tuple(changed)

    def _versions_of(self, record: ArticleRecord) -> list[str]:
        """The folders of its earlier versions; a copy of an article may be named like one."""
        same = {one.folder for one in self._records}
        return [folder for folder in self._archive.own_folders(record.folder) if folder not in same]

    def _all_versions(self) -> tuple[OldVersion, ...]:
        same = {one.folder for one in self._records}
        found = all_versions(self._archive.folders, self.kept, self._versions)
        return tuple(version for version in found if version.folder not in same)

    def _take_versions(self, record: ArticleRecord) -> None:
        """The earlier versions of one that goes become versions of the one that stays."""
        named = {version.folder: version.changed for version in record.versions}
        for folder in self._versions_of(record):
            old = self._found.versions.get(folder) or replace(record, folder=folder)
            self._keep_version(self._files(old), old, named.get(folder, ()))

    def _keep_version(self, files: Files, old: ArticleRecord, changed: tuple[str, ...]) -> str:
        """Write a version beside the folder that stays, unless one there is the same; its folder."""
        for version in self._all_versions():
            if self._archive.folders.holds(version.folder, files):
                return version.folder
        kept = replace(old, folder=self.kept, versions=self._versions)
        folder = free_folder(self._archive.folders, kept, files)
        self._archive.folders.write(folder, files)
        self._versions = (*self._versions, OldVersion(folder, old.captured_at, changed))
        return folder

    def _files(self, record: ArticleRecord) -> dict[str, bytes]:
        """The files of a record as they belong beside the folder that stays: their links, where that is not as deep."""
        files = self._archive.folders.files(record.folder)
        if record.folder.count("/") != self.kept.count("/"):
            try:
                article = self._archive.read_capture(record)
                files |= self._archive.derived_files(replace(record, folder=self.kept), article)
            except (DamageError, StoreError) as error:
                log.warning("%s: its links stay as they are: %s", record.folder, error)
        return files

    def _lead_links(self, gone: str, kept: ArticleRecord) -> None:
        """Let the lines of links.jsonl that lead to the folder that goes lead to the other."""
        links = self._archive.links
        links.put(*(replace(e, target=kept.folder, status=kept.status) for e in list(links) if e.target == gone))
