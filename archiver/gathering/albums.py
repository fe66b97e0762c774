"""Load the whole list of an album."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from archiver.archive.albums import save_album, stored_album
from archiver.archive.archive import Archive
from archiver.archive.reasons import AlbumEnd, album_reason
from archiver.due.plan import Target
from archiver.errors import DamageError, FetchError, NotAskedError, PageError, StoreError
from archiver.models import Album, Refusal, Status, UrlKind
from archiver.models.values import dataclass
from archiver.store.lines import LinkEntry
from archiver.wechat import urls

if TYPE_CHECKING:
    from archiver.fetch.engine import Engine
    from archiver.fetch.pace import Turns
    from archiver.gathering.link_log import Fate

log = logging.getLogger(__name__)

MAX_PORTIONS = 100  # 2,000 articles; no album seen has as many


@dataclass(frozen=True, slots=True)
class LoadedAlbum:
    """The list of an album as far as it came (`album`), and the page that came instead of it or of its rest
    (`refusal`). `status` and `end` say whether the list is whole: `archived`; `partial`: no other run will bring the
    rest; `pending`, `wall`, `failed`: another run may. `error` is what the server or that page said."""

    album: Album | None
    status: Status = Status.ARCHIVED
    end: AlbumEnd = AlbumEnd.WHOLE
    error: str = ""
    refusal: Refusal | None = None


def load_album(engine: Engine, turns: Turns, url: str, known: Album | None = None) -> LoadedAlbum:
    """The album behind `url`, asked for portion by portion in turns of its own. Where it reaches what earlier runs
    have brought of it (`known`), it goes on behind that: so a list longer than a run becomes whole.

    Raises FetchError where not even the first page comes.
    """
    from archiver.wechat.albums import joined, portion_url, read_album, read_portion

    capture = engine.capture(url)
    page = read_album(capture.body, capture.final_url)
    if isinstance(page, Refusal):
        return LoadedAlbum(None, page.status, AlbumEnd.REFUSED, page.reason, page)
    album = _behind(page, known)
    for _ in range(MAX_PORTIONS):
        if len(album.articles) >= album.count or not album.articles:
            break
        if not turns.pause():
            return LoadedAlbum(album, Status.PENDING, AlbumEnd.RUN_ENDED)
        try:
            portion = read_portion(engine.capture(portion_url(album, album.articles[-1])).body)
        except NotAskedError as error:
            return LoadedAlbum(album, Status.PENDING, AlbumEnd.RUN_ENDED, str(error))
        except (FetchError, PageError) as error:
            return LoadedAlbum(album, Status.FAILED, AlbumEnd.NO_ANSWER, str(error))
        if isinstance(portion, Refusal):
            status = Status.WALL if portion.status is Status.WALL else Status.PARTIAL
            return LoadedAlbum(album, status, AlbumEnd.REFUSED, portion.reason, portion)
        before = len(album.articles)
        album = _behind(replace(album, articles=joined(album, portion.articles)), known)
        if len(album.articles) == before or not portion.more:
            break
    if len(album.articles) < album.count:
        return LoadedAlbum(album, Status.PARTIAL, AlbumEnd.SHORT)
    return LoadedAlbum(album)


def _behind(album: Album, known: Album | None) -> Album:
    """The list with the known one behind it, if it reaches so far."""
    here = {urls.canonical_url(article.url) for article in album.articles}
    if known is None or here.isdisjoint(urls.canonical_url(article.url) for article in known.articles):
        return album
    from archiver.wechat.albums import joined

    return replace(album, articles=joined(album, known.articles))


def kept_list(archive: Archive, target: Target) -> LinkEntry | None:
    """The line of an album whose list is there already."""
    entry = archive.links.get(target.url) if target.kind is UrlKind.ALBUM else None
    return entry if entry and entry.status.is_stored and archive.has_file(entry.target) else None


def save_list(archive: Archive, target: Target, loaded: LoadedAlbum, album: Album) -> Fate:
    """Keep what has come of a list; what became of the album by that. Raises StoreError."""
    from archiver.gathering.link_log import Fate

    known, path = kept_list(archive, target), save_album(archive, album)
    # One that is to be loaded again stays in the notes as it is: they are where it is found again. A list that is
    # followed stands with what has come; it is looked at again anyhow.
    status = known.status if known and not loaded.status.is_stored else loaded.status
    reason = album_reason(loaded.end, album, loaded.error)
    return Fate(status, title=album.title, reason=reason, folder=path if status.is_stored else "")


def with_known(archive: Archive, albums: Iterable[Target]) -> Iterator[Target]:
    """Albums that are due, each with what the archive has of it. One whose list is damaged, or refused by the disk,
    waits: to load it anew could take away what only that list has."""
    for album in albums:
        try:
            yield replace(album, known=stored_album(archive, album.url))
        except (DamageError, StoreError) as error:
            log.warning("%s; the album waits for archiver verify --repair", error)
