"""What `archiver serve` gives to other programs: a feed, books, articles. Made when it is asked for, kept nowhere."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from archiver.archive.boundary import Boundary
from archiver.export import opds
from archiver.export.atom import export_atom, served
from archiver.export.epub import export_epub
from archiver.export.formats import NEWEST
from archiver.export.job import Job
from archiver.export.lines import members
from archiver.export.opds import Offer
from archiver.export.source import Source
from archiver.render import sitemap
from archiver.store import listings
from archiver.store.catalogue import Catalogue
from archiver.store.layout import ARTICLE_ID
from archiver.tasks.export import TITLE

_NAMELESS = "（无名）"


class ServedExports:
    """The archive at `root` with its index at `catalogue`. Each answer is made from what is there at that moment."""

    def __init__(self, root: Path, catalogue: Path) -> None:
        self._root = root
        self._path = catalogue

    def feed(self, base: str) -> bytes:
        """The newest articles as Atom, for the address `base`, which ends in a slash."""
        with self._source() as (source, catalogue), io.BytesIO() as file:
            folders = [item.folder for item in listings.newest(catalogue, NEWEST)]
            export_atom(self._job(source, folders[::-1], TITLE), file, served(base))
            return file.getvalue()

    def opds(self, path: str, base: str) -> str | None:
        """A page of the catalogue of books; None where there is no such page."""
        with self._source() as (_, catalogue):
            if path == opds.ROOT:
                return opds.root_feed(base, max(listings.captured(catalogue, "account").values(), default=""))
            offers = {opds.MONTHS: self._months, opds.ACCOUNTS: self._accounts}.get(path)
            title = "按月" if path == opds.MONTHS else "按公众号"
            return opds.books_feed(title, base, path, offers(catalogue)) if offers else None

    def book(self, path: str, file: BinaryIO) -> bool:
        """Write the book at a path of the catalogue to `file`; whether there is one."""
        with self._source() as (source, catalogue):
            folders, title = self._chosen(catalogue, path)
            if folders:
                export_epub(self._job(source, folders, title), file)
            return bool(folders)

    def article(self, article_id: str) -> dict[str, Any] | None:
        """An article as archiver/schemas/exchange/article.schema.json describes it. Raises StoreError, DamageError."""
        with self._source() as (source, catalogue):
            folder = catalogue.folder_of_id(article_id) if ARTICLE_ID.fullmatch(article_id) else None
            return members(source.article(folder), source.text(folder)) if folder else None

    @contextmanager
    def _source(self) -> Iterator[tuple[Source, Catalogue]]:
        with Catalogue(self._path, check=False) as catalogue:
            yield Source(self._root, catalogue), catalogue

    def _job(self, source: Source, folders: list[str], title: str) -> Job:
        return Job(source, Boundary(self._root, keep=False), folders, title, f"served {title}")

    def _months(self, catalogue: Catalogue) -> list[Offer]:
        times = listings.captured(catalogue, "month")
        return [
            Offer(_month(folder), f"opds/month/{sitemap.month_key(folder)}.epub", count, times.get(folder, ""))
            for folder, count in catalogue.months().items()
        ]

    def _accounts(self, catalogue: Catalogue) -> list[Offer]:
        times = listings.captured(catalogue, "account")
        return [
            Offer(one.name or _NAMELESS, _account(one.name), one.articles, times.get(one.name, ""))
            for one in listings.accounts(catalogue)
        ]

    def _chosen(self, catalogue: Catalogue, path: str) -> tuple[list[str], str]:
        """The articles of a book, the oldest first, and its title."""
        for folder in catalogue.months():
            if path == f"opds/month/{sitemap.month_key(folder)}.epub":
                return [item.folder for item in listings.in_month(catalogue, folder)][::-1], _month(folder)
        for one in listings.accounts(catalogue):
            if path == _account(one.name):
                items = listings.of_account(catalogue, one.name)
                return [item.folder for item in items][::-1], one.name or _NAMELESS
        return [], ""


def _month(folder: str) -> str:
    name = sitemap.month_name(folder)
    return "无日期" if name == "undated" else name


def _account(name: str) -> str:
    page = sitemap.account_page(name).rpartition("/")[2]
    return f"opds/account/{page.removesuffix('.html')}.epub"
