"""What is good to know at the end of a run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from archiver.archive.archive import Archive
from archiver.config import FetchConfig
from archiver.due.budget import Budget
from archiver.due.plan import Target
from archiver.events import MORE_LEFT, AddressLeft, Notice, OriginalsLost, RefusedLink, Remaining, Uncovered
from archiver.gathering.recheck import lost_lately
from archiver.rewriting.scan import Scan
from archiver.store.catalogue import Catalogue
from archiver.store.lines import LinkEntry
from archiver.store.uncovered import uncovered

MOST_LEFT = 20  # lines about addresses in the summary of a sync; `archiver scan` lists them all
OTHER_ARCHIVE = (
    "an archive, so nothing in it is a note. If it is yours from another place, move it to [archive] path, or name it"
    " there, and the notes follow; else delete it, or name it in [notes] exclude"
)
NAME_ALONE = "it names an article, but only WeChat's own link can be asked for: put that beside it"
HIDING_LINK = (
    "a symbolic link to what is no note in the notes folder, so it is not read: put the file there, or name the link in"
    " [notes] exclude"
)


def set_aside(scan: Scan) -> Iterator[Notice]:
    """The archives that lie among the notes, and the symbolic links that hide some."""
    yield from (Notice(path, 1, "", OTHER_ARCHIVE) for path in scan.aside.archives)
    yield from (Notice(path, 1, "", HIDING_LINK) for path in scan.aside.links)


def names_alone(archive: Archive, targets: Iterable[Target]) -> Iterator[RefusedLink]:
    """The links that only name an article, where that is not archived."""
    for target in {target.url: target for target in targets if not target.request}.values():
        if archive.article_folder(target.url) is None:
            yield RefusedLink(target.where, target.url, NAME_ALONE)


def first_of(left: Sequence[AddressLeft]) -> Iterator[AddressLeft]:
    """As many of the addresses at which nothing is written as a summary has room for, those that are not understood
    first; the last line stands for all the others."""
    in_order = sorted(left, key=lambda item: item.rule != "")
    yield from in_order[:MOST_LEFT]
    if rest := in_order[MOST_LEFT:]:
        yield replace(rest[0], rule=MORE_LEFT, count=sum(item.count for item in rest))


def left_to_do(pending: int, made: int, budget: Budget, fetch: FetchConfig) -> Remaining | None:
    """How much is left and how long that takes; None where nothing is, or where nothing is known of the pace.

    `made`: article requests of this run.
    """
    limits = [limit for limit in (budget.requests, fetch.max_articles) if limit]
    if fetch.max_minutes:
        limits.append(max(1, int(fetch.max_minutes * 60 / max(fetch.interval * (1 + fetch.jitter / 2), 1.0))))
    pace = min(limits, default=made)
    if not pending or not pace:
        return None
    return Remaining(pending, math.ceil(pending / pace))


def lost_articles(links: Iterable[LinkEntry], now: datetime) -> OriginalsLost | None:
    """How many archived articles were found to be deleted within a month; None where none was."""
    count = len({entry.target for entry in links if lost_lately(entry, now)})
    return OriginalsLost(count) if count else None


def uncovered_articles(catalogue: Catalogue) -> Uncovered | None:
    """The articles that lack more of their page than may be; None where there is none."""
    found = uncovered(catalogue)
    folder = next(iter(found), "")
    return Uncovered(len(found), folder, found[folder]) if found else None
