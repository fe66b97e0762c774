"""The queue of pages that the page workers share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from archiver.due.page_queue import Answer, Ask, Cause, PageQueue, Stopped
from archiver.due.plan import Target
from archiver.gathering.results import PageResult
from archiver.models import Refusal, Status


class SharedPageQueue:
    """A PageQueue for threads. `emit` is given each result once it is clear of what it is evidence.

    `serial`: a page is given out only when what came for the one before is known; where requests keep their distance
    that costs no time, and nothing is asked for between a wall and its being noticed.

    `beside`: the queue of another address, with which `queue` shares its pages.
    """

    def __init__(
        self,
        queue: PageQueue,
        emit: Callable[[PageResult], None],
        *,
        serial: bool = False,
        beside: SharedPageQueue | None = None,
    ) -> None:
        self._serial = serial
        self._out = 0  # pages given out of which it is not known what came
        self._queue = queue
        self._emit = emit
        self._changed: threading.Condition = beside._changed if beside else threading.Condition()
        self._all: list[SharedPageQueue] = beside._all if beside else []
        self._all.append(self)
        self._held: dict[str, PageResult] = {}  # URL -> a result that is not clear yet

    @property
    def stopped(self) -> Stopped | None:
        """Why no further page is asked for."""
        return self._queue.stopped

    @property
    def walled_probes(self) -> int:
        """Requests that were made only to find out about the address, and walled."""
        return self._queue.walled_probes

    def take(self) -> Ask | None:
        """The page to ask for, after waiting for what is under way and may give one: a probe, or a page of another
        address, which may come back from there; None where there is none any more."""
        with self._changed:
            while True:
                self._changed.wait_for(lambda: not (self._serial and self._out))
                ask = self._queue.next()
                if ask is not None:
                    self._out += 1
                    return ask
                elsewhere = any(other._out for other in self._all if other is not self)
                if self.stopped or not (self._queue.is_probing or elsewhere):
                    return None
                self._changed.wait()

    def may_ask(self, ask: Ask) -> bool:
        """Whether a page that was taken, and waited for its turn since, may be asked for still: no wall has come
        meanwhile. If not, it is in the queue again."""
        with self._changed:
            if self._queue.is_probe(ask.target) or not (self._queue.is_doubted or self._queue.stopped):
                return True
            self._back(ask)
            return False

    def drop(self, is_had: Callable[[Target], bool]) -> None:
        """Do not ask for what has come by another link meanwhile."""
        with self._changed:
            self._queue.drop(is_had)

    def abandon(self) -> None:
        """Nobody knows what came of a page that was taken: something is wrong with who took it."""
        with self._changed:
            self._out -= 1
            self._changed.notify_all()

    def give_back(self, ask: Ask) -> None:
        """The page was not asked for: there is no turn any more."""
        with self._changed:
            self._back(ask)

    def _back(self, ask: Ask) -> None:
        self._out -= 1
        self._queue.give_back(ask.target)
        self._changed.notify_all()

    def answered(self, result: PageResult) -> None:
        """Take note of what came, and emit what is clear now."""
        answer = _answer(result)
        with self._changed:
            self._out -= 1
            clear = self._queue.answered(result.target, answer)
            if answer in (Answer.WALL, Answer.UNKNOWN):
                self._held[result.target.url] = result
            else:
                self._emit(result)
            self._emit_clear(clear)
            self._changed.notify_all()

    def end(self) -> None:
        """Nothing is asked for any more: emit what is held."""
        with self._changed:
            self._emit_clear(self._queue.end())
            self._emit_clear(dict.fromkeys(self._held, Cause.UNCLEAR))

    def _emit_clear(self, clear: dict[str, Cause]) -> None:
        for url, cause in clear.items():
            if result := self._held.pop(url, None):
                self._emit(replace(result, cause=cause))


def _answer(result: PageResult) -> Answer:
    if result.walled:
        return Answer.WALL
    if isinstance(result.page, Refusal) and result.page.status is Status.REFUSED and result.page.empty:
        return Answer.UNKNOWN
    return Answer.NONE if result.error else Answer.KNOWN
