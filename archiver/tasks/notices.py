"""What is good to know at the end of a run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import datetime

from archiver.config import FetchConfig
from archiver.due.budget import Budget
from archiver.events import Notice, OriginalsLost, Remaining, Uncovered
from archiver.gathering.recheck import lost_lately
from archiver.rewriting.scan import Scan
from archiver.store.catalogue import Catalogue
from archiver.store.lines import LinkEntry
from archiver.store.uncovered import uncovered

OTHER_ARCHIVE = (
    "an archive, so nothing in it is a note. If it is yours from another place, move it to [archive] path, or name it"
    " there, and the notes follow; else delete it, or name it in [notes] exclude"
)


def other_archives(scan: Scan) -> Iterator[Notice]:
    """The archives that lie among the notes."""
    return (Notice(path, 1, "", OTHER_ARCHIVE) for path in scan.archives)


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
