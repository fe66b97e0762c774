"""Albums: keep their lists, and let their lines lead to the articles that are archived."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from pathlib import Path

from archiver.archive.archive import Archive
from archiver.errors import DamageError, InternalError, NewerFormatError, StoreError
from archiver.models import Album
from archiver.store import layout
from archiver.store.files import disk_errors, write_if_changed
from archiver.store.layout import ALBUMS, TEXT
from archiver.wechat import urls

log = logging.getLogger(__name__)


def known_album(archive: Archive, url: str, number: str = "") -> Album | None:
    """What the archive has of the album behind a URL; see album_path. Raises StoreError; a damaged file is as good as
    none."""
    try:
        return stored_album(archive, url, number)
    except DamageError as error:
        log.warning("%s; the album is loaded again", error)
        return None


def stored_album(archive: Archive, url: str, number: str = "") -> Album | None:
    """As `known_album`. Raises StoreError or DamageError."""
    file = archive.root / album_path(url, number)
    with disk_errors(file, "look at"):
        there = file.exists()
    return read_album_file(file) if there else None


def save_album(archive: Archive, album: Album) -> str:
    """Write an album's files, which lose nothing of what they list; the path of its Markdown, relative to the archive's
    root. Raises StoreError."""
    known = known_album(archive, album.url, album.id)
    if known:
        from archiver.wechat.albums import joined

        articles = joined(album, known.articles)
        album = replace(album, articles=articles, count=max(album.count, len(articles)))
    path = album_path(album.url, album.id)
    _write(archive, archive.root / path, album)
    return layout.album_text(path)


def refresh_albums(archive: Archive) -> None:
    """Let the lines of all albums lead to what is archived by now; files that stay the same are not written. That an
    album is damaged, or the disk refuses it, keeps no run from its work: verify tells."""
    for file in sorted((archive.root / ALBUMS).glob("*.json")):
        if archive.boundary.waits("album", file.name):
            continue
        try:
            with archive.boundary.deferring("album", file.name):
                _write(archive, file, read_album_file(file))
        except InternalError:
            continue
        except (DamageError, StoreError) as error:
            log.warning("%s", error)


def refuse_newer_albums(root: Path) -> None:
    """Raise NewerFormatError where a newer archiver wrote an album of the archive at `root`: a run would write over it.
    One that is damaged is verify's business."""
    for file in sorted((root / ALBUMS).glob("*.json")):
        try:
            read_album_file(file)
        except NewerFormatError:
            raise
        except (DamageError, StoreError):
            continue


def read_album_file(file: Path) -> Album:
    """The album that `save_album` wrote to `file`, a .json. Raises StoreError, DamageError or NewerFormatError."""
    from archiver.render.album import parse_album_json

    path = f"{ALBUMS}/{file.name}"
    with disk_errors(file, "read"):
        data = file.read_bytes()
    try:
        return parse_album_json(data.decode(), path)
    except UnicodeDecodeError as error:
        raise DamageError(f"{path} is not UTF-8") from error


def album_text(archive: Archive, album: Album) -> str:
    """What an album's Markdown says, its lines leading to what is archived."""
    from archiver.render.album import album_markdown

    def copy_of(url: str) -> str:
        folder = archive.article_folder(urls.canonical_url(url))
        return f"{folder}/{TEXT}" if folder else ""

    return album_markdown(album, copy_of)


def album_path(url: str, number: str = "") -> str:
    """The list of the album behind a URL, relative to the archive's root; its number may be known from its page."""
    from archiver.wechat.albums import album_id

    name = number or album_id(url) or hashlib.sha256(urls.canonical_url(url).encode()).hexdigest()[:12]
    return layout.album_list(name)


def _write(archive: Archive, file: Path, album: Album) -> None:
    from archiver.render.album import album_json

    write_if_changed(file, album_json(album).encode())
    write_if_changed(file.with_suffix(".md"), album_text(archive, album).encode())
