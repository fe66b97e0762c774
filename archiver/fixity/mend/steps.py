"""Mend the archive: first with what it holds itself, then with the network; nothing is taken that is not proved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

from archiver.archive.albums import album_path, known_album
from archiver.archive.archive import Archive
from archiver.archive.boundary import Boundary
from archiver.archive.context import Clock, Context
from archiver.archive.form import form_of
from archiver.archive.indexing import canonical_urls
from archiver.archive.open_archive import open_archive
from archiver.archive.quarantine import Quarantine
from archiver.archive.reparse import linking_to, refresh_links
from archiver.archive.usage import blobs_in
from archiver.config import Config
from archiver.errors import NoteError
from archiver.fixity.mend.articles import Folder, known_url, mend_folder
from archiver.fixity.mend.blobs import LostBlobs
from archiver.fixity.mend.duplicates import mend_duplicates
from archiver.fixity.mend.local import drop_bad_lines, drop_index, drop_wrong_links, put_back, remove_index
from archiver.fixity.mend.log import Bench, Cure, Mended, MendLog
from archiver.fixity.mend.network import Limits, Refetch, Wanted
from archiver.fixity.survey import Survey, take_survey
from archiver.fixity.verify import check_archive, existing_archive
from archiver.gathering.session import room_check, start_session
from archiver.models import Status, UrlKind
from archiver.notes.originals import original_url
from archiver.notes.schemes import is_http
from archiver.stop import Stop
from archiver.store.articles import ArticleFolders
from archiver.store.files import write_atomic
from archiver.store.layout import ALBUM_FILE, ARTICLE_FILE, ARTICLES, BLOB, LINKS, README, RECORD, SUMS, album_source
from archiver.store.lines import LinkEntry
from archiver.store.lock import archive_lock
from archiver.store.notefiles import read_note
from archiver.store.notewalk import find_notes
from archiver.wechat import images, urls


def mend(config: Config, clock: Clock, stop: Stop, *, wait: bool = False) -> MendLog:
    """Mend what can be mended, but for what is made from all the rest; what was done and what could not be. The index
    is thrown away at the end: it may still know what was lost.

    `before`: what `verify` has found, so that the account has all of it; `stop` may ask for an early end of what is
    asked of the network; `wait` is for another run that holds the archive.
    Damaged files are moved (or copied, before they are written again) into quarantine/<date>/; none is deleted.
    Raises ConfigError, LockedError, StoreError, BrowserMissingError, and DamageError where an article can neither be
    read nor fetched again.
    """
    root, room = existing_archive(config), room_check(config)
    room()  # before anything is taken apart
    quarantine, log = Quarantine(root, clock.now()), MendLog(Boundary(root, clock.now))
    with archive_lock(root, wait=wait):
        with log.refusals(ARTICLES):
            ArticleFolders(root).recover()  # of a run that was killed an article may be whole under another name
        _mend_offline(config, root, quarantine, log)
        found = _checked(config, root)
        duplicates = mend_duplicates(config, found, quarantine)
        log.mended += [item for merged in duplicates.values() for item in merged]
        found = _checked(config, root) if duplicates else found
        wanted = _wanted(found)
        _set_aside(found, wanted, quarantine, log)
    with open_archive(root, form_of(config), wait=wait) as archive:
        if wanted:
            context = Context(config, archive, clock, stop=stop)
            with stop.heeded(), start_session(context) as workers:
                bench = Bench(archive, quarantine, log)
                blobs = LostBlobs(bench, _in_notes(config), found.versions.values())
                Refetch(bench, workers, blobs, Limits(room, config.fetch.max_articles)).run(wanted)
        refresh_links(archive, linking_to(archive, duplicates))
        _enter_lost_links(archive, log)
    with archive_lock(root, wait=True):
        remove_index(root)
    return log


def _mend_offline(config: Config, root: Path, quarantine: Quarantine, log: MendLog) -> None:
    """Each step looks at the archive anew: what one mends, the next can build upon."""
    for step in (_mend_lines, put_back, _mend_folders, _mend_index):
        step(_checked(config, root), quarantine, log)


def _checked(config: Config, root: Path) -> Survey:
    """The archive as it is now, with what is wrong with it, but for what a build makes at the end in any case.

    Raises InternalError where something cannot be looked at for a reason that nobody foresaw.
    """
    found = take_survey(root, config.archive.publish)
    found.archive.form = form_of(config)
    check_archive(config, found)
    for error in found.archive.boundary.errors.values():
        raise error  # what cannot be looked at may be intact: it is not to be taken apart
    return found


def _mend_lines(found: Survey, quarantine: Quarantine, log: MendLog) -> None:
    for step in (_set_generated_aside, drop_bad_lines, _clean_sums):
        step(found, quarantine, log)


def _set_generated_aside(found: Survey, quarantine: Quarantine, log: MendLog) -> None:
    """Quarantine the files that are made from others and stand in the way of that: those that the disk does not give,
    and the Markdown of albums that is not as it was written."""
    made = {f"{folder.rpartition('/')[0]}/{SUMS}" for folder in found.article_files()}
    made |= {README, ".gitattributes", ".gitignore"}
    wrong = {path for path in made if path in found.refused or (found.archive.root / path).is_dir()}
    wrong |= {p.path for p in found.findings if p.damage and p.path.endswith(".md") and ALBUM_FILE.fullmatch(p.path)}
    for path in sorted(wrong):
        with log.refusals(path):
            quarantine.keep(path)


def _mend_folders(found: Survey, quarantine: Quarantine, log: MendLog) -> None:
    for path, names in sorted(_troubled(found).items()):
        with log.refusals(path):
            log.add(mend_folder(found, Folder(found, path, names), quarantine))


def _mend_index(found: Survey, _quarantine: Quarantine, log: MendLog) -> None:
    drop_wrong_links(found, log)
    drop_index(found, log)


def _troubled(found: Survey) -> dict[str, set[str]]:
    """The article folders with damage, and the files that they hold."""
    bad = set()
    for finding in found.findings:
        match = ARTICLE_FILE.match(finding.path)
        if match and finding.damage:
            bad.add(match[1])
    return {folder: names for folder, names in found.article_files().items() if folder in bad}


def _clean_sums(found: Survey, quarantine: Quarantine, log: MendLog) -> None:
    """Write a SHA256SUMS again without the lines that say nothing or name articles that never were, and in order."""
    articles = {entry.target for entry in found.archive.links} | _folders(found)
    for parent, sums in found.sums.items():
        kept = {name: sha for name, sha in sums.sums.items() if f"{parent}/{name.partition('/')[0]}" in articles}
        if sums.bad or list(sums.sums) != sorted(kept):
            path = found.archive.root / parent / SUMS
            quarantine.copy(f"{parent}/{SUMS}", path.read_bytes())
            lines = (f"{sha}  {name}\n" for name, sha in sorted(kept.items()))
            write_atomic(path, "".join(lines).encode("utf-8", "surrogateescape"))
            dropped = len(sums.bad) + len(sums.sums) - len(kept)
            log.add(Mended(f"{parent}/{SUMS}", Cure.SUMS_CLEANED, count=dropped))


def _folders(found: Survey) -> set[str]:
    """The article folders that are on the disk."""
    return {match[1] for path in found.files if (match := ARTICLE_FILE.fullmatch(path))}


def _wanted(found: Survey) -> Wanted:
    """What is still missing or damaged and has to be asked for."""
    wanted, damaged_files = Wanted(), {finding.path for finding in found.findings if finding.damage}
    for entry in (entry for entry in found.archive.links if entry.kind is UrlKind.ALBUM):
        # Which album an address leads to only its page tells, and the line since.
        path = album_source(entry.target) if entry.target else album_path(entry.url)
        missed = entry.target if path not in found.files else path  # of both its files only the Markdown is missed
        if not damaged_files.isdisjoint((path, missed)):
            wanted.albums[path] = entry.url
    wanted.blobs = {path for path in damaged_files if BLOB.fullmatch(path)}
    lines = [entry for entry in found.archive.links if entry.kind is UrlKind.ARTICLE and entry.status.is_stored]
    lost = {entry.target for entry in lines if entry.target}
    damaged = {*_troubled(found), *(lost - found.records.keys())}
    wanted.intact = _unwritable(found, wanted.blobs) - damaged
    for folder in sorted(damaged | wanted.intact):
        record = found.records.get(folder)
        url = record.url if record else known_url(found, folder)
        if url:
            wanted.folders[folder] = url
    return wanted


def _unwritable(found: Survey, blobs: set[str]) -> set[str]:
    """The articles that show one of these files and have no capture: only their page can tell how they are written."""
    return {
        folder
        for folder, record in found.records.items()
        if not found.archive.has_capture(record) and not blobs.isdisjoint(record.files)
    }


def _set_aside(found: Survey, wanted: Wanted, quarantine: Quarantine, log: MendLog) -> None:
    """Move an article.json that cannot be read out of the way, or a whole folder that the disk does not list, so that
    the archive can be opened."""
    for folder in wanted.folders:
        record = f"{folder}/{RECORD}"
        path = folder if {f"{folder}/", record} <= found.refused else record
        if folder not in found.records and (path == folder or path in found.files):
            with log.refusals(path):
                quarantine.take(path)


def _in_notes(config: Config) -> set[str]:
    """The images that notes show by their path."""
    shown: set[str] = set()
    root = config.notes_root
    for path in find_notes(root, config.notes.include, config.notes.exclude, config.archive_root):
        try:
            shown |= blobs_in(read_note(root, path))
        except NoteError:
            continue  # verify reports it
    return shown


def _enter_lost_links(archive: Archive, log: MendLog) -> None:
    """Write the lines of links.jsonl again that articles and journal prove."""
    for folder, _, _ in archive.folders.records():
        record = archive.record(folder)
        url = canonical_urls(record)[0]
        if archive.links.get(url) is None:
            archive.put_links(LinkEntry(url, UrlKind.ARTICLE, record.status, target=folder, attempts=1))
            log.add(Mended(LINKS, Cure.LINK_ENTERED, url=url, file=folder))
    for note in archive.journal.notes():
        last = archive.journal.last(note)
        for edit in last.edits if last else ():
            line = _lost_link(archive, urls.canonical_url(original_url(edit)), edit.target)
            if line:
                archive.put_links(line)
                log.add(Mended(LINKS, Cure.LINK_ENTERED, url=line.url, file=line.target))


def _lost_link(archive: Archive, url: str, target: str) -> LinkEntry | None:
    """The line that a URL which the journal names should have; None: it has one, or nothing is known of it."""
    if archive.links.get(url) is not None or not is_http(url):  # a stand-in, as `data:`, is no address
        return None
    kind, folder = urls.classify(url), archive.catalogue.folder_of_id(target) or ""
    there = (archive.root / target).is_file()
    if kind is UrlKind.ARTICLE and archive.folders.has(folder):
        archive.add_alias(folder, url)
        return LinkEntry(url, kind, archive.record(folder).status, target=folder, attempts=1)
    if kind is UrlKind.ALBUM and there and (album := known_album(archive, url, PurePosixPath(target).stem)):
        status = Status.ARCHIVED if len(album.articles) >= album.count else Status.PARTIAL
        return LinkEntry(url, kind, status, target=target, attempts=1)
    if kind is UrlKind.VIDEO and there and BLOB.fullmatch(target):
        return LinkEntry(url, kind, Status.ARCHIVED, target=target, attempts=1)
    if images.image_key(url) and there and BLOB.fullmatch(target):
        entry = LinkEntry(url, UrlKind.IMAGE, Status.ARCHIVED, target=target, attempts=1)
        image = archive.image(images.image_key(url) or "")
        return replace(entry, width=image.width or 0, height=image.height or 0) if image else entry
    return None
