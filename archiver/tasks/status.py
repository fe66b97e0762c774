"""How things stand, for `archiver status`: what is archived, what is due when, where walls are, what was checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import date, datetime
from pathlib import Path

from archiver.archive.context import Context
from archiver.due.policy import is_deferred, is_settled
from archiver.events import NoNotes, PagesDiffer
from archiver.fixity.rolling import has_unchecked, oldest_check
from archiver.models import Status, UrlKind
from archiver.models.values import dataclass
from archiver.store.lines import LinkEntry, state_of
from archiver.store.uncovered import uncovered
from archiver.tasks.alarm import at_rest
from archiver.tasks.estimate import Estimate, estimate
from archiver.tasks.run import Due, due
from archiver.tasks.without_notes import without_notes

NEXT_RUN = "next run"
STATES = (*(status.value for status in Status), "forgotten")  # in which a link may be


@dataclass(slots=True)
class ArchiveStatus:
    """`retries`: day -> articles whose next try is then, partial ones among them; `walls`: articles at which a wall was
    met, `walled_at` the last time; `oldest_check`: when the part of the archive whose check is longest ago was
    checked, unless it `has_unchecked`: parts that no run has checked yet; `uncovered`: folders of articles that lack
    more of their page than may be, with the share that they have; `pages`: that the pages which came last are not as
    those before.
    """

    retries: dict[str, int] = field(default_factory=dict)
    walls: int = 0
    walled_at: str = ""
    oldest_check: date | None = None
    has_unchecked: bool = False
    uncovered: Mapping[str, float] = field(default_factory=dict)
    pages: PagesDiffer | None = None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """`links`: kind -> status -> how many URLs; `totals`: what the archive holds; `due`: what the next run asks for;
    `trouble`: the URLs that are not as they should be; `no_notes`: that there are none."""

    links: Mapping[str, Mapping[str, int]]
    totals: Mapping[str, int]
    due: Due
    estimate: Estimate
    state: ArchiveStatus
    trouble: tuple[LinkEntry, ...]
    no_notes: NoNotes | None = None


def read_status(context: Context) -> StatusReport:
    """How things stand. Asks for nothing, writes nothing. Raises ConfigError, StoreError, DamageError."""
    archive, found = context.archive, due(context)
    state = archive_status(archive.links, archive.root, context.now(), len(found.incomplete))
    state.uncovered, state.pages = uncovered(archive.catalogue), at_rest(archive)
    return StatusReport(
        count_links(archive.links),
        archive.catalogue.totals(),
        found,
        estimate(found, context.config),
        state,
        tuple(entry for entry in archive.links if entry.status.needs_user and not entry.is_forgotten),
        without_notes(context.config, archive, found.scan),
    )


def count_links(links: Iterable[LinkEntry]) -> dict[str, dict[str, int]]:
    """How many URLs of each kind are in each of `STATES`."""
    alike = Counter((entry.kind, entry.status, entry.is_forgotten) for entry in links)
    counts: Counter[tuple[UrlKind, str]] = Counter()
    for (kind, status, is_forgotten), number in alike.items():
        counts[kind, state_of(status, is_forgotten=is_forgotten)] += number
    return {
        kind.value: {state: counts[kind, state] for state in STATES if counts[kind, state]}
        for kind in UrlKind
        if any(known is kind for known, _ in counts)
    }


def archive_status(links: Iterable[LinkEntry], archive: Path, now: datetime, incomplete: int = 0) -> ArchiveStatus:
    """How things stand; `incomplete`: articles whose missing files the next run asks for. Raises StoreError."""
    found = ArchiveStatus(oldest_check=oldest_check(archive), has_unchecked=has_unchecked(archive))
    articles = [entry for entry in links if entry.kind is UrlKind.ARTICLE]
    days: Counter[str] = Counter({NEXT_RUN: incomplete} if incomplete else {})
    # Of most links the same is to be said, and there may be a million.
    alike = Counter((entry.status, entry.attempts, entry.walls, entry.next) for entry in articles)
    for (status, attempts, walls, until), number in alike.items():
        if not (status.is_stored or is_settled(status, attempts, walls)):
            days[until[:10] if is_deferred(until, now) else NEXT_RUN] += number
    walled = [e for e in articles if e.status is Status.WALL and not is_settled(e.status, e.attempts, e.walls)]
    found.walls, found.walled_at = len(walled), max((entry.checked for entry in walled), default="")
    partial: dict[str, str] = {}  # folder -> day: an article may have several URLs
    for entry in articles:
        if entry.status is Status.PARTIAL and is_deferred(entry.next, now):
            partial[entry.target] = max(partial.get(entry.target, ""), entry.next[:10])
    days.update(partial.values())
    found.retries = dict(sorted(days.items(), key=lambda item: (item[0] != NEXT_RUN, item[0])))
    return found
