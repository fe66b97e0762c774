"""Plan what rewriting a note changes in it.

A note is always rewritten from its original (origins.py) and in whole, so that it looks the same whatever the modes and
places of earlier runs were: as if it had been rewritten once, now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from archiver.archive.archive import Archive
from archiver.config import Config
from archiver.config.templates import LINK_TEXT
from archiver.due.mirrors import Mirrors
from archiver.events import Notice
from archiver.models import Edit, Form, Link, Role, Span, UrlKind
from archiver.models.rewrites import LOCAL
from archiver.models.values import dataclass
from archiver.notes.find import Found, find
from archiver.notes.rewrite import Change, plan, with_texts
from archiver.notes.schemes import is_remote
from archiver.notes.spaced import escaped, spaced_images
from archiver.notes.text import decode
from archiver.notes.undo import record
from archiver.rewriting.asked import Asked
from archiver.rewriting.copies import (
    archived_copy,
    as_they_stand,
    front_matter_key,
    is_image_link,
    link_text,
    unnested,
    wanted_links,
)
from archiver.rewriting.diagnosis import Diagnosis, Verdict
from archiver.rewriting.imagelinks import Examiner
from archiver.rewriting.making import make_changes, still_emptied
from archiver.rewriting.origins import Original, original_of
from archiver.rewriting.rewrites import Rewrite
from archiver.rewriting.ways import way_to
from archiver.store.layout import IMAGES, MEDIA
from archiver.store.lookup import Lookup
from archiver.store.notefiles import read_note
from archiver.store.publishing import is_published
from archiver.wechat import urls
from archiver.wechat.secrets import without_secrets


class Planner:
    """Plans the rewriting of notes; writes nothing. `images_only`: other links stay as they stand. `past`: the notes
    may be older versions than those on the disk. `source`: the archive, or who hears what it and the disk are asked.
    """

    def __init__(
        self, config: Config, source: Archive | Asked, *, images_only: bool = False, past: bool = False
    ) -> None:
        self._asked = source if isinstance(source, Asked) else None
        self.archive = source.archive if isinstance(source, Asked) else source
        self._lookup = source.lookup if isinstance(source, Asked) else Lookup()
        self._images_only = images_only
        self._past = past
        self._modes = config.rewriting
        self._publish = config.archive.publish
        self._root = config.notes_root
        self._mirrors = Mirrors(config.images.mirror_hosts)
        self._examiner = Examiner(config, self.archive, self._lookup)

    def plan(self, path: str) -> Rewrite:
        """What rewriting a note would do now. Raises NoteError."""
        if self._asked:
            self._asked.begin()
        return self.plan_bytes(path, read_note(self._root, path))

    def plan_bytes(self, path: str, before: bytes) -> Rewrite:
        """What rewriting a note would do if it had these bytes. Raises NoteError."""
        note = self._note(path, before)
        changes, targets = self._copies(note)
        examined = list(self._examined(note))
        for link, found in examined:
            if change := self._cure(note, link, found):
                changes.append(change)
                targets[change.path] = found.target + found.fragment if found.target else LOCAL + unquote(change.path)
        base = note.original.data
        made, after, refused = make_changes(before, base, changes)
        edits = still_emptied(record(base, made, targets.__getitem__, note.original.unsure), note.original.records)
        notices = (*self._left_out(note, refused, made), *_put_back(note))
        files = tuple(found.file for _, found in examined if found.file)
        return Rewrite(path, before, after, edits, notices, tuple(examined), files)

    def look(self, path: str, data: bytes) -> tuple[bytes, Found, frozenset[Span]]:
        """A note before it was rewritten, what is in it, and the spans of its links that are. Raises NoteError."""
        note = self._note(path, data)
        made, _, _ = make_changes(data, note.original.data, self._copies(note)[0])
        done = frozenset(change.link.span for change in made if not is_remote(change.path))
        return note.original.data, note.found, done

    def _note(self, path: str, data: bytes) -> _Note:
        original = original_of(self.archive, path, data, past=self._past)
        folder = (self._root / path).parent
        return _Note(path, folder, original, decode(original.data).encoding, find(original.data, every=True))

    def _copies(self, note: _Note) -> tuple[list[Change], dict[str, str]]:
        """The changes that bring in archived copies, and path in the note -> path in the archive for each."""
        targets: dict[str, str] = {}

        def target_of(link: Link) -> str | None:
            target = self._copy_of(link)
            if target is None:
                return None
            way = way_to(self.archive.root / target, note.folder, note.encoding)
            targets[way] = target
            return way

        data, modes, places = note.original.data, self._modes, note.original.places
        # Without secrets, since a bare URL becomes the label of a link.
        links = [replace(link, url=without_secrets(link.url)) for link in wanted_links(note.found, modes)]
        left = [link for link in links if self._leaves(link)]
        wanted = [link for link in links if not self._leaves(link)] if left else links
        changes = [*plan(wanted, target_of, data=data, article_mode=modes.articles, image_mode=modes.images)]
        changes += as_they_stand(left, target_of, data, places)
        if note.encoding == "utf-8" and modes.link_text != LINK_TEXT:  # else what is read as GB18030 may be Big5
            changes = with_texts(changes, lambda link: link_text(self.archive, link.url, modes.link_text))
        more = [*unnested(links, changes, note.encoding)]
        targets |= {change.path: LOCAL + unquote(change.path) for change in more}
        more += front_matter_key(note.found, target_of, data) if modes.front_matter == "add" else []
        changes += (item for item in more if item.edit.span.start in places or not self._leaves(item.link))
        return changes, targets

    def _leaves(self, link: Link) -> bool:
        """Whether a link stays as it stands."""
        return self._images_only and not is_image_link(link)

    def _copy_of(self, link: Link) -> str | None:
        """What the archive has for a link, if the modes want it: an image is one also where a note links to it."""
        found = archived_copy(self.archive, link, self._mirrors)
        kept = self._modes.images == "keep" and found is not None and found.startswith((f"{IMAGES}/", f"{MEDIA}/"))
        return None if kept or not (found and is_published(found, self._publish)) else found

    def _examined(self, note: _Note) -> Iterator[tuple[Link, Diagnosis]]:
        """The image links of a note in which something is wrong."""
        if not self._modes.repair:
            return
        data = note.original.data
        shown = [link for link in note.found.links if link.role is Role.IMAGE]
        for link in sorted([*shown, *spaced_images(data)], key=lambda link: link.span.start):
            raw = data[link.span.start : link.span.end].decode(note.encoding)
            around = data[link.whole.start : link.whole.end].decode(note.encoding) if link.whole else ""
            found = self._examiner.examine(note.path, link, raw, around)
            if found.verdict is not Verdict.FINE:
                found = found if found.cured or is_remote(link.url) else self._as_before(note, raw, found)
                yield link, self._publishable(found)

    def _publishable(self, found: Diagnosis) -> Diagnosis:
        """A diagnosis without a cure that git would not hold."""
        if not found.target or is_published(found.target, self._publish):
            return found
        return replace(found, target="", file=None)

    def _as_before(self, note: _Note, raw: str, found: Diagnosis) -> Diagnosis:
        """Keep an earlier cure whose reason is gone, such as a file that the user has since removed."""
        for item in note.original.records:
            if item.original != raw:
                continue
            if item.target.startswith(LOCAL):
                path = item.target.removeprefix(LOCAL)
                for name in (path, path.rpartition("#")[0]):  # which may have a fragment behind it
                    if name and self._lookup.is_file(place := str((note.folder / name).resolve())):
                        return replace(found, place=place, wanted="")
            elif self.archive.has_file(target := item.target.partition("#")[0]):
                return replace(found, target=target, wanted="")
        return found

    def _cure(self, note: _Note, link: Link, found: Diagnosis) -> Change | None:
        """The change that lets a local image be seen."""
        if not found.cured or is_remote(link.url):
            return None
        place = self.archive.root / found.target if found.target else Path(found.place)
        way = way_to(place, note.folder, note.encoding) + found.fragment
        raw = note.original.data[link.span.start : link.span.end].decode(note.encoding)
        new = escaped(raw, way) if link.span == link.whole else way
        return Change(link, Edit(link.span, new.encode(note.encoding)), way)

    def _left_out(self, note: _Note, refused: Sequence[Change], made: Sequence[Change]) -> Iterator[Notice]:
        """What could be rewritten if it stood there more clearly."""
        data, modes = note.original.data, self._modes
        for problem in note.found.problems:
            if urls.classify(problem.url) in (UrlKind.ARTICLE, UrlKind.IMAGE):
                yield Notice(note.path, problem.line, problem.url, problem.why)
        for change in refused:
            yield Notice(note.path, change.link.line, change.link.url, "rewriting it would change more than this link")
        done = {change.link.span for change in (*made, *refused)}
        for link in wanted_links(note.found, modes):
            mode = modes.articles if link.role is Role.LINK else modes.images
            # Nothing can be put behind a definition that no link uses.
            unused = link.form is Form.REFERENCE and mode == "append"
            if mode == "keep" or (self._images_only and not is_image_link(link)) or link.span in done or unused:
                continue
            end = link.whole.end if link.whole else link.span.end
            appended = mode == "append" and data[end : end + 3] in (b" ([", b" (<")
            if not appended and self._copy_of(link):
                yield Notice(note.path, link.line, link.url, "it stands too close to other marks to be rewritten")


@dataclass(frozen=True, slots=True)
class _Note:
    path: str
    folder: Path
    original: Original
    encoding: str
    found: Found  # in the original


def _put_back(note: _Note) -> Iterator[Notice]:
    for link in note.original.lost:
        yield Notice(note.path, link.line, link.url, "this copy is no longer in the archive; its URL was put back")
