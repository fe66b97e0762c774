"""Rewritten links that the user moved into another note, which the journal does not know to hold them."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from archiver.archive.archive import Archive
from archiver.config import Config
from archiver.errors import NoteError
from archiver.notes.apply import provable
from archiver.notes.splice import splice
from archiver.notes.text import decode
from archiver.notes.undo import LOCAL, Rewritten, edits_to_undo
from archiver.rewriting.origins import rewritten
from archiver.store.notefiles import read_note


@dataclass(frozen=True, slots=True)
class OrphanedRewrite:
    """A rewrite that the journal has recorded for `note` and of which nothing is left there."""

    note: str
    item: Rewritten


@dataclass(frozen=True, slots=True)
class Taken:
    """A note with the strays in it restored; `originals` are what was put back (empty: an appended link went), each
    with its line."""

    data: bytes
    originals: tuple[tuple[int, str], ...] = ()


def find_orphans(config: Config, archive: Archive, digests: Mapping[str, str]) -> list[OrphanedRewrite]:
    """The rewrites that were deleted from their notes, or with them. `digests` are the SHA-256 of all notes that can be
    read. A mended path is none: wherever it is, it may just as well be a link of the user's."""
    orphans = []
    for note in archive.journal.notes():
        entry, unchanged = archive.journal.current(note, digests.get(note, ""))
        if entry and not unchanged:
            with contextlib.suppress(NoteError):  # it is reported when it is to be restored
                gone = _gone(config, note, [rewritten(edit) for edit in entry.edits])
                orphans += [OrphanedRewrite(note, item) for item in gone if not item.target.startswith(LOCAL)]
    return orphans


def _gone(config: Config, note: str, recorded: Sequence[Rewritten]) -> Sequence[Rewritten]:
    if not (config.notes_root / note).exists():
        return recorded
    return edits_to_undo(read_note(config.notes_root, note), recorded, edited=True).gone


def restore_orphans(
    note: str, data: bytes, orphans: Sequence[OrphanedRewrite], url_of: Callable[[str], str | None]
) -> Taken:
    """Give the links of a note, given as bytes, that may be strays from other notes what stood there.

    `url_of` tells the URL of what is archived at a path. Raises NoteError.
    """
    items = list(_numbered(orphan.item for orphan in orphans if orphan.note != note))
    undo = edits_to_undo(data, items, edited=True, url_of=url_of) if items else None
    if undo is None or not undo.edits:
        return Taken(data)
    good = provable(data, undo.edits, backwards=True)
    edits = [edit for edit in undo.edits if edit in good]
    encoding = decode(data).encoding
    lines = (1 + data.count(b"\n", 0, edit.span.start) for edit in edits)
    originals = zip(lines, (edit.new.decode(encoding) for edit in edits), strict=True)
    return Taken(splice(data, edits), tuple(originals))


def _numbered(items: Iterator[Rewritten]) -> Iterator[Rewritten]:
    """Count the occurrences of each target over all the notes."""
    seen: Counter[str] = Counter()
    for item in items:
        yield replace(item, occurrence=seen[item.target])
        seen[item.target] += 1
