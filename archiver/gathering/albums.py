"""Albums: load the whole list, keep it, and let its lines lead to the articles that are archived."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from archiver.archive import Archive
from archiver.errors import DamageError, FetchError, NotAskedError, StoreError
from archiver.fetch.engine import Engine
from archiver.fetch.pace import Pacer
from archiver.gathering.plan import Target
from archiver.models import Album, Refusal, Status
from archiver.render.album import FOLDER, album_json, album_markdown, parse_album_json
from archiver.store.files import disk_errors, write_if_changed
from archiver.wechat import urls
from archiver.wechat.albums import album_id, joined, portion_url, read_album, read_portion

log = logging.getLogger(__name__)

MAX_PORTIONS = 100  # 2,000 articles; no album seen has as many


@dataclass(frozen=True, slots=True)
class LoadedAlbum:
    """The list of an album as far as it came (`album`), and the page that came instead of it or of its rest
    (`refusal`). `status` and `reason` say whether the list is whole: `archived`; `partial`: no other night will bring
    the rest; `pending`, `wall`, `failed`: another night may."""

    album: Album | None
    status: Status = Status.ARCHIVED
    reason: str = ""
    refusal: Refusal | None = None


def load_album(engine: Engine, pacer: Pacer, url: str, known: Album | None = None) -> LoadedAlbum:
    """The album behind `url`, asked for portion by portion at the pacer's pace. Where it reaches what earlier nights
    have brought of it (`known`), it goes on behind that: so a list longer than a night becomes whole.

    Raises FetchError where not even the first page comes.
    """
    capture = engine.capture(url)
    page = read_album(capture.body, capture.final_url)
    if isinstance(page, Refusal):
        return LoadedAlbum(None, page.status, page.reason, page)
    album = _behind(page, known)
    for _ in range(MAX_PORTIONS):
        if len(album.articles) >= album.count or not album.articles:
            break
        if not pacer.pause():
            return LoadedAlbum(album, Status.PENDING, "the run ended before the list did")
        try:
            portion = read_portion(engine.capture(portion_url(album, album.articles[-1])).body)
        except NotAskedError as error:
            return LoadedAlbum(album, Status.PENDING, str(error))
        except FetchError as error:
            return LoadedAlbum(album, Status.FAILED, str(error))
        if isinstance(portion, Refusal):
            status = Status.WALL if portion.status is Status.WALL else Status.PARTIAL
            return LoadedAlbum(album, status, portion.reason, portion)
        before = len(album.articles)
        album = _behind(replace(album, articles=joined(album, portion.articles)), known)
        if len(album.articles) == before or not portion.more:
            break
    missing = album.count - len(album.articles)
    if missing > 0:
        return LoadedAlbum(album, Status.PARTIAL, f"WeChat lists {len(album.articles):,} of {album.count:,} articles")
    return LoadedAlbum(album)


def _behind(album: Album, known: Album | None) -> Album:
    """The list with the known one behind it, if it reaches so far."""
    here = {urls.canonical_url(article.url) for article in album.articles}
    if known is None or here.isdisjoint(urls.canonical_url(article.url) for article in known.articles):
        return album
    return replace(album, articles=joined(album, known.articles))


def known_album(archive: Archive, url: str, number: str = "") -> Album | None:
    """What the archive has of the album behind a URL; see album_path. Raises StoreError; a damaged file is as good as
    none."""
    try:
        return _stored_album(archive, url, number)
    except DamageError as error:
        log.warning("%s; the album is loaded again", error)
        return None


def _stored_album(archive: Archive, url: str, number: str = "") -> Album | None:
    """As `known_album`. Raises StoreError or DamageError."""
    file = archive.root / album_path(url, number)
    with disk_errors(file, "look at"):
        there = file.exists()
    return read_album_file(file) if there else None


def with_known(archive: Archive, albums: Iterable[Target]) -> Iterator[Target]:
    """Albums that are due, each with what the archive has of it. One whose list is damaged, or refused by the disk,
    waits: to load it anew could take away what only that list has."""
    for album in albums:
        try:
            yield replace(album, known=_stored_album(archive, album.url))
        except (DamageError, StoreError) as error:
            log.warning("%s; the album waits for archiver verify --repair", error)


def save_album(archive: Archive, album: Album) -> str:
    """Write an album's files, which lose nothing of what they list; the path of its Markdown, relative to the archive's
    root. Raises StoreError."""
    known = known_album(archive, album.url, album.id)
    if known:
        articles = joined(album, known.articles)
        album = replace(album, articles=articles, count=max(album.count, len(articles)))
    path = album_path(album.url, album.id)
    _write(archive, archive.root / path, album)
    return path.removesuffix(".json") + ".md"


def refresh_albums(archive: Archive) -> None:
    """Let the lines of all albums lead to what is archived by now; files that stay the same are not written. That an
    album is damaged, or the disk refuses it, keeps no run from its work: verify tells."""
    for file in sorted((archive.root / FOLDER).glob("*.json")):
        try:
            _write(archive, file, read_album_file(file))
        except (DamageError, StoreError) as error:
            log.warning("%s", error)


def read_album_file(file: Path) -> Album:
    """The album that `save_album` wrote to `file`, a .json. Raises StoreError or DamageError."""
    path = f"{FOLDER}/{file.name}"
    with disk_errors(file, "read"):
        data = file.read_bytes()
    try:
        return parse_album_json(data.decode(), path)
    except UnicodeDecodeError as error:
        raise DamageError(f"{path} is not UTF-8") from error


def album_text(archive: Archive, album: Album) -> str:
    """What an album's Markdown says, its lines leading to what is archived."""

    def copy_of(url: str) -> str:
        folder = archive.article_folder(urls.canonical_url(url))
        return f"{folder}/article.md" if folder else ""

    return album_markdown(album, copy_of)


def album_path(url: str, number: str = "") -> str:
    """The list of the album behind a URL, relative to the archive's root; its number may be known from its page."""
    name = number or album_id(url) or hashlib.sha256(urls.canonical_url(url).encode()).hexdigest()[:12]
    return f"{FOLDER}/{name}.json"


def _write(archive: Archive, file: Path, album: Album) -> None:
    write_if_changed(file, album_json(album).encode())
    write_if_changed(file.with_suffix(".md"), album_text(archive, album).encode())
