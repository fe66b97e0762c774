"""Read the notes: what they link to, and where."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from archiver.archive.archive import Archive
from archiver.archive.boundary import Boundary
from archiver.config import Config
from archiver.due.mirrors import Mirrors
from archiver.due.plan import Target, targets_of
from archiver.errors import InternalError, NoteError
from archiver.events import AddressLeft, GluedLink
from archiver.models import Link
from archiver.notes.find import find, is_http
from archiver.notes.occurrences import Occurrence
from archiver.notes.regions import Rule
from archiver.notes.stars import stars_after
from archiver.notes.text import may_hold
from archiver.rewriting.facts import NoteFacts
from archiver.rewriting.left import left_in, named_in
from archiver.rewriting.suspicious import refused, suspicious_links
from archiver.store.catalogue import NoteLink, sha256
from archiver.store.layout import ALBUMS, ARTICLES, IMAGES, INTO_ARCHIVE, MEDIA, folder_of_text
from archiver.store.lines import LinkEntry
from archiver.store.notefiles import Aside, NoteFile, find_notes, look_for_notes, read_note

if TYPE_CHECKING:
    from archiver.rewriting.memory import NoteMemory

REMOTE = (b"weixin.qq.com", b"qpic.cn", b"qlogo.cn", b"res.wx.qq.com")  # no URL of WeChat's is without one of them
HIDING = (
    b"camo.githubusercontent.com",
    b"135editor.com",
    b"freewechat.com",
    b"weixin.sogou.com",
)  # those that hide them
LOCAL = tuple(
    f"{folder}/".encode() for folder in (ARTICLES, IMAGES, ALBUMS, MEDIA)
)  # no link to an archived copy is without one of them
IMAGE_MARKUP = (b"![", b"<img", b"<IMG", b"<Img", b"]:")  # no image is without one of them
_FOLDERS = {ARTICLES: "article", IMAGES: "image", ALBUMS: "album", MEDIA: "video"}


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
    boundary = archive.boundary if archive else Boundary(config.archive_root, keep=False)
    globs, reader = (config.notes.include, config.notes.exclude), _Reader(config, archive, memory)
    for file in look_for_notes(config.notes_root, *globs, config.archive_root, scan.aside):
        scan.notes += 1
        path = file.path
        if facts := reader.remembered(file):
            scan.digests[path] = facts.digest
            scan.take(path, facts)
            if facts.is_indexed:
                kept.add(path)
            continue
        try:
            data, digest = reader.read(file)
            scan.digests[path] = digest
            if boundary.waits("note", path, "read", state=digest):
                kept.add(path)
                continue
            with boundary.deferring("note", path, "read", state=digest):
                facts = reader.look_into(path, data, digest)
                scan.take(path, facts)
                if archive and facts.is_indexed:
                    kept.add(path)
        except NoteError as error:
            scan.errors.append((path, str(error)))
        except InternalError as error:
            kept.add(path)
            scan.errors.append((path, str(error)))
            if boundary.halted("note"):
                raise  # what is not scanned is not there
    if archive:
        archive.catalogue.keep_notes(kept)
    return scan


class _Reader:
    """Reads notes, or remembers what they say; the catalogue of `archive`, if given, is told."""

    def __init__(self, config: Config, archive: Archive | None, memory: NoteMemory | None) -> None:
        self._config, self._archive, self._memory = config, archive, memory
        self._root = config.notes_root
        self._mirrors = Mirrors(config.images.mirror_hosts)
        self._remote = (*REMOTE, *HIDING, *(host.encode() for host in self._mirrors.hosts))
        self._wanted = (*self._remote, *LOCAL, *(IMAGE_MARKUP if config.rewrite.repair else ()))
        self._mended = frozenset({Rule.NESTED} if config.rewrite.nested_links == "mend" else ())
        self._indexed = archive.catalogue.note_digests() if archive and memory else {}

    def remembered(self, file: NoteFile) -> NoteFacts | None:
        """What a note says that is as it was, and that the catalogue knows if it should."""
        facts = self._memory.facts(file) if self._memory else None
        if facts and facts.is_indexed and self._indexed.get(file.path) != facts.digest:
            return None
        return facts

    def read(self, file: NoteFile) -> tuple[bytes, str]:
        """A note's bytes and their SHA-256. Raises NoteError."""
        if self._memory:
            self._memory.reading(file)
        data = read_note(self._root, file.path)
        return data, sha256(data)

    def look_into(self, path: str, data: bytes, digest: str) -> NoteFacts:
        """What a note's bytes say. Raises NoteError."""
        named = named_in(data)
        found = find(data) if named or may_hold(data, self._remote) else None
        links = found.named if found else ()
        facts = NoteFacts(
            digest,
            bool(named) or may_hold(data, self._wanted),
            leads_into_archive(data),
            _is_indexed(data, named),
            tuple(target for _, target in targets_of(path, links, self._mirrors.has)),
            tuple(suspicious_links(path, links)),
            tuple(refused(path, links)),
            tuple(left_in(path, found, named, self._mended)) if found else (),
        )
        if self._archive:
            index_note(self._config, self._archive, path, data, named)
        if self._memory:
            self._memory.learn(path, facts)
        return facts


