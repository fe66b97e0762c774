"""journal.jsonl: every change that was made to a note, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from archiver.errors import DamageError
from archiver.store.lines import OnDamage, append_lines, read_lines

Action = Literal["rewrite", "restore"]


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One change of one note. `note` is its path relative to the notes folder, `before` and `after` are SHA-256 of the
    file, `edits` what was put where (JSON objects, see notes.undo.Rewritten); `at` is the ISO time in UTC."""

    note: str
    action: Action
    before: str
    after: str
    at: str
    edits: tuple[dict[str, Any], ...] = ()


class Journal:
    """The journal at `path`, of which only the changes that still stand are kept in memory.

    `discreet` takes out of an original text what must not be written to a file.
    """

    def __init__(self, path: Path, discreet: Callable[[str], str] = str, on_damage: OnDamage | None = None) -> None:
        self._path = path
        self._discreet = discreet
        self._standing: dict[str, list[JournalEntry]] = {}
        self._restored: set[str] = set()
        for number, value in read_lines(path, on_damage):
            try:
                entry = JournalEntry(**{**value, "edits": tuple(value.get("edits", ()))})
            except TypeError as error:
                if on_damage is not None:
                    on_damage(number, f"not a journal entry ({error})")
                    continue
                raise DamageError(f"{path}:{number}: not a journal entry ({error}); mend or remove it") from error
            self._take(entry)

    def standing(self, note: str) -> list[JournalEntry]:
        """The rewrites of a note that were not taken back, oldest first."""
        return list(self._standing.get(note, ()))

    def notes(self) -> Iterator[str]:
        """Notes with rewrites to take back, in order."""
        yield from sorted(note for note, entries in self._standing.items() if entries)

    def is_restored(self, note: str) -> bool:
        """Whether the last thing that happened to the note was that the user took its rewrites back."""
        return note in self._restored

    def add(self, entry: JournalEntry) -> None:
        """Record a change; to be called before the note is written. Raises StoreError."""
        entry = replace(entry, edits=tuple(map(self._without_secrets, entry.edits)))
        value = {"note": entry.note, "action": entry.action, "before": entry.before, "after": entry.after}
        append_lines(self._path, [{**value, "at": entry.at, "edits": list(entry.edits)}])
        self._take(entry)

    def _without_secrets(self, edit: dict[str, Any]) -> dict[str, Any]:
        return {**edit, "original": self._discreet(edit["original"])} if "original" in edit else edit

    def _take(self, entry: JournalEntry) -> None:
        stack = self._standing.setdefault(entry.note, [])
        if entry.action == "restore":
            stack.clear()
            self._restored.add(entry.note)
            return
        self._restored.discard(entry.note)
        # A note that is back at what it was before an earlier rewrite does not hold that one any more: either it never
        # was written (the run died between journal and note), or the user took it back with other means, such as git.
        for position, earlier in enumerate(stack):
            if earlier.before == entry.before:
                del stack[position:]
                break
        stack.append(entry)
