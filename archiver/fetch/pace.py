"""Politeness: requests of one kind, whoever makes them, keep their distance, and end when they should."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

Clock = Callable[[], float]  # seconds, from any origin
Wait = Callable[[float], object]  # waits for so many seconds


class Turns(Protocol):
    """Who may ask when. A request is made in a turn; threads share them."""

    def pause(self, after: float = 0.0) -> bool:
        """Wait for a turn, which comes in `after` seconds at the earliest. False: there is none; do not ask."""

    def rest(self, seconds: float) -> bool:
        """In a turn: wait for so many seconds without taking another. False: do not ask; give the turn back."""

    def give_back(self) -> None:
        """In a turn: nothing was asked."""

    def answered(self) -> None:
        """In a turn: the request has its answer, whatever it is."""

    def hop(self) -> None:
        """In a turn: wait before a redirect is followed."""

    def stop(self) -> None:
        """There are no further turns; who waits for one is woken."""


class Unpaced:
    """Turns for all who ask, at once: only what is asked to come later waits. `wait` as in Pacer."""

    def __init__(self, wait: Wait | None = None) -> None:
        self._stopped = threading.Event()
        self._wait = wait or self._stopped.wait

    def pause(self, after: float = 0.0) -> bool:
        if after > 0 and not self._stopped.is_set():
            self._wait(after)
        return not self._stopped.is_set()

    rest = pause

    def give_back(self) -> None:
        """Nothing was counted."""

    def answered(self) -> None:
        """Nobody waits for it."""

    def hop(self) -> None:
        """A redirect is followed at once."""

    def stop(self) -> None:
        """There are no further turns; who waits for one is woken."""
        self._stopped.set()


@dataclass(frozen=True, slots=True)
class Pace:
    """How often is asked. `interval` in seconds; up to `jitter` times the interval is added at random, so that requests
    do not tick like a clock. At most `most` callers are let through (0: no limit), and none later than `seconds` after
    the start (0: no limit)."""

    interval: float
    jitter: float = 0.0
    most: int = 0
    seconds: float = 0.0


class Pacer:
    """Turns at a distance: one caller is let through per interval, which begins when the caller before has its answer.
    Requests then arrive at that distance, however long each is on its way. Threads share it; a stopped pacer lets
    nobody wait any longer. Clock and wait are arguments so that tests need no real time.
    """

    def __init__(
        self,
        pace: Pace,
        *,
        clock: Clock = time.monotonic,
        wait: Wait | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._interval = pace.interval
        self._jitter = pace.jitter
        self._most = pace.most
        self._clock = clock
        self._chance = chance
        self._lock = threading.Condition()
        self._asking: int | None = None  # the thread whose request is on its way
        self._stopped = threading.Event()
        self._wait = wait or self._stopped.wait
        self._next = clock()
        self._end = clock() + pace.seconds if pace.seconds else None
        self._taken = 0

    @property
    def interval(self) -> float:
        """Seconds between an answer and the next request, at the least."""
        return self._interval

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    @property
    def taken(self) -> int:
        """How many callers were let through, without those who gave their turn back."""
        return self._taken

    def stop(self) -> None:
        """Let nobody through any more, and wake those who wait."""
        self._stopped.set()
        with self._lock:
            self._lock.notify_all()

    def pause(self, after: float = 0.0) -> bool:
        """Wait for the caller's turn, which comes in `after` seconds at the earliest, for all others too.

        False: stopped, or the limit is reached; do not ask.
        """
        with self._lock:
            self._end_asking()
            self._lock.wait_for(lambda: self._asking is None or self.stopped)
            if self._most and self._taken >= self._most:
                return False
            wait = self._until_turn(after)
            if wait is None:
                return False
            self._taken += 1  # before the waiting, so that nobody is promised the same turn
            if self._interval:
                self._asking = threading.get_ident()
        if self._waited(wait):
            return True
        self.give_back()
        return False

    def rest(self, seconds: float) -> bool:
        """For a caller who was let through, but is to ask in so many seconds at the earliest: wait, as in `pause`, for
        a later turn, which takes the place of the first one. False: do not ask; give the turn back."""
        with self._lock:
            wait = self._until_turn(seconds)
        return wait is not None and self._waited(wait)

    def give_back(self) -> None:
        """A caller who was let through has asked for nothing."""
        with self._lock:
            self._taken -= 1
            self._end_asking()

    def hop(self) -> None:
        """Wait before following a redirect, which just came, as before another request. It is a part of the one that
        was let through."""
        with self._lock:
            wait = self._until_turn(self._distance())
        if wait is not None:
            self._waited(wait)

    def done(self) -> None:
        """The caller asks for nothing more in its turn, whatever came of it."""
        with self._lock:
            self._end_asking()

    def _end_asking(self) -> None:
        if self._asking == threading.get_ident():
            self._asking = None
            self._lock.notify_all()

    def _until_turn(self, after: float) -> float | None:
        """Seconds until the next turn, which is the caller's now; None when there is none any more."""
        now = self._clock()
        turn = max(now + after, self._next)
        if self.stopped or (self._end is not None and turn > self._end):
            return None
        self._next = turn + self._distance()
        return turn - now

    def _waited(self, seconds: float) -> bool:
        if seconds > 0:
            self._wait(seconds)
        return not self.stopped

    def answered(self) -> None:
        """A request that was let through has its answer: the interval counts from here, since only now it is certain
        that the request has reached the server."""
        with self._lock:
            self._next = max(self._next, self._clock() + self._distance())
            self._end_asking()

    def _distance(self) -> float:
        return self._interval * (1 + self._jitter * self._chance())
