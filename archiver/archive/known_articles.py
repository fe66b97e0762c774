"""Where the articles behind URLs are: of one at any time, or of many at one moment."""

from __future__ import annotations

from collections.abc import Callable
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
            db = self._archive.catalogue.db
            self._of_url, self._of_id = folders_by_url(db).get, folders_by_id(db).get

    def _is_there(self, folder: str) -> bool:
        archive = self._archive
        if archive.read_only:  # its index was brought up to date before, and knows of none that is gone
            return folder not in archive.links.forgotten
        if folder not in self._there:
            self._there[folder] = archive.has_article(folder)
        return self._there[folder]
