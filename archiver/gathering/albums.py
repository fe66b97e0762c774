"""Albums: load the whole list, keep it, and let its lines lead to the articles that are archived."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from archiver.archive import Archive
from archiver.errors import DamageError, FetchError
from archiver.fetch.engine import Engine
from archiver.fetch.pace import Pacer
from archiver.models import Album, Refusal, Status
from archiver.render.album import FOLDER, album_json, album_markdown, parse_album_json
from archiver.store.files import disk_errors, write_if_changed
from archiver.wechat import urls
from archiver.wechat.albums import joined, portion_url, read_album, read_portion

MAX_PORTIONS = 100  # 2,000 articles; no album seen has as many


@dataclass(frozen=True, slots=True)
class LoadedAlbum:
    """An album, or what came instead. `status` and `reason` say whether the list is whole: `failed` means that another
    night may bring the rest, `partial` that it will not."""

    page: Album | Refusal
    status: Status = Status.ARCHIVED
    reason: str = ""


def load_album(engine: Engine, pacer: Pacer, url: str) -> LoadedAlbum:
    """The album behind `url`, asked for portion by portion at the pacer's pace.

    A wall in the midst is a wall. Raises FetchError where not even the first page comes.
    """
    capture = engine.capture(url)
    page = read_album(capture.body, capture.final_url)
    if isinstance(page, Refusal):
        return LoadedAlbum(page, page.status, page.reason)
    for _ in range(MAX_PORTIONS):
        if len(page.articles) >= page.count or not page.articles:
            break
        if not pacer.pause():
            return LoadedAlbum(page, Status.FAILED, "the run ended before the list did")
        try:
            portion = read_portion(engine.capture(portion_url(page, page.articles[-1])).body)
        except FetchError as error:
            return LoadedAlbum(page, Status.FAILED, str(error))
        if isinstance(portion, Refusal):
            wall = portion.status is Status.WALL
            return LoadedAlbum(portion if wall else page, portion.status if wall else Status.PARTIAL, portion.reason)
        further = joined(page, portion.articles)
        if len(further) == len(page.articles) or not portion.more:
            page = replace(page, articles=further)
            break
        page = replace(page, articles=further)
    missing = page.count - len(page.articles)
    if missing > 0:
        return LoadedAlbum(page, Status.PARTIAL, f"WeChat lists {len(page.articles):,} of {page.count:,} articles")
    return LoadedAlbum(page)


def save_album(archive: Archive, album: Album) -> str:
    """Write an album's files; the path of its Markdown, relative to the archive's root. Raises StoreError."""
    name = album.id or hashlib.sha256(urls.canonical_url(album.url).encode()).hexdigest()[:12]
    path = f"{FOLDER}/{name}.md"
    write_if_changed(archive.root / f"{FOLDER}/{name}.json", album_json(album).encode())
    write_if_changed(archive.root / path, _markdown(archive, album).encode())
    return path


def refresh_albums(archive: Archive) -> None:
    """Let the lines of all albums lead to what is archived by now; files that stay the same are not written.

    Raises StoreError, DamageError.
    """
    for file in sorted((archive.root / FOLDER).glob("*.json")):
        with disk_errors(file, "read"):
            data = file.read_bytes()
        try:
            album = parse_album_json(data.decode(), f"{FOLDER}/{file.name}")
        except UnicodeDecodeError as error:
            raise DamageError(f"{FOLDER}/{file.name} is not UTF-8") from error
        write_if_changed(file.with_suffix(".md"), _markdown(archive, album).encode())


def _markdown(archive: Archive, album: Album) -> str:
    def copy_of(url: str) -> str:
        folder = archive.article_folder(urls.canonical_url(url))
        return f"{folder}/article.md" if folder else ""

    return album_markdown(album, copy_of)
