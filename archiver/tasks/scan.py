"""Account for every address of WeChat's in the notes, for `archiver scan`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from archiver.archive.context import Context
from archiver.errors import InternalError, NoteError
from archiver.rewriting.account import Accountant, Accounted, Fate
from archiver.rewriting.left import named_in
from archiver.rewriting.noteindex import leads_into_archive
from archiver.rewriting.preview import follow_moves
from archiver.rewriting.scan import scan_notes
from archiver.store.notefiles import read_note


@dataclass(frozen=True, slots=True)
class NoteAccount:
    """The addresses of one note, in file order."""

    path: str
    addresses: tuple[Accounted, ...]

    @property
    def counts(self) -> Mapping[Fate, int]:
        """How many of them have each fate."""
        found = Counter(item.fate for item in self.addresses)
        return {fate: found[fate] for fate in Fate}


@dataclass(slots=True)
class NotesAccount:
    """The accounts of the notes that name WeChat at all, how many `notes` there are, and which of them are in `errors`
    because they could not be read."""

    notes: int = 0
    accounts: list[NoteAccount] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)

    @property
    def counts(self) -> Mapping[Fate, int]:
        """How many addresses in all notes have each fate."""
        return {fate: sum(item.counts[fate] for item in self.accounts) for fate in Fate}


def scan(context: Context) -> NotesAccount:
    """Account for the notes as they are. Asks for nothing, writes nothing. Raises ConfigError, StoreError."""
    config, archive = context.config, context.archive
    scanned = scan_notes(config, archive)
    follow_moves(context, scanned)
    found = NotesAccount(scanned.notes, errors=scanned.errors)
    accountant = Accountant(config, archive)
    for path in scanned.digests:
        try:
            with archive.boundary.item("note", path, "account"):
                data = read_note(config.notes_root, path)
                if named_in(data) or leads_into_archive(data):
                    addresses = tuple(accountant.account(path, data))
                    found.accounts += [NoteAccount(path, addresses)] if addresses else []
        except (NoteError, InternalError) as error:
            found.errors.append((path, str(error)))
    return found
