"""What no note names and is archived all the same, where the configuration says so: the articles of albums that are
followed, and those to which archived articles link. All of it has its turn after what the notes name."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence

from archiver.archive.albums import read_album_file
from archiver.archive.archive import Archive
from archiver.archive.context import Context
from archiver.due.plan import Target
from archiver.errors import DamageError, StoreError
from archiver.models import Album, UrlKind
from archiver.store.layout import album_source
from archiver.store.lines import LinkEntry
from archiver.wechat import urls

log = logging.getLogger(__name__)


def further_targets(context: Context) -> list[Target]:
    """The albums to look at again, their articles, and the articles to which those link that the notes name or the user
    has given. A list that cannot be read waits for its repair. Raises StoreError."""
    follow, archive = context.config.albums.follow, context.archive
    if follow == "none" and not context.config.links.depth:
        return []
    from archiver.store import listings  # an index of all that is shown

    named = listings.named_in_notes(archive.catalogue)
    found: list[Target] = []
    roots: list[str] = []
    for entry in archive.links:
        wanted = entry.added or not named.isdisjoint((entry.target, entry.url))
        if entry.kind is UrlKind.ALBUM and (entry.added if follow == "added" else wanted and follow == "all"):
            found += _album(archive, entry)
        if entry.kind is UrlKind.ARTICLE and entry.status.is_stored and wanted:
            roots.append(entry.target)
    if context.config.links.depth:
        found += _linked(archive, roots)
    return found


def _album(archive: Archive, entry: LinkEntry) -> Iterator[Target]:
    if entry.target and archive.has_file(entry.target):
        yield Target(entry.kind, entry.url, entry.url, "followed", again=True)
        yield from _album_articles(archive, entry)


def articles_in(archive: Archive, albums: Iterable[str]) -> list[Target]:
    """The articles in the lists of albums, given their canonical URLs, as far as these are there."""
    known = (archive.links.get(url) for url in albums)
    return [
        target
        for entry in known
        if entry and entry.target and archive.has_file(entry.target)
        for target in _album_articles(archive, entry)
    ]


def _album_articles(archive: Archive, entry: LinkEntry) -> list[Target]:
    """The articles in an album's list, as far as it can be read."""
    try:
        album = read_album_file(archive.root / album_source(entry.target))
    except (DamageError, StoreError) as error:
        log.warning("%s; its articles wait", error)
        return []
    return list(_articles_of(album))


def _articles_of(album: Album) -> Iterator[Target]:
    for article in album.articles:
        if urls.classify(article.url) is UrlKind.ARTICLE and not urls.is_identity(article.url):
            yield _further(article.url, f"album {album.title or album.id}")


def _linked(archive: Archive, folders: Sequence[str]) -> Iterator[Target]:
    """The articles to which those in these folders link."""
    from archiver.store import listings

    for folder, url in listings.linked_from(archive.catalogue, folders):
        if urls.classify(url) is UrlKind.ARTICLE and not urls.is_identity(url):
            yield _further(url, folder)


def _further(url: str, where: str) -> Target:
    return Target(UrlKind.ARTICLE, urls.canonical_url(url), urls.request_url(url), where, further=True)
