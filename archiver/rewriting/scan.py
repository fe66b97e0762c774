"""Read the notes: what they link to, and where."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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
from archiver.rewriting.left import left_in, named_in
from archiver.rewriting.suspicious import refused, suspicious_links
from archiver.store.catalogue import NoteLink, sha256
from archiver.store.layout import ALBUMS, ARTICLES, IMAGES, INTO_ARCHIVE, MEDIA, folder_of_text
from archiver.store.lines import LinkEntry
from archiver.store.notefiles import Aside, find_notes, read_note

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


def scan_notes(config: Config, archive: Archive | None = None) -> Scan:
    """Read all notes, and index their links in the catalogue of `archive`, if given.

    Raises ConfigError, or InternalError where one note after the other cannot be read for the same reason, which nobody
    foresaw; a single one is among `errors`, and one that waits because of that is left out.
    """
    scan, kept = Scan(), set()
    boundary = archive.boundary if archive else Boundary(config.archive_root, keep=False)
    globs = config.notes.include, config.notes.exclude
    for path in find_notes(config.notes_root, *globs, config.archive_root, scan.aside):
        scan.notes += 1
        try:
            data = read_note(config.notes_root, path)
            digest = scan.digests[path] = sha256(data)
            if boundary.waits("note", path, "read", state=digest):
                kept.add(path)
                continue
            with boundary.deferring("note", path, "read", state=digest):
                if _scan_note(config, archive, scan, path, data):
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


def _scan_note(config: Config, archive: Archive | None, scan: Scan, path: str, data: bytes) -> bool:
    """Note what a note links to; whether the catalogue knows it. Raises NoteError."""
    mirrors = Mirrors(config.images.mirror_hosts)
    remote = (*REMOTE, *HIDING, *(host.encode() for host in mirrors.hosts))
    wanted = (*remote, *LOCAL, *(IMAGE_MARKUP if config.rewrite.repair else ()))
    named = named_in(data)
    found = find(data) if named or may_hold(data, remote) else None
    links = found.named if found else ()
    targets = [target for _, target in targets_of(path, links, mirrors.has)]
    suspicious, refusals = [*suspicious_links(path, links)], [*refused(path, links)]
    indexed = archive is not None and index_note(config, archive, path, data, named)
    if leads_into_archive(data):
        scan.rewritten.add(path)
    scan.targets += targets
    scan.suspicious += suspicious
    scan.refused += refusals
    mended = {Rule.NESTED} if config.rewrite.nested_links == "mend" else ()
    scan.left += left_in(path, found, named, mended) if found else ()
    if named or may_hold(data, wanted):
        scan.paths.append(path)
    return indexed


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
    plain = may_hold(data, (*REMOTE, *HIDING)) or may_hold(data, LOCAL)
    if not (plain or (named_in(data) if named is None else named)):
        return False
    digest = sha256(data)
    if not archive.catalogue.has_note(path, digest):
        links = find(data, every=True).named
        archive.catalogue.put_note(path, digest, list(_index_rows(config, path, data, links)))
    return True


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