def index_notes(config: Config, archive: Archive) -> None:
    """Bring what the catalogue knows of the notes up to date, without asking what there is to do. Raises ConfigError;
    a note that cannot be read is forgotten, as in `scan_notes`."""
    kept = set()
    for path in find_notes(config.notes_root, config.notes.include, config.notes.exclude, config.archive_root):
        try:
            with archive.boundary.item("note", path, "index"):
                if index_note(config, archive, path, read_note(config.notes_root, path)):
                    kept.add(path)
        except NoteError:
            continue
        except InternalError:
            kept.add(path)
    archive.catalogue.keep_notes(kept)


def leads_into_archive(data: bytes) -> bool:
    """Whether a note may hold rewritten links."""
    return INTO_ARCHIVE.search(data) is not None


def index_note(
    config: Config, archive: Archive, path: str, data: bytes, named: Sequence[Occurrence] | None = None
) -> bool:
    """Index a note's links to WeChat and to archived copies; whether it may have any. `named`: what `named_in` says of
    it, where that is known. Raises NoteError."""
    if not _is_indexed(data, named_in(data) if named is None else named):
        return False
    digest = sha256(data)
    if not archive.catalogue.has_note(path, digest):
        links = find(data, every=True).named
        archive.catalogue.put_note(path, digest, list(_index_rows(config, path, data, links)))
    return True


def _is_indexed(data: bytes, named: Sequence[Occurrence]) -> bool:
    return bool(named) or may_hold(data, (*REMOTE, *HIDING, *LOCAL))


def links_into_archive(config: Config, path: str, data: bytes) -> list[NoteLink]:
    """The links of a note that lead to what is archived. Raises NoteError."""
    if not leads_into_archive(data):
        return []
    return [row for row in _index_rows(config, path, data, find(data, every=True).links) if row.target]


def _index_rows(config: Config, path: str, data: bytes, links: Sequence[Link]) -> Iterator[NoteLink]:
    stars = _ratings(data, links)
    for link, target in targets_of(path, links):
        yield NoteLink(link.line, link.span.start, target.kind.value, target.url, "", stars[link.span.start])
    folder = (config.notes_root / path).parent.as_posix()
    archive = config.archive_root.as_posix()
    for link in links:
        if is_http(link.url):
            continue
        place = posixpath.normpath(posixpath.join(folder, unquote(urlsplit(link.url).path)))
        inside = posixpath.relpath(place, archive) if place.startswith(f"{archive}/") else ""
        kind = _FOLDERS.get(inside.partition("/")[0])
        if kind:
            copy = folder_of_text(inside)
            yield NoteLink(link.line, link.span.start, kind, "", copy, stars[link.span.start])


def _ratings(data: bytes, links: Sequence[Link]) -> dict[int, int]:
    """The stars behind each link, by the place of its destination."""
    if not links:
        return {}
    ends = [(link.whole or link.span).end for link in links]
    starts = [(link.whole or link.span).start for link in links[1:]]
    found = {}
    for link, end, stop in zip(links, ends, [*starts, len(data)], strict=True):
        found[link.span.start] = stars_after(data, end, stop)
    return found
