"""Whether WeChat's pages are still as the archive knows them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from archiver.archive.archive import Archive
from archiver.due.habit import FEW, HABIT, Page, page_of, unusual
from archiver.errors import DamageError, StoreError
from archiver.events import PagesDiffer
from archiver.gathering.session import Gathered
from archiver.models import ArticleRecord
from archiver.store.latest import latest

_SIZES = (5, FEW, 20, 40)  # how many of the newest articles are compared with those before, where no run is at hand


def after_run(archive: Archive, gathered: Gathered) -> PagesDiffer | None:
    """What a run's pages show that those before did not; None where there were none, or they are as usual."""
    run = [article.page for article in gathered.new if article.page]
    run += [Page(account=url, kind="", reading=reading) for url, reading in gathered.unknown.items()]
    if not run:
        return None
    new = {article.folder for article in gathered.new}
    before = [folder for folder in latest(archive.catalogue, HABIT + FEW + len(new)) if folder not in new]
    return _differ([*_pages(_records(archive, before)), *run], (len(run), max(len(run), FEW)))


def at_rest(archive: Archive) -> PagesDiffer | None:
    """What the pages that came last show that those before did not; None where they are as usual."""
    return _differ(_pages(_records(archive, latest(archive.catalogue, HABIT + max(_SIZES)))), _SIZES)


def _differ(pages: Sequence[Page], sizes: Sequence[int]) -> PagesDiffer | None:
    signs = unusual(pages, sizes)
    return PagesDiffer(signs) if signs else None


def _records(archive: Archive, folders: Sequence[str]) -> list[ArticleRecord]:
    """The records that can be read; that one is damaged is for others to tell."""
    found = []
    for folder in folders:
        with suppress(DamageError, StoreError):
            found.append(archive.record(folder))
    return found


def _pages(records: Sequence[ArticleRecord]) -> list[Page]:
    return [page for record in records if (page := page_of(record))]
