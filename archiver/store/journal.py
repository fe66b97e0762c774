"""journal.jsonl: every change that was made to a note, so that it can be taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from archiver.errors import DamageError
from archiver.models.rewrites import LOCAL, JournalEntry, Rewritten
from archiver.models.values import dataclass
from archiver.store.files import disk_errors, write_if_changed
from archiver.store.journal_lines import entry_value, read_entry
from archiver.store.lines import OnDamage, append_lines, intact, json_line, parse_lines, read_file


@dataclass(slots=True)
class _Histories:
    """What the journal's entries say together, by note."""

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


class Journal:
    """The journal at `path`; in memory is what its lines say together.

    `discreet` takes out of an original text what must not be written to a file.
    """

    def __init__(
        self, path: Path, discreet: Callable[[str], str] = str, on_damage: OnDamage | None = None, read: str = ""
    ) -> None:
        """`read`: by what a file is known of which every line could be read. Raises DamageError for a damaged line,
        unless `on_damage` is there to be told, or StoreError."""
        self._path = path
        self._discreet = discreet
        data = read_file(path)
        self.read = intact(data)
        tell = partial(self._tell, on_damage) if on_damage else None
        self._histories = _read(path, data, tell, trusted=bool(read) and read == self.read)
        self._digests: dict[str, str] = {}
        self._grown = False

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
        return note in self._histories.restored

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

    def settle(self, digests: Mapping[str, str]) -> None:
        """Take note that the files have these SHA-256: what an entry before the one that made them so says is over."""
        self._digests.update(digests)
        for note in self._histories.rewrites.keys() & digests.keys():
            self._histories.settle(note, digests[note])

    def fold(self) -> None:
        """Write the file anew with as few lines as say the same, if this run has added any. Raises StoreError."""
        if not self._grown:
            return
        histories = _read(self._path, read_file(self._path))  # with what git may have brought meanwhile
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


def _read(path: Path, data: bytes, on_damage: OnDamage | None = None, *, trusted: bool = False) -> _Histories:
    histories = _Histories()
    lines = parse_lines(path, data, on_damage, trusted=trusted)
    for entry in _in_order(list(_entries(path, lines, on_damage)), path):
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


def _in_order(journal_entries: list[JournalEntry], path: Path) -> Iterable[JournalEntry]:
    """In the order of what happened: git's union merge puts the lines of two machines behind each other. A line from
    after the file was written is from a clock that was wrong: then the order of the lines counts."""
    with disk_errors(path, "read"):
        seconds = path.stat().st_mtime if journal_entries else 0.0
    saved = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    if any(entry.at > saved for entry in journal_entries):
        return journal_entries
    return sorted(journal_entries, key=lambda entry: entry.at)
