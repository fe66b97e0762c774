"""An archive, for reading only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from archiver.api import nouns
from archiver.api.reading import loss
from archiver.archive.archive import Archive as OpenArchive
from archiver.archive.read_archive import read_archive
from archiver.errors import QueryError, UnknownArticleError
from archiver.export.source import Source
from archiver.models import Status, StoredImage
from archiver.reader.query import parse_query
from archiver.reader.search import Hit, search
from archiver.render.text import one_line, title_of
from archiver.store import listings
from archiver.store.integrity import index_errors
from archiver.store.layout import ARTICLE_ID, id_of
from archiver.store.listings import Item
from archiver.wechat import urls


class Archive:
    """An archive that is read and never written: no lock, no index, nothing. Made by `open`; a context manager.

    It belongs to the thread that opened it. A sync may run meanwhile; what it brings is certain to be seen by who opens
    the archive after it.
    """

    def __init__(self, archive: OpenArchive, stack: ExitStack) -> None:
        """Not for callers: see `open`."""
        self._archive = archive
        self._stack = stack
        self._source = Source(archive.root, archive.catalogue)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Archive:
        """Open the archive in the folder `path`, which holds links.jsonl and articles/.

        Where catalogue.db is missing or behind, an index is made in memory, of the articles that it lacks. Raises
        NoArchiveError, DamageError, NewerFormatError or StoreError.
        """
        with ExitStack() as stack:
            archive = stack.enter_context(read_archive(Path(path)))
            return cls(archive, stack.pop_all())

    def close(self) -> None:
        """Let go of the archive's files."""
        self._stack.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def knows_notes(self) -> bool:
        """Whether it is known which notes link to articles. Sync finds that out and keeps it in catalogue.db: without
        that file `mentions` and `stars` are empty."""
        with index_errors(self._archive.root):
            return bool(self._archive.catalogue.note_digests())

    def articles(self) -> Iterator[nouns.ListedArticle]:
        """Every article, the newest first; those without a date come last. Raises StoreError."""
        with index_errors(self._archive.root):
            items = listings.newest(self._archive.catalogue, -1)
        return map(_listed, items)

    def article(self, id: str) -> nouns.ArchivedArticle:  # noqa: A002 - what it is called everywhere
        """The article with that id, 12 hex digits. Raises UnknownArticleError, StoreError or DamageError."""
        with index_errors(self._archive.root):
            folder = self._archive.catalogue.folder_of_id(id) if ARTICLE_ID.fullmatch(id) else None
            if folder is None:
                raise UnknownArticleError(id)
            (item,) = listings.by_folder(self._archive.catalogue, [folder]).values()
            mentions = listings.mentions_of(self._archive.catalogue, folder)
        record = self._archive.record(folder)
        return nouns.ArchivedArticle(
            **_facts(item),
            aliases=record.aliases,
            captured_at=record.captured_at,
            images=tuple(map(_image, record.images)),
            losses=tuple(map(loss, record.losses)),
            links=record.links,
            mentions=tuple(nouns.Mention(note=m.note, line=m.line, stars=m.stars) for m in mentions),
            text=self._source.text(folder),
            markdown=self._source.markdown(folder).decode("utf-8", "replace"),
        )

    def id_of(self, url: str) -> str | None:
        """The id of the archived article to which a URL leads, however it is spelled; None where there is none. Raises
        StoreError."""
        with index_errors(self._archive.root):
            folder = self._archive.article_folder(urls.canonical_url(url))
        return id_of(folder) if folder else None

    def search(self, query: str, limit: int = 20, offset: int = 0) -> nouns.Results:
        """The articles that a query finds, in the language of the search box (docs/reader.md): title before text, newer
        first, and of these at most `limit` from `offset` on. Raises QueryError, or StoreError."""
        if limit < 0 or offset < 0:
            raise QueryError("limit and offset are whole numbers, 0 or more")
        asked = parse_query(query)
        if not asked:
            return nouns.Results(total=0, hits=())
        with index_errors(self._archive.root):
            found = search(self._archive.catalogue, asked, limit, offset)
        return nouns.Results(total=found.total, hits=tuple(map(_hit, found.hits)))

    def accounts(self) -> list[nouns.Account]:
        """The accounts, those with most articles first. Raises StoreError."""
        with index_errors(self._archive.root):
            found = listings.accounts(self._archive.catalogue)
        return [nouns.Account(name=one.name, articles=one.articles) for one in found]

    def image(self, path: str) -> bytes:
        """An image, audio or video file of the archive (`Image.path`), checked against the SHA-256 in its name. Raises
        StoreError where there is none, DamageError where it is another."""
        return self._source.blob(path)


def _facts(item: Item) -> dict[str, Any]:
    return {
        "id": id_of(item.folder),
        "folder": item.folder,
        "url": item.url,
        "title": title_of(item.title),
        "account": one_line(item.account),
        "author": one_line(item.author),
        "published": date.fromisoformat(item.date) if item.date else None,
        "kind": item.kind,
        "status": (Status.PARTIAL if item.partial else Status.ARCHIVED).value,
        "digest": one_line(item.digest),
        "stars": item.stars,
    }


def _listed(item: Item) -> nouns.ListedArticle:
    return nouns.ListedArticle(**_facts(item))


def _hit(hit: Hit) -> nouns.Hit:
    return nouns.Hit(article=_listed(hit.item), snippet=one_line("".join(text for text, _ in hit.pieces)))


def _image(image: StoredImage) -> nouns.Image:
    return nouns.Image(
        url=image.url,
        path=image.path,
        media_type=image.media_type,
        width=image.width,
        height=image.height,
        error=one_line(image.error or ""),
    )
