"""What is good to know at the end of a run."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

from archiver.config import FetchConfig
from archiver.due.budget import Budget
from archiver.events import OriginalsLost, Remaining
from archiver.gathering.recheck import lost_lately
from archiver.store.lines import LinkEntry


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
