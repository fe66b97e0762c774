"""The fetching of one run, for sync, add, repair and verify --repair alike: within what the runs before have taught
of walls, with an eye on the disk and on the wish to end, and with a lesson for the runs to come."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from typing import TYPE_CHECKING

from archiver.archive.arrivals import Arrival
from archiver.archive.context import Context
from archiver.archive.state import read_budgets, write_budgets
from archiver.config import Config
from archiver.due.budget import Budget, after_run
from archiver.due.plan import Plan
from archiver.errors import DiskFullError, StoreError
from archiver.models import ArticleRecord
from archiver.models.halts import HaltCode, Halted
from archiver.models.reading import Reading
from archiver.models.values import dataclass
from archiver.store.guard import check_room

if TYPE_CHECKING:
    from archiver.gathering.workers import Workers

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a run's fetching came to: whether an article was written, how many page requests were made, the articles
    that were not there before, and how the pages were read, by URL, of which nobody knows the kind and that gave none.
    """

    changed: bool = False
    requests: int = 0
    new: Sequence[Arrival] = ()
    unknown: Mapping[str, Reading] = field(default_factory=dict)


@contextmanager
def start_session(context: Context) -> Iterator[Workers]:
    """Workers with at most the article requests that the budgets learnt allow; at the end it learns from them.

    Who waits for results is given EndAsked when the run is asked to end. Raises ConfigError, BrowserMissingError,
    ClusterError, or StoreError where the budgets cannot be read.
    """
    from archiver.gathering.start import start_workers  # a run that asks for nothing needs no network

    root, stop = context.archive.root, context.stop
    budgets = read_budgets(root)
    with (
        start_workers(
            context.config, lambda egress: budgets.get(egress, Budget()), context.clock, context.archive.boundary
        ) as workers,
        stop.calling(workers.ask_to_end),
    ):
        if stop.requested:  # before anybody listened
            workers.ask_to_end()
        try:
            yield workers
        finally:  # a wall is to be learnt from, whatever came after it
            for egress in workers.egresses:
                budget = budgets.get(egress.name, Budget())
                budgets[egress.name] = after_run(
                    budget, egress.requests_up_to_wall, walled=egress.walled, today=context.now().date()
                )
            try:
                write_budgets(root, budgets)
            except StoreError as error:  # a lesson lost is no reason to lose what came, or what went wrong before
                log.warning("what this night taught about the pace is not kept: %s", error)


def room_check(config: Config) -> Callable[[], None]:
    """What raises DiskFullError when the archive's disk has less room left than [archive] min_free_mb."""
    root = config.archive_root  # looked up on the disk, and this is asked after every image
    return lambda: check_room(root, config.archive.min_free_mb)


def gather(context: Context, plan: Plan, incomplete: Sequence[ArticleRecord]) -> Gathered:
    """Fetch what is due. A disk that is full is reported, and nothing asked for.

    Raises StoreError, ConfigError, BrowserMissingError.
    """
    if context.stop.requested or not (plan or incomplete):
        return Gathered()
    room = room_check(context.config)
    try:
        room()
    except DiskFullError as error:
        context.report(Halted(HaltCode.DISK_FULL, error=str(error)))
        return Gathered()
    from archiver.gathering.gather import Gathering

    with start_session(context) as workers:
        gathering = Gathering(context, workers, room)
        gathering.run(plan, incomplete)
        return Gathered(gathering.changed, workers.page_requests, list(gathering.new), gathering.unknown)
