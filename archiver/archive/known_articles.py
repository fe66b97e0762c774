"""Where the articles behind URLs are: of one at any time, or of many at one moment."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from archiver.store.all_articles import count_articles, folders_by_id, folders_by_url
from archiver.wechat import urls

if TYPE_CHECKING:
    from archiver.archive.archive import Archive

FEW = 100  # questions that are answered one by one, or a tenth of the articles: to list them all takes its time, too

_Find = Callable[[str], str | None]


def known_folder(url: str, of_url: _Find, of_id: _Find) -> str | None:
    """Folder of the article behind a canonical URL, which is known by that URL or by the ids that it tells."""
    folder = of_url(url)
    ids = urls.url_ids(url) if folder is None and "idx" in url else {}  # a short URL, as most are, tells none
    if {"biz", "mid", "idx"} <= ids.keys():
        return of_id(urls.article_id(ids["biz"], ids["mid"], ids["idx"], url))
    return folder


class KnownArticles:
    """Answers as `Archive.article_folder` does, as things are at one moment: after a few questions it lists all."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._of_url: _Find = archive.catalogue.folder_of_url
        self._of_id: _Find = archive.catalogue.folder_of_id
        self._asked, self._few = 0, max(FEW, count_articles(archive.catalogue.db) // 10)
        self._there: dict[str, bool] = {}
        self._folders: dict[str, str | None] = {}

    def folder(self, url: str) -> str | None:
        """Folder of the article behind a canonical URL, if it is archived and there. Raises StoreError."""
        if url not in self._folders:
            self._ask()
            folder = known_folder(url, self._of_url, self._of_id)
            self._folders[url] = folder if folder and self._is_there(folder) else None
        return self._folders[url]

    def is_met(self, url: str) -> bool:
        """Whether an article is known under this very URL, a canonical one or one that was met."""
        self._ask()
        return self._of_url(url) is not None

    def _ask(self) -> None:
        self._asked += 1
        if self._asked == self._few:
            by_url, by_id = self._all
            self._of_url, self._of_id = by_url.get, by_id.get

    @cached_property
    def _all(self) -> tuple[dict[str, str], dict[str, str]]:
        db = self._archive.catalogue.db
        return folders_by_url(db), folders_by_id(db)

    def print(self, questions: int) -> str:
        """Tells where all articles are from any other state: while that is as it was, so are the answers. Empty where
        so many questions are few, and sooner asked."""
        if questions < self._few:
            return ""
        forgotten = self._archive.links.forgotten
        said = repr([*(sorted(known.items()) for known in self._all), sorted(forgotten)])
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()

    def assume(self, folders: Mapping[str, str | None]) -> None:
        """Take for granted what the answers were at the same `print`, by URL."""
        self._folders.update(folders)

    def _is_there(self, folder: str) -> bool:
        archive = self._archive
        if archive.read_only:  # its index was brought up to date before, and knows of none that is gone
            return folder not in archive.links.forgotten
        if folder not in self._there:
            self._there[folder] = archive.has_article(folder)
        return self._there[folder]
