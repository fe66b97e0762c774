"""A way out to WeChat, and the page workers that ask through it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from archiver.archive.boundary import Boundary
from archiver.due.page_queue import Ask, PageQueue, Stopped
from archiver.due.plan import Target
from archiver.errors import InternalError, WorkerLostError
from archiver.fetch.breaker import Breaker
from archiver.fetch.engine import Elsewhere, Engine, EngineFactory
from archiver.fetch.pace import Pacer
from archiver.gathering.backlog import Backlog
from archiver.gathering.load import load_page
from archiver.gathering.page_queue import SharedPageQueue
from archiver.gathering.page_reading import ReadPage, read_here
from archiver.gathering.results import PageResult
from archiver.models import UrlKind


@dataclass(frozen=True, slots=True)
class Egress:
    """All that leaves through it comes from one address, as WeChat sees it: so it has one pace, whoever asks.

    `engines` makes the engine of each of its page workers; `breaker` is what is known there of WeChat's hosts. `name`
    is what the user calls it; empty: the one of all who have not said which.
    """

    engines: Sequence[EngineFactory]
    pacer: Pacer
    breaker: Breaker
    name: str = ""


class PageWorkers:
    """The page workers of an egress: threads of the caller run `work`. `halt()` is called when no other page worker may
    ask either."""

    def __init__(self, egress: Egress, boundary: Boundary, backlog: Backlog, halt: Callable[[], None]) -> None:
        self.name = egress.name
        self.lost: list[WorkerLostError] = []  # page workers of other machines that are no longer there
        self._engines = egress.engines
        self._pacer = egress.pacer
        self._boundary = boundary
        self._backlog = backlog
        self._halt = halt
        self._queue = SharedPageQueue(PageQueue(()), lambda _: None)
        self._read: ReadPage = read_here
        self._at_work = 0  # those that may still ask
        self._lock = threading.Lock()

    @property
    def requests(self) -> int:
        """How many page requests were made."""
        return self._pacer.taken

    @property
    def requests_up_to_wall(self) -> int:
        """How many were made until WeChat asked for verification, the one at the wall included."""
        return self._pacer.taken - self._queue.walled_probes

    @property
    def stopped(self) -> Stopped | None:
        """Why pages were asked for no more before all were."""
        return self._queue.stopped

    @property
    def walled(self) -> bool:
        """Whether WeChat asks this address for verification."""
        return self.stopped is Stopped.ADDRESS

    def share(
        self, pages: PageQueue, emit: Callable[[PageResult], None], beside: SharedPageQueue | None = None
    ) -> SharedPageQueue:
        """Take the pages to ask for, which those of the queue `beside` take too."""
        self._queue = SharedPageQueue(pages, emit, serial=self._pacer.interval > 0, beside=beside)
        return self._queue

    @property
    def interval(self) -> float:
        """Seconds between two pages."""
        return self._pacer.interval

    def workers(self, pages: int, read: ReadPage) -> Iterator[Callable[[], None]]:
        """What each page worker does, in a thread of its own; as many as can be needed for so many pages."""
        self._read = read
        self._at_work = min(len(self._engines), pages)
        for make_engine in self._engines[: self._at_work]:
            yield partial(self._work, make_engine)

    def stop(self) -> None:
        """Ask for nothing more."""
        self._pacer.stop()

    def _work(self, make_engine: EngineFactory) -> None:
        """One page worker: its own engine, one page after the other until none is left or the pacer stops."""
        try:
            with make_engine() as engine:
                while self._backlog.wait() and (ask := self._queue.take()):
                    if not self._ask(engine, ask):
                        return
        except WorkerLostError as error:
            self.lost.append(error)
        finally:
            self._leave()

    def _ask(self, engine: Engine, ask: Ask) -> bool:
        """Ask for a page in its turn. False: there are no turns any more, or nobody to ask."""
        if not self._pacer.pause(ask.rest and ask.rest + self._pacer.interval):
            self._queue.give_back(ask)
            return False
        if not self._queue.may_ask(ask):
            self._pacer.give_back()
            return True
        if isinstance(engine, Elsewhere) and (lost := engine.gone()):
            self._pacer.give_back()
            self._queue.give_back(ask)  # nobody was asked: another one may be
            self.lost.append(lost)
            return False
        try:
            result = self._load(engine, ask.target)
        except BaseException:
            self._queue.abandon()
            raise
        self._queue.answered(result)  # before anybody else has a turn
        self._pacer.done()
        if self._queue.stopped:
            self._pacer.stop()
        if isinstance(result.error, WorkerLostError):
            self.lost.append(result.error)
            return False
        return True

    def _load(self, engine: Engine, target: Target) -> PageResult:
        kind: Literal["album", "page"] = "album" if target.kind is UrlKind.ALBUM else "page"
        try:
            with self._boundary.item(kind, target.url, "load"):
                return load_page(engine, self._pacer, target, self._read)
        except InternalError as error:
            if self._boundary.halted(kind):
                self._halt()  # here, so that no other worker asks before the caller hears of it
            return PageResult(target, error=error)

    def _leave(self) -> None:
        """The last page worker that goes gives out what nobody can clear any more."""
        with self._lock:
            self._at_work -= 1
            if not self._at_work:
                self._queue.end()
