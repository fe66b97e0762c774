"""What is good to know at the end of a run, in one line each."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

from archiver.config import FetchConfig
from archiver.due.budget import Budget
from archiver.gathering.recheck import lost_lately
from archiver.store.lines import LinkEntry


def left_to_do(pending: int, made: int, budget: Budget, fetch: FetchConfig) -> str:
    """How much is left and how long that takes; empty where nothing is, or where nothing is known of the pace.

    `made`: article requests of this run.
    """
    limits = [limit for limit in (budget.requests, fetch.max_articles) if limit]
    if fetch.max_minutes:
        limits.append(max(1, int(fetch.max_minutes * 60 / max(fetch.interval * (1 + fetch.jitter / 2), 1.0))))
    pace = min(limits, default=made)
    if not pending or not pace:
        return ""
    runs = math.ceil(pending / pace)
    return f"{pending:,} to go, about {runs:,} night{'' if runs == 1 else 's'} at this pace"


def lost_articles(links: Iterable[LinkEntry], now: datetime) -> str:
    """How many archived articles were found to be deleted within a month; empty where none was."""
    count = len({entry.target for entry in links if lost_lately(entry, now)})
    if not count:
        return ""
    if count == 1:
        return "1 of your articles was deleted this month; it is safe here"
    safe = "both" if count == 2 else "all"
    return f"{count:,} of your articles were deleted this month, {safe} safe"
