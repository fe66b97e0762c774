"""Find out what a note's bytes say."""

from __future__ import annotations

from archiver.archive.archive import Archive
from archiver.config import Config
from archiver.due.mirrors import Mirrors
from archiver.due.plan import targets_of
from archiver.notes.find import find
from archiver.notes.regions import Rule
from archiver.notes.text import may_hold
from archiver.rewriting.facts import NoteFacts
from archiver.rewriting.left import left_in, named_in
from archiver.rewriting.noteindex import HIDING, LOCAL, REMOTE, index_note, is_indexed, leads_into_archive
from archiver.rewriting.suspicious import refused, suspicious_links

IMAGE_MARKUP = (b"![", b"<img", b"<IMG", b"<Img", b"]:")  # no image is without one of them


class NoteReader:
    """Reads notes, with the parser; the catalogue of `archive`, if given, is told."""

    def __init__(self, config: Config, archive: Archive | None) -> None:
        self._config, self._archive = config, archive
        self._mirrors = Mirrors(config.images.mirror_hosts)
        self._remote = (*REMOTE, *HIDING, *(host.encode() for host in self._mirrors.hosts))
        self._wanted = (*self._remote, *LOCAL, *(IMAGE_MARKUP if config.rewrite.repair else ()))
        self._mended = frozenset({Rule.NESTED} if config.rewrite.nested_links == "mend" else ())

    def facts(self, path: str, data: bytes, digest: str) -> NoteFacts:
        """What a note's bytes say. Raises NoteError."""
        named = named_in(data)
        found = find(data) if named or may_hold(data, self._remote) else None
        links = found.named if found else ()
        facts = NoteFacts(
            digest,
            bool(named) or may_hold(data, self._wanted),
            leads_into_archive(data),
            is_indexed(data, named),
            tuple(target for _, target in targets_of(path, links, self._mirrors.has)),
            tuple(suspicious_links(path, links)),
            tuple(refused(path, links)),
            tuple(left_in(path, found, named, self._mended)) if found else (),
        )
        if self._archive:
            index_note(self._config, self._archive, path, data, named)
        return facts
