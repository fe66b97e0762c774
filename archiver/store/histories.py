"""What the entries of a journal say together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace

from archiver.models.rewrites import LOCAL, JournalEntry, Rewritten
from archiver.models.values import dataclass


@dataclass(slots=True)
class Histories:
    """The same, by note."""

    rewrites: dict[str, list[JournalEntry]] = field(default_factory=dict)  # two where the last may not be in the note
    restored: dict[str, JournalEntry] = field(default_factory=dict)
    undone: dict[str, JournalEntry] = field(default_factory=dict)  # the rewrite that was taken back
    past: dict[str, dict[tuple[str, str], Rewritten]] = field(default_factory=dict)

    def take(self, entry: JournalEntry) -> None:
        """Let an entry count, as the last one."""
        if entry.action == "past":
            self._bury(entry)
        elif entry.action == "restore":
            self._restore(entry)
        else:
            self._rewrite(entry)

    def _restore(self, entry: JournalEntry) -> None:
        for earlier in self.rewrites.pop(entry.note, ()):
            self._bury(self.undone.get(entry.note))
            self.undone[entry.note] = earlier
        source = self.restored.get(entry.source)
        if source and source.after == entry.after:
            del self.restored[entry.source]
            if entry.source in self.undone:
                self._bury(self.undone.get(entry.note))
                self.undone[entry.note] = replace(self.undone.pop(entry.source), note=entry.note)
        self.restored[entry.note] = entry

    def _rewrite(self, entry: JournalEntry) -> None:
        self.restored.pop(entry.note, None)
        self._bury(self.undone.pop(entry.note, None))
        earlier = self.rewrites.get(entry.note, [])
        kept: list[JournalEntry] = []
        if entry.action == "rewrite":
            # What it was made from, or else the last, may still be what stands in the note.
            kept = [old for old in earlier if old.after == entry.before][-1:] or earlier[-1:]
        for old in earlier:
            if old not in kept:
                self._bury(old)
        known = self.rewrites.get(entry.source, [])
        # Another note may have taken the source's place.
        if entry.action == "move" and known and known[-1].after == entry.after:
            for old in self.rewrites.pop(entry.source):
                self._bury(old)
        self.rewrites[entry.note] = [*kept, entry]

    def settle(self, note: str, digest: str) -> None:
        """Drop what stood in a note before, where its last rewrite has reached the file."""
        journal_entries = self.rewrites.get(note, [])
        if len(journal_entries) > 1 and journal_entries[-1].after == digest:
            for old in journal_entries[:-1]:
                self._bury(old)
            self.rewrites[note] = journal_entries[-1:]

    def _bury(self, entry: JournalEntry | None) -> None:
        for edit in entry.edits if entry else ():
            # A mended path is nothing to be found in another note, nor is an appended link anything to be given back.
            if edit.original and not edit.target.startswith(LOCAL):
                self.past.setdefault(entry.note, {})[edit.target, edit.original] = edit  # type: ignore[union-attr]

    def folded(self) -> Iterator[JournalEntry]:
        """As few entries as say the same, by note: what is rewritten in it, and what was once and is nowhere now."""
        current = {note: [replace(entry, action="rewrite", source="") for entry in self._current(note)]
                   for note in self.rewrites.keys() | self.restored.keys()}  # fmt: skip
        held = {
            (e.target, e.original)
            for journal_entries in current.values()
            for entry in journal_entries
            for e in entry.edits
        }
        for note in sorted(current.keys() | self.past.keys()):
            past = [e.elsewhere for key, e in sorted(self.past.get(note, {}).items()) if key not in held]
            if past:
                held |= {(edit.target, edit.original) for edit in past}
                yield JournalEntry(note, "past", "", "", "", tuple(past))
            yield from current.get(note, ())
            if note in self.restored:
                yield replace(self.restored[note], source="")

    def _current(self, note: str) -> list[JournalEntry]:
        if note in self.restored:
            return [self.undone[note]] if note in self.undone else []
        return self.rewrites[note]
