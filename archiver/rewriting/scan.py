"""Read the notes: what they link to, and where."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from archiver.archive.archive import Archive
from archiver.archive.boundary import Boundary
from archiver.config import Config
from archiver.due.plan import Target
from archiver.errors import InternalError, NoteError
from archiver.events import AddressLeft, GluedLink
from archiver.models.values import dataclass
from archiver.rewriting.facts import NoteFacts
from archiver.rewriting.noterows import Row, digest_of, facts_of, is_indexed
from archiver.store.catalogue import sha256
from archiver.store.lines import LinkEntry
from archiver.store.notefiles import read_note
from archiver.store.notewalk import Aside, Walk

if TYPE_CHECKING:
    from archiver.rewriting.look_into import NoteReader
    from archiver.rewriting.memory import NoteMemory


@dataclass(slots=True)
class Scan:
    """What the notes link to: `paths` are the notes in which something may be rewritten, `targets` come in the notes'
    order. `digests` are the SHA-256 of all notes that can be read, `rewritten` those that lead into the archive."""

    notes: int = 0
    paths: list[str] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    rewritten: set[str] = field(default_factory=set)
    targets: list[Target] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    suspicious: list[GluedLink] = field(default_factory=list)  # links that the user has to put right
    refused: list[tuple[str, LinkEntry]] = field(default_factory=list)  # links that lead to no article, and where
    left: list[AddressLeft] = field(default_factory=list)  # addresses at which nothing is written
    aside: Aside = field(default_factory=Aside)  # other archives, and symbolic links, among the notes
    memory: NoteMemory | None = None

    def take(self, path: str, facts: NoteFacts) -> None:
        """Enter what a note says, whether that was read or remembered."""
        if facts.leads:
            self.rewritten.add(path)
        if facts.is_candidate:
            self.paths.append(path)
        self.targets += facts.targets
        self.suspicious += facts.suspicious
        self.refused += facts.refused
        self.left += facts.left


def scan_notes(config: Config, archive: Archive | None = None, memory: NoteMemory | None = None) -> Scan:
    """Read all notes but those that `memory` knows, and index their links in the catalogue of `archive`, if given.

    Raises ConfigError, or InternalError where one note after the other cannot be read for the same reason, which nobody
    foresaw; a single one is among `errors`, and one that waits because of that is left out.
    """
    scan, kept = Scan(memory=memory), set()
    reader = _Reader(config, archive, memory)
    known, unread = reader.remembered(scan.aside)
    scan.notes = len(known) + len(unread)
    scan.digests = {path: row if type(row) is str else digest_of(row) for path, row in sorted(known.items())}
    telling = [path for path, row in known.items() if type(row) is list]  # of most there is nothing else to say
    for path in sorted((*telling, *unread)):
        if path not in known:
            kept.update(reader.take(scan, path))
            continue
        facts = facts_of(path, known[path])
        scan.take(path, facts)
        if facts.is_indexed:
            kept.add(path)
    if unread:
        scan.digests = dict(sorted(scan.digests.items()))
    if archive:
        archive.catalogue.keep_notes(kept)
    return scan


class _Reader:
    """Reads notes, or remembers what they say; the catalogue of `archive`, if given, is told."""

    def __init__(self, config: Config, archive: Archive | None, memory: NoteMemory | None) -> None:
        self._config, self._archive, self._memory = config, archive, memory
        self._root = config.notes_root
        self._boundary = archive.boundary if archive else Boundary(config.archive_root, keep=False)
        self._indexed = archive.catalogue.note_digests() if archive and memory else {}

    def remembered(self, aside: Aside) -> tuple[dict[str, Row], list[str]]:
        """What is known of the notes that are as they were, and that the catalogue knows if it should; and the paths of
        all others. `aside` gets what was found beside."""
        config, memory = self._config, self._memory
        globs, listings = (config.notes.include, config.notes.exclude), memory.listings if memory else None
        walk = Walk(self._root, globs, config.archive_root, listings)
        known: dict[str, Row] = {}
        unread = []
        for folder in walk.folders():
            rows = memory.rows_of(folder) if memory else {}
            known.update(rows)
            if len(rows) < len(folder.notes):
                unread += [path for path in folder.paths if path not in rows]
        walk.put_aside(aside)
        lost = [path for path, row in known.items() if type(row) is list and self._is_lost(path, row)]
        for path in lost:
            del known[path]
        return known, [*unread, *lost]

    def _is_lost(self, path: str, row: Row) -> bool:
        """Whether the catalogue is to know a note, and does not."""
        return is_indexed(row) and self._indexed.get(path) != digest_of(row)

    def take(self, scan: Scan, path: str) -> list[str]:
        """Read a note and enter what it says; its path, if the catalogue knows it, or is to go on knowing it."""
        boundary = self._boundary
        try:
            data, digest = self._read(path)
            scan.digests[path] = digest
            if boundary.waits("note", path, "read", state=digest):
                return [path]
            with boundary.deferring("note", path, "read", state=digest):
                facts = self._look_into(path, data, digest)
                scan.take(path, facts)
                return [path] if self._archive and facts.is_indexed else []
        except NoteError as error:
            scan.errors.append((path, str(error)))
        except InternalError as error:
            scan.errors.append((path, str(error)))
            if boundary.halted("note"):
                raise  # what is not scanned is not there
            return [path]
        return []

    def _read(self, path: str) -> tuple[bytes, str]:
        """A note's bytes and their SHA-256. Raises NoteError."""
        if self._memory:
            self._memory.reading(path)
        data = read_note(self._root, path)
        return data, sha256(data)

    def _look_into(self, path: str, data: bytes, digest: str) -> NoteFacts:
        """What a note's bytes say. Raises NoteError."""
        facts = self._parser.facts(path, data, digest)
        if self._memory:
            self._memory.learn(path, facts)
        return facts

    @cached_property
    def _parser(self) -> NoteReader:
        from archiver.rewriting.look_into import NoteReader  # where no note is new, none is parsed

        return NoteReader(self._config, self._archive)
