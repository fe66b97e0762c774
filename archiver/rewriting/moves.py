"""Notes that were moved, renamed or copied after they were rewritten: let the journal follow them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress

from archiver.archive.context import Context
from archiver.errors import InternalError, NoteError
from archiver.models.rewrites import Action, JournalEntry
from archiver.store.notefiles import read_note

MOST_ALIKE = 0.5  # share of common targets from which on a note is taken for one that is missing


def follow_notes(context: Context, digests: Mapping[str, str], rewritten: Collection[str]) -> None:
    """Let the journal follow the notes that were moved or copied since; in memory alone where the archive is open to
    look only. `digests` are the SHA-256 of all notes, `rewritten` those that lead into the archive. Raises
    StoreError."""
    context.archive.journal.settle(digests)
    enter(context, moved_notes(context, digests, rewritten))


def enter(context: Context, journal_entries: Iterable[JournalEntry]) -> None:
    """Tell the journal, in memory alone where the archive is open to look only. Raises StoreError."""
    journal = context.archive.journal
    for entry in journal_entries:
        (journal.assume if context.archive.read_only else journal.add)(entry)


def moved_notes(context: Context, digests: Mapping[str, str], rewritten: Collection[str]) -> list[JournalEntry]:
    """What the journal has to record of notes that others became by being moved or copied.

    `digests` are the SHA-256 of all notes, `rewritten` those that lead into the archive. A note with the very bytes of
    a rewritten one is that one; else a note that leads to the copies to which a missing one led is taken for it.
    """
    journal, boundary = context.archive.journal, context.archive.boundary
    missing = {note for note in (*journal.notes(), *journal.restored()) if note not in digests}
    by_digest = {entry.after: note for note in journal.notes() if (entry := journal.last(note))}
    restored = {digest: note for note, digest in journal.restored().items() if note in missing}
    at = context.now().isoformat(timespec="seconds")

    def followed(path: str, digest: str) -> JournalEntry | None:
        if journal.current(path, digest)[1] or journal.restored_as(path) == digest:
            return None
        source = by_digest.get(digest)
        if source is None and digest in restored and not journal.knows(path):
            return JournalEntry(path, "restore", digest, digest, at, source=restored.pop(digest))
        if source is None and path in rewritten and not journal.knows(path):
            source = _most_alike(context, path, missing)
        known = journal.last(source) if source else None
        if source is None or known is None:
            return None
        # What only looks like the missing note takes nothing away from it: it may come back, say, with a branch.
        action: Action = "move" if source in missing and known.after == digest else "copy"
        missing.discard(source)
        return JournalEntry(path, action, known.after, known.after, at, known.edits, source)

    journal_entries: list[JournalEntry] = []
    # No other note can have come from one that the journal knows.
    known = by_digest.keys() | restored.keys()
    for path, digest in digests.items():
        if digest not in known and path not in rewritten:
            continue
        if boundary.waits("note", path, "follow", state=digest):
            continue
        with suppress(InternalError), boundary.deferring("note", path, "follow", state=digest):
            journal_entries += filter(None, [followed(path, digest)])
    return journal_entries


def _most_alike(context: Context, path: str, missing: Iterable[str]) -> str | None:
    """The missing note of whose rewritten links this one has most, if they are enough."""
    candidates = [(note, entry) for note in sorted(missing) if (entry := context.archive.journal.last(note))]
    if not candidates:
        return None
    from archiver.notes.find import find  # with the parser of notes
    from archiver.notes.undo import recorded_target

    try:
        links = find(read_note(context.config.notes_root, path), every=True).links
    except NoteError:
        return None  # the scan reports it
    best, most = None, 0.0
    for note, entry in candidates:
        recorded = {edit.target for edit in entry.edits}
        here = {target for link in links if (target := recorded_target(link.url, recorded))}
        alike = len(here) / len(recorded) if recorded else 0.0
        if alike > most:
            best, most = note, alike
    return best if most >= MOST_ALIKE else None
