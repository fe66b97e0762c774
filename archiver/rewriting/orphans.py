"""Links into the archive that stand in a note of which the journal does not know them: the user moved or copied them
from another note, or an older state of a note came back. What stood there is looked for in all of the journal."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from archiver.archive.context import Context
from archiver.errors import NoteError
from archiver.models import Edit, Link, Span
from archiver.models.rewrites import LOCAL, JournalEntry, Rewritten, numbered
from archiver.models.values import dataclass
from archiver.notes.apply import provable
from archiver.notes.find import find
from archiver.notes.rewrite import APPENDED
from archiver.notes.splice import splice
from archiver.notes.text import decode
from archiver.notes.undo import edits_to_undo, recorded_target, tells_its_original
from archiver.rewriting.noteindex import links_into_archive
from archiver.rewriting.origins import original_of, spelled, url_of_target
from archiver.store.layout import ARTICLES, TEXT, target_of
from archiver.store.notefiles import read_note


@dataclass(frozen=True, slots=True)
class Taken:
    """A note with the orphaned rewrites in it taken back; `originals` are what was put back (empty: an appended link
    went), each with its line."""

    data: bytes
    originals: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Holder:
    """A note in which the journal knows rewrites: its links, and their destinations as they are `spelled`. `gone` are
    the rewrites of which nothing is left in it."""

    data: bytes = b""
    links: tuple[Link, ...] = ()
    spelled: tuple[str, ...] = ()
    gone: tuple[Rewritten, ...] = ()


class Orphans:
    """What the journal knows of the links in `notes`, besides what it says of each itself: those of the notes that are
    not as it left them. `digests` are the SHA-256 of all notes that can be read.

    A mended path is never an orphan: wherever it is, it may just as well be a link of the user's.
    """

    def __init__(self, context: Context, digests: Mapping[str, str], notes: Iterable[str]) -> None:
        """To be made before any note is changed."""
        self._root = context.config.notes_root
        self._archive = context.archive
        self._digests = digests
        self._holders: dict[str, _Holder] = {}
        self.records = {note: found for note in notes if (found := self._find(note)) is not None}

    @cached_property
    def _known(self) -> Mapping[str, Sequence[tuple[str, Rewritten]]]:
        known = self._archive.journal.by_target()
        return {target: found for target, found in known.items() if not target.startswith(LOCAL)}

    def knows(self, url: str) -> bool:
        """Whether the journal knows what a destination in a note leads to."""
        return recorded_target(url, self._known) is not None

    def _find(self, note: str) -> tuple[Rewritten, ...] | None:
        digest = self._digests.get(note)
        if digest is None or self._archive.journal.current(note, digest)[1]:
            return None
        with contextlib.suppress(NoteError):  # it is reported where it is to be rewritten
            base = original_of(self._archive, note, read_note(self._root, note)).data
            return self._records_of(note, base)
        return None

    def _records_of(self, note: str, data: bytes) -> tuple[Rewritten, ...]:
        by_target: dict[str, list[Link]] = {}
        for link in find(data, every=True).links:
            if target := recorded_target(link.url, self._known):
                by_target.setdefault(target, []).append(link)
        found = [item for target, links in by_target.items() for item in self._records(note, data, target, links)]
        return tuple(numbered(found))

    def _records(self, note: str, data: bytes, target: str, links: Sequence[Link]) -> Sequence[Rewritten]:
        holders = self._notes_with(target)
        others = [other for other in holders if other != note]
        if gone := [item for other in others for item in self._holder(other).gone if item.target == target]:
            return gone
        if holders and not others:
            return ()
        # What stands in its own note as it should is the user's link here, unless it is a copy of that one.
        copies = [link for link in links if not holders or self._is_copy(link, data, target, others)]
        return [self._likely(link, data, target) for link in copies]

    def _likely(self, link: Link, data: bytes, target: str) -> Rewritten:
        """What was most likely rewritten where this link stands."""
        encoding = decode(data).encoding
        items = list({(item.original, item.around): item.elsewhere for _, item in self._known[target]}.values())
        if shaped := [item for item in items if tells_its_original(link, item, data, encoding)]:
            return shaped[-1]
        items = [item for item in items if item.original] or items
        return replace(items[-1], unsure=len({item.original for item in items}) > 1)

    def _notes_with(self, target: str) -> list[str]:
        """The notes in which a rewrite stands as far as the journal knows, or what it took the place of."""
        return list(dict.fromkeys(note for note, item in self._known[target] if self._has(note, item)))

    def _has(self, note: str, item: Rewritten) -> bool:
        last = self._archive.journal.last(note)
        if last and item in last.edits:
            return True
        return item.original in self._holder(note).spelled

    def _is_copy(self, link: Link, data: bytes, target: str, holders: Sequence[str]) -> bool:
        """Whether one of the notes has the same link, but for where it leads to."""
        known = [item for _, item in self._known[target]]
        encoding, text = decode(data).encoding, _without_destination(link, data)
        if any(tells_its_original(link, item, data, encoding) for item in known):
            return True
        originals = {item.original for item in known}
        for holder in map(self._holder, holders):
            for other, raw in zip(holder.links, holder.spelled, strict=True):
                leads = raw in originals or recorded_target(other.url, {target})
                if text is not None and leads and text == _without_destination(other, holder.data):
                    return True
        return False

    def _holder(self, note: str) -> _Holder:
        if note not in self._holders:
            self._holders[note] = self._look_at(note)
        return self._holders[note]

    def _look_at(self, note: str) -> _Holder:
        entry, unchanged = self._archive.journal.current(note, self._digests.get(note, ""))
        edits = entry.edits if entry else ()
        if not (self._root / note).exists():
            return _Holder(gone=edits)
        with contextlib.suppress(NoteError):  # it is reported where it is to be rewritten
            data = read_note(self._root, note)
            gone = () if unchanged or not edits else edits_to_undo(data, edits, edited=True).gone
            links, encoding = find(data, every=True).links, decode(data).encoding
            raw = (data[link.span.start : link.span.end].decode(encoding, errors="replace") for link in links)
            return _Holder(data, links, tuple(raw), gone)
        return _Holder()


def _without_destination(link: Link, data: bytes) -> tuple[bytes, bytes] | None:
    whole, span = link.whole, link.span
    return (data[whole.start : span.start], data[span.end : whole.end]) if whole else None


def orphaned_links(context: Context, digests: Mapping[str, str], leading: Iterable[str]) -> list[JournalEntry]:
    """What the journal has to record of links that the user moved or copied into other notes: from then on they are
    rewritten and restored like every other. `leading` are the notes that may lead into the archive."""
    journal, at = context.archive.journal, context.now().isoformat(timespec="seconds")
    journal_entries = []
    alive = (note for note in leading if not journal.is_restored(note))
    for note, found in Orphans(context, digests, alive).records.items():
        if found:
            known, _ = journal.current(note, digests[note])
            edits = tuple(numbered((*(known.edits if known else ()), *found)))
            journal_entries.append(JournalEntry(note, "copy", digests[note], digests[note], at, edits))
    return journal_entries


def restore_orphans(data: bytes, found: Sequence[Rewritten], url_of: Callable[[str], str | None]) -> Taken:
    """Give the links of a note, given as bytes without its own rewrites, that come from other notes what stood there,
    as `found` says.

    `url_of` tells the URL of what is archived. Raises NoteError.
    """
    undo = edits_to_undo(data, found, edited=True, url_of=url_of) if found else None
    return _taken(data, undo.edits if undo else (), backwards=True)


def readdress(context: Context, note: str, data: bytes, orphans: Orphans) -> Taken:
    """Give the links of a note into the archive of which the journal has lost what stood there, or never knew it, the
    URL of what they lead to; not in a note that is as the journal left it. Raises NoteError."""
    if note not in orphans.records:
        return Taken(data)
    leading = {row.start: row.target for row in links_into_archive(context.config, note, data)}
    url_of, edits, encoding = url_of_target(context.archive), [], decode(data).encoding
    for link in find(data, every=True).links if leading else ():
        target = leading.get(link.span.start, "")
        url = url_of(target_of(f"{target}/{TEXT}") if target.startswith(f"{ARTICLES}/") else target)
        if target and url and not orphans.knows(link.url):
            new = Edit(link.span, spelled(url, link.form).encode(encoding))
            edits.append(_appended(link.span, data, encoding) or new)
    return _taken(data, edits)


def _appended(span: Span, data: bytes, encoding: str) -> Edit | None:
    """The edit that takes away the link that archiver puts behind another one."""
    for around in APPENDED:
        head, tail = (text.encode(encoding) for text in around)
        start = span.start - len(head)
        if start >= 0 and data.startswith(head, start) and data.startswith(tail, span.end):
            return Edit(Span(start, span.end + len(tail)), b"")
    return None


def _taken(data: bytes, edits: Sequence[Edit], *, backwards: bool = False) -> Taken:
    good = provable(data, edits, backwards=backwards) if edits else frozenset()
    made = [edit for edit in edits if edit in good]
    encoding = decode(data).encoding
    lines = (1 + data.count(b"\n", 0, edit.span.start) for edit in made)
    originals = zip(lines, (edit.new.decode(encoding) for edit in made), strict=True)
    return Taken(splice(data, made), tuple(originals))
