"""Politeness: requests of one kind, whoever makes them, keep their distance, and end when they should."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

Clock = Callable[[], float]  # seconds, from any origin
Wait = Callable[[float], object]  # waits for so many seconds


class Pacer:
    """Lets one caller through per interval. Threads share it; a stopped pacer lets nobody wait any longer.

    `interval` in seconds; up to `jitter` times the interval is added at random, so that requests do not tick like a
    clock. At most `most` callers are let through (0: no limit), and none later than `seconds` after the start (0: no
    limit). Clock and wait are arguments so that tests need no real time.
    """

    def __init__(
        self,
        interval: float,
        jitter: float = 0.0,
        *,
        most: int = 0,
        seconds: float = 0.0,
        clock: Clock = time.monotonic,
        wait: Wait | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._interval = interval
        self._jitter = jitter
        self._most = most
        self._clock = clock
        self._chance = chance
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._wait = wait or self._stopped.wait
        self._next = clock()
        self._end = clock() + seconds if seconds else None
        self._taken = 0

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    @property
    def taken(self) -> int:
        """How many callers were let through."""
        return self._taken

    def stop(self) -> None:
        """Let nobody through any more, and wake those who wait."""
        self._stopped.set()

    def pause(self, after: float = 0.0) -> bool:
        """Wait for the caller's turn, which comes in `after` seconds at the earliest, for all others too.

        False: stopped, or the limit is reached; do not ask.
        """
        with self._lock:
            now = self._clock()
            turn = max(now + after, self._next)
            if self.stopped or (self._most and self._taken >= self._most) or (self._end and turn > self._end):
                return False
            self._taken += 1
            self._next = turn + self._distance()
        if turn > now:
            self._wait(turn - now)
        if self.stopped:
            with self._lock:
                self._taken -= 1
            return False
        return True

    def answered(self) -> None:
        """A request that was let through has its answer: the interval counts from here, since only now it is certain
        that the request has reached the server."""
        with self._lock:
            self._next = max(self._next, self._clock() + self._distance())

    def _distance(self) -> float:
        return self._interval * (1 + self._jitter * self._chance())
