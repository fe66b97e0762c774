"""How much there is to do, before it is done."""

from __future__ import annotations

import math
from dataclasses import dataclass

from archiver.config import FetchConfig
from archiver.due.plan import Plan, Target
from archiver.models import UrlKind

# What an article and a picture of a note take on disk, in MB: rough, from pages of 2017 to 2026 with 12 pictures each.
ARTICLE_MB = 1.5
IMAGE_MB = 0.12
RUN_MINUTES = 8 * 60


@dataclass(frozen=True, slots=True)
class Estimate:
    """Links in the notes (distinct), what of them is due, and what that will take."""

    articles: int
    images: int
    due_articles: int
    due_images: int
    minutes: float
    gigabytes: float
    runs: int


def estimate(targets: list[Target], plan: Plan, fetch: FetchConfig) -> Estimate:
    """Estimate the work that `plan` (made without a limit) means at the configured pace."""
    found = {kind: len({t.url for t in targets if t.kind is kind}) for kind in (UrlKind.ARTICLE, UrlKind.IMAGE)}
    due = len(plan.articles)
    minutes = due * max(fetch.interval * (1 + fetch.jitter / 2), 1.0) / 60
    by_time = math.ceil(minutes / RUN_MINUTES)
    by_count = math.ceil(due / fetch.max_articles) if fetch.max_articles else 0
    return Estimate(
        articles=found[UrlKind.ARTICLE],
        images=found[UrlKind.IMAGE],
        due_articles=due,
        due_images=len(plan.images),
        minutes=minutes,
        gigabytes=(due * ARTICLE_MB + len(plan.images) * IMAGE_MB) / 1000,
        runs=max(by_time, by_count),
    )
