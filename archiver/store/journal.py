"""journal.jsonl: every change that was made to a note, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from archiver.errors import DamageError
from archiver.store.lines import OnDamage, append_lines, read_lines

Action = Literal["rewrite", "restore", "move", "copy"]


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One change of one note. `note` is its path relative to the notes folder, `before` and `after` are SHA-256 of the
    file, `at` is the ISO time in UTC.

    `edits` of a rewrite is all that is rewritten in the note then, not only what was new (JSON objects, see
    notes.undo.Rewritten): it is all that is needed to take it back. A move or copy says that what was rewritten in the
    note `source` stands in this one; `after` is then what the source had. A moved note that had been restored has a
    restore with `source`.
    """

    note: str
    action: Action
    before: str
    after: str
    at: str
    edits: tuple[dict[str, Any], ...] = ()
    source: str = ""


class Journal:
    """The journal at `path`; of each note only its last two rewrites are kept in memory.

    `discreet` takes out of an original text what must not be written to a file.
    """

    def __init__(self, path: Path, discreet: Callable[[str], str] = str, on_damage: OnDamage | None = None) -> None:
        self._path = path
        self._discreet = discreet
        self._rewrites: dict[str, list[JournalEntry]] = {}
        self._restored: dict[str, str] = {}  # note -> SHA-256 that it was given back
        self._undone: dict[str, JournalEntry] = {}  # note -> the rewrite that was taken back
        for number, value in read_lines(path, on_damage):
            try:
                entry = JournalEntry(**{**value, "edits": tuple(value.get("edits", ()))})
            except TypeError as error:
                if on_damage is not None:
                    on_damage(number, f"not a journal entry ({error})")
                    continue
                raise DamageError(f"{path}:{number}: not a journal entry ({error}); mend or remove it") from error
            self._take(entry)

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def current(self, note: str, digest: str) -> tuple[JournalEntry | None, bool]:
        """The rewrite that stands in a note whose bytes have the SHA-256 `digest`, and whether it stands unchanged."""
        journal_entries = self._rewrites.get(note, [])
        for entry in reversed(journal_entries):
            if entry.after == digest:
                return entry, True
        if journal_entries and journal_entries[-1].before == digest:
            journal_entries = journal_entries[:-1]  # the run died between the journal and the note
        return (journal_entries[-1], False) if journal_entries else (None, False)

    def last(self, note: str) -> JournalEntry | None:
        """The last rewrite of a note, if it was not taken back."""
        journal_entries = self._rewrites.get(note)
        return journal_entries[-1] if journal_entries else None

    def undone(self, note: str) -> JournalEntry | None:
        """The rewrite of a restored note that was taken back: it may still stand in another version of the note."""
        return self._undone.get(note) if note in self._restored else None

    def notes(self) -> Iterator[str]:
        """Notes with rewrites to take back, in order."""
        yield from sorted(
            note for note, journal_entries in self._rewrites.items() if any(entry.edits for entry in journal_entries)
        )

    def restored(self) -> dict[str, str]:
        """The notes whose rewrites the user took back last, with the SHA-256 that they have since."""
        return dict(self._restored)

    def restored_as(self, note: str) -> str | None:
        """The SHA-256 that a note got when its rewrites were taken back, if that was the last thing."""
        return self._restored.get(note)

    def is_restored(self, note: str) -> bool:
        """Whether the last thing that happened to the note was that the user took its rewrites back."""
        return note in self._restored

    def knows(self, note: str) -> bool:
        """Whether anything was ever done to the note."""
        return note in self._rewrites or note in self._restored

    def add(self, entry: JournalEntry) -> None:
        """Record a change; to be called before the note is written. Raises StoreError."""
        entry = replace(entry, edits=tuple(map(self._without_secrets, entry.edits)))
        last = self.last(entry.note)
        if last and replace(last, at=entry.at) == entry:
            return  # a note that cannot be written is planned anew every night
        value: dict[str, Any] = {"note": entry.note, "action": entry.action}
        value |= {"source": entry.source} if entry.source else {}
        value |= {"before": entry.before, "after": entry.after, "at": entry.at, "edits": list(entry.edits)}
        append_lines(self._path, [value])
        self._take(entry)

    def assume(self, entry: JournalEntry) -> None:
        """Let the entry count in memory only."""
        self._take(entry)

    def _without_secrets(self, edit: dict[str, Any]) -> dict[str, Any]:
        return {**edit, "original": self._discreet(edit["original"])} if "original" in edit else edit

    def _take(self, entry: JournalEntry) -> None:
        if entry.action == "restore":
            if undone := self._rewrites.pop(entry.note, None):
                self._undone[entry.note] = undone[-1]
            if self._restored.get(entry.source) == entry.after:
                del self._restored[entry.source]
            self._restored[entry.note] = entry.after
            return
        self._restored.pop(entry.note, None)
        if entry.action == "rewrite":
            # Two, since the last may not have reached the note.
            self._rewrites[entry.note] = [*self._rewrites.get(entry.note, [])[-1:], entry]
            return
        known = self.last(entry.source)
        # Another note may have taken the source's place.
        if entry.action == "move" and known and known.after == entry.after:
            del self._rewrites[entry.source]
        self._rewrites[entry.note] = [entry]
