"""What the catalogue knows of the notes: their links to WeChat and to what is archived."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urlsplit

from archiver.archive.archive import Archive
from archiver.config import Config
from archiver.due.plan import targets_of
from archiver.errors import InternalError, NoteError
from archiver.models import Link
from archiver.notes.find import find
from archiver.notes.occurrences import Occurrence
from archiver.notes.schemes import is_http
from archiver.notes.stars import stars_after
from archiver.notes.text import may_hold
from archiver.rewriting.left import named_in
from archiver.store.catalogue import NoteLink, sha256
from archiver.store.layout import ALBUMS, ARTICLES, IMAGES, INTO_ARCHIVE, MEDIA, folder_of_text
from archiver.store.notefiles import read_note
from archiver.store.notewalk import find_notes

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
_FOLDERS = {ARTICLES: "article", IMAGES: "image", ALBUMS: "album", MEDIA: "video"}


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
    if not is_indexed(data, named_in(data) if named is None else named):
        return False
    digest = sha256(data)
    if not archive.catalogue.has_note(path, digest):
        links = find(data, every=True).named
        archive.catalogue.put_note(path, digest, list(_index_rows(config, path, data, links)))
    return True


def is_indexed(data: bytes, named: Sequence[Occurrence]) -> bool:
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
