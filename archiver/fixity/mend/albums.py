"""Mend an album's list from a new visit; what only its old Markdown lists is not lost by that."""

from __future__ import annotations

import re
from dataclasses import replace

from archiver.archive.albums import album_path, album_text, save_album
from archiver.archive.archive import Archive
from archiver.due.plan import Target
from archiver.errors import DamageError, StoreError
from archiver.fixity.mend.log import Bench, Cure, Left, Mended, Obstacle
from archiver.gathering.albums import LoadedAlbum
from archiver.models import Album, AlbumArticle
from archiver.render.album import parse_album_lines
from archiver.store.layout import album_text as album_text_path
from archiver.store.layout import folder_of_text
from archiver.wechat import urls
from archiver.wechat.albums import joined

_LINE = re.compile(rb"^\d+\. ", re.MULTILINE)


def mend_album(bench: Bench, target: Target, loaded: LoadedAlbum) -> Mended | Left:
    """Write the album whose list is at `target.where` again; its old files go into quarantine.

    A list that did not come whole, or has fewer articles than the Markdown and that cannot be read back, changes
    nothing: the next repair asks again. Raises StoreError.
    """
    path, album, archive = target.where, loaded.album, bench.archive
    if album is None or not loaded.status.is_stored:
        return Left(path, Obstacle.ALBUM_CUT if loaded.error else Obstacle.ALBUM_RUN_ENDED, error=loaded.error)
    if album_path(album.url, album.id) != path:
        return Left(path, Obstacle.OTHER_ALBUM)
    text = album_text_path(path)
    old = _bytes(archive, text)
    album = _with_lines(archive, album, old)
    lines = len(_LINE.findall(old))
    if len(album.articles) < lines:
        return Left(path, Obstacle.ALBUM_SHORTER, file=text, count=len(album.articles), of=lines)
    bench.quarantine.keep(path)
    if old != album_text(archive, album).encode():
        bench.quarantine.keep(text)
    save_album(archive, album)
    entry = archive.links.get(target.url)
    if entry:
        archive.put_links(replace(entry, status=loaded.status, target=text))
    return Mended(path, Cure.ALBUM_LOADED)


def _bytes(archive: Archive, path: str) -> bytes:
    try:
        return (archive.root / path).read_bytes()
    except OSError:
        return b""  # it is missing, or the disk does not give it: it is quarantined


def _with_lines(archive: Archive, album: Album, markdown: bytes) -> Album:
    """The album with the articles behind its own that only the Markdown lists, as far as that can be read back."""
    try:
        listed = parse_album_lines(markdown.decode(), lambda path: _address(archive, path))
    except (UnicodeDecodeError, DamageError, StoreError):
        return album
    there = {_copy_of(archive, article) for article in album.articles} - {None}
    further = [article for article in listed if _copy_of(archive, article) not in there]
    articles = joined(album, further)
    return replace(album, articles=articles, count=max(album.count, len(articles)))


def _copy_of(archive: Archive, article: AlbumArticle) -> str | None:
    return archive.article_folder(urls.canonical_url(article.url))


def _address(archive: Archive, path: str) -> str:
    """The address of the archived article whose article.md it is, as an album writes it. Raises StoreError or
    DamageError."""
    record = archive.record(folder_of_text(path))
    known = (record.url, *record.aliases)
    return next((url for url in known if {"biz", "mid", "idx"} <= urls.url_ids(url).keys()), record.url)
