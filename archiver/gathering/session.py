"""The fetching of one run, for sync, add, repair and verify --repair alike: within what the nights before have taught
of walls, with an eye on the disk and on the wish to end, and with a lesson for the nights to come."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from archiver.archive.archive import Archive
from archiver.archive.state import read_budget, write_budget
from archiver.config import Config
from archiver.due.budget import after_run
from archiver.due.plan import Plan
from archiver.errors import DiskFullError, StoreError
from archiver.events import HaltCode, Halted, Report
from archiver.gathering.gather import Gathering
from archiver.gathering.start import REAL, Timing, start_workers
from archiver.gathering.workers import Workers
from archiver.models import ArticleRecord
from archiver.stop import Stop
from archiver.store.guard import check_room

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a run's fetching came to: whether an article was written, how many page requests were made, and the articles
    that were not there before."""

    changed: bool = False
    requests: int = 0
    new: Sequence[ArticleRecord] = ()


@contextmanager
def start_session(
    config: Config, now: Callable[[], datetime], stop: Stop | None = None, timing: Timing = REAL
) -> Iterator[Workers]:
    """Workers with at most the article requests that the learnt budget allows; at the end it learns from them.

    Who waits for results is given EndAsked when `stop` is requested. Raises ConfigError, BrowserMissingError, or
    StoreError where the budget cannot be read.
    """
    root, stop = config.archive_root, stop or Stop()
    budget = read_budget(root)
    with start_workers(config, budget, timing, now) as workers, stop.calling(workers.ask_to_end):
        if stop.requested:  # before anybody listened
            workers.ask_to_end()
        try:
            yield workers
        finally:  # a wall is to be learnt from, whatever came after it
            made, today = workers.page_requests, now().date()
            try:
                write_budget(root, after_run(budget, made, walled=workers.walled, today=today))
            except StoreError as error:  # a lesson lost is no reason to lose what came, or what went wrong before
                log.warning("what this night taught about the pace is not kept: %s", error)


def room_check(config: Config) -> Callable[[], None]:
    """What raises DiskFullError when the archive's disk has less room left than [archive] min_free_mb."""
    return lambda: check_room(config.archive_root, config.archive.min_free_mb)


def gather(
    config: Config,
    archive: Archive,
    plan: Plan,
    incomplete: Sequence[ArticleRecord],
    now: Callable[[], datetime],
    report: Report,
    stop: Stop,
    timing: Timing = REAL,
) -> Gathered:
    """Fetch what is due. A disk that is full is reported, and nothing asked for.

    Raises StoreError, ConfigError, BrowserMissingError.
    """
    if stop.requested or not (plan or incomplete):
        return Gathered()
    room = room_check(config)
    try:
        room()
    except DiskFullError as error:
        report(Halted(HaltCode.DISK_FULL, error=str(error)))
        return Gathered()
    with start_session(config, now, stop, timing) as workers:
        gathering = Gathering(archive, workers, config.media, now, report, room)
        gathering.run(plan, incomplete)
        return Gathered(gathering.changed, workers.page_requests, gathering.new)
