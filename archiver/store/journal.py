"""journal.jsonl: every change that was made to a note, so that it can be taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple

from archiver.errors import DamageError
from archiver.models.rewrites import JournalEntry, Rewritten
from archiver.store.files import disk_errors, write_if_changed
from archiver.store.histories import Histories
from archiver.store.journal_lines import entry_value, read_entry
from archiver.store.lines import OnDamage, append_lines, intact, json_line, parse_lines, read_file


class Abstract(NamedTuple):
    """What an idle run asks of a journal: by what the file is known of which every line could be read (empty: not all
    could), the notes of which it says anything, and those that were restored."""

    read: str = ""
    named: Sequence[str] = ()
    restored: Collection[str] = ()


class Journal:
    """The journal at `path`; in memory is what its lines say together.

    `discreet` takes out of an original text what must not be written to a file.
    """

    def __init__(
        self,
        path: Path,
        discreet: Callable[[str], str] = str,
        on_damage: OnDamage | None = None,
        known: Abstract | None = None,
    ) -> None:
        """`known`: of a file of which every line could be read. Raises DamageError for a damaged line, unless
        `on_damage` is there to be told, or StoreError."""
        self._path = path
        self._discreet = discreet
        self._digests: dict[str, str] = {}
        self._grown = False
        saved, data = _saved(path), read_file(path)
        self.read = intact(data)
        tell = partial(self._tell, on_damage) if on_damage else None
        self._abstract = known if known and known.read and known.read == self.read else None
        self._load = partial(_read, path, data, saved, tell, trusted=self._abstract is not None)
        if self._abstract is None:
            _ = self._histories

    @cached_property
    def _histories(self) -> Histories:
        """What the lines say, which most idle runs need not know."""
        histories, self._abstract = self._load(), None
        del self._load  # with all the lines
        for note in histories.rewrites.keys() & self._digests.keys():
            histories.settle(note, self._digests[note])
        return histories

    def abstract(self) -> Abstract:
        """What to know of the file for who reads it again as it is."""
        return self._abstract or Abstract(
            self.read, tuple(sorted(self.named())), tuple(sorted(self._histories.restored))
        )

    def _tell(self, on_damage: OnDamage, number: int, what: str) -> None:
        self.read = ""
        on_damage(number, what)

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def current(self, note: str, digest: str) -> tuple[JournalEntry | None, bool]:
        """The rewrite that stands in a note whose bytes have the SHA-256 `digest`, and whether it stands unchanged."""
        journal_entries = self._histories.rewrites.get(note, [])
        for entry in reversed(journal_entries):
            if entry.after == digest:
                return entry, True
        if journal_entries and journal_entries[-1].before == digest:
            journal_entries = journal_entries[:-1]  # the run died between the journal and the note
        return (journal_entries[-1], False) if journal_entries else (None, False)

    def last(self, note: str) -> JournalEntry | None:
        """The last rewrite of a note, if it was not taken back."""
        journal_entries = self._histories.rewrites.get(note)
        return journal_entries[-1] if journal_entries else None

    def undone(self, note: str) -> JournalEntry | None:
        """The rewrite of a restored note that was taken back: it may still stand in another version of the note."""
        return self._histories.undone.get(note) if note in self._histories.restored else None

    def past(self, note: str) -> dict[str, Rewritten]:
        """What was once rewritten, by its target, and may still stand in another version of a note: what was rewritten
        in that `note` before what was in others."""
        own = self._histories.past.get(note, {})
        every = (known for other, known in sorted(self._histories.past.items()) if other != note)
        return {edit.target: edit.elsewhere for known in (*every, own) for _, edit in sorted(known.items())}

    def state(self, note: str) -> str:
        """Tells all that is known of a note from anything else that could be; empty: nothing is."""
        histories = self._histories
        known = [*histories.rewrites.get(note, ()), histories.restored.get(note), histories.undone.get(note)]
        said = [_said(entry) for entry in known if entry]
        return hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest() if said else ""

    def touched(self) -> set[str]:
        """Notes to which anything was done, also those in which nothing is rewritten any more."""
        return {*self._histories.rewrites, *self._histories.restored}

    def named(self) -> set[str]:
        """All notes of which it says anything."""
        if self._abstract:
            return set(self._abstract.named)
        return self.touched() | self._histories.past.keys()

    def notes(self) -> Iterator[str]:
        """Notes with rewrites to take back, in order."""
        rewrites = self._histories.rewrites
        yield from sorted(
            note for note, journal_entries in rewrites.items() if any(entry.edits for entry in journal_entries)
        )

    def restored(self) -> dict[str, str]:
        """The notes whose rewrites the user took back last, with the SHA-256 that they have since."""
        return {note: entry.after for note, entry in self._histories.restored.items()}

    def restored_as(self, note: str) -> str | None:
        """The SHA-256 that a note got when its rewrites were taken back, if that was the last thing."""
        entry = self._histories.restored.get(note)
        return entry.after if entry else None

    def is_restored(self, note: str) -> bool:
        """Whether the last thing that happened to the note was that the user took its rewrites back."""
        return note in (self._abstract.restored if self._abstract else self._histories.restored)

    def knows(self, note: str) -> bool:
        """Whether anything was ever done to the note."""
        return note in self._histories.rewrites or note in self._histories.restored

    def by_target(self) -> Mapping[str, list[tuple[str, Rewritten]]]:
        """All that was ever put into notes, by what it leads to: (note, rewrite), what stands in a note last."""
        found: dict[str, list[tuple[str, Rewritten]]] = {}
        histories = self._histories
        gone = ((note, edit) for note, edits in histories.past.items() for edit in edits.values())
        undone = ((note, edit) for note, entry in histories.undone.items() for edit in entry.edits)
        there = ((note, edit) for note, known in histories.rewrites.items() for entry in known for edit in entry.edits)
        for note, edit in (*gone, *undone, *there):
            found.setdefault(edit.target, []).append((note, edit))
        return found

    def add(self, entry: JournalEntry) -> None:
        """Record a change; to be called before the note is written. Raises StoreError."""
        entry = replace(entry, edits=tuple(map(self._without_secrets, entry.edits)))
        last = self.last(entry.note)
        if last and replace(last, at=entry.at) == entry:
            return  # a note that cannot be written is planned anew in every run
        append_lines(self._path, [entry_value(entry)])
        self._grown, self.read = True, ""
        self._histories.take(entry)

    def _without_secrets(self, edit: Rewritten) -> Rewritten:
        original = self._discreet(edit.original)
        return edit if original == edit.original else replace(edit, original=original, emptied=True)

    def assume(self, entry: JournalEntry) -> None:
        """Let the entry count in memory only."""
        self._histories.take(entry)
        self.read = ""

    def settle(self, digests: Mapping[str, str]) -> None:
        """Take note that the files have these SHA-256: what an entry before the one that made them so says is over."""
        self._digests.update(digests)
        if self._abstract:
            return  # when it is read
        for note in self._histories.rewrites.keys() & digests.keys():
            self._histories.settle(note, digests[note])

    def fold(self) -> None:
        """Write the file anew with as few lines as say the same, if this run has added any. Raises StoreError."""
        if not self._grown:
            return
        # With what git may have brought meanwhile.
        histories = _read(self._path, read_file(self._path), _saved(self._path))
        for note in histories.rewrites.keys() & self._digests.keys():
            histories.settle(note, self._digests[note])
        data = b"".join(json_line(entry_value(entry)) for entry in histories.folded())
        write_if_changed(self._path, data)
        self._grown, self.read = False, intact(data)


def _said(entry: JournalEntry) -> str:
    edits = (
        f"{e.target}\n{e.original}\n{e.form}\n{e.around}\n{e.occurrence} {e.offset} {e.length} {e.unsure} {e.emptied}"
        for e in entry.edits
    )
    return "\n".join((entry.action, entry.before, entry.after, entry.at, entry.source, *edits))


def _saved(path: Path) -> float:
    """When a file was written; 0 where there is none. Raises StoreError."""
    with disk_errors(path, "read"):
        return path.stat().st_mtime if path.exists() else 0.0


def _read(
    path: Path, data: bytes, saved: float, on_damage: OnDamage | None = None, *, trusted: bool = False
) -> Histories:
    histories = Histories()
    lines = parse_lines(path, data, on_damage, trusted=trusted)
    for entry in _in_order(list(_entries(path, lines, on_damage)), saved):
        histories.take(entry)
    return histories


def _entries(
    path: Path, lines: Iterable[tuple[int, dict[str, Any]]], on_damage: OnDamage | None
) -> Iterator[JournalEntry]:
    for number, value in lines:
        try:
            yield read_entry(value)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            if on_damage is None:
                raise DamageError(f"{path}:{number}: not a journal entry ({error}); mend or remove it") from error
            on_damage(number, f"not a journal entry ({error})")


def _in_order(journal_entries: list[JournalEntry], seconds: float) -> Iterable[JournalEntry]:
    """In the order of what happened: git's union merge puts the lines of two machines behind each other. A line from
    after the file was written is from a clock that was wrong: then the order of the lines counts."""
    saved = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    if any(entry.at > saved for entry in journal_entries):
        return journal_entries
    return sorted(journal_entries, key=lambda entry: entry.at)
