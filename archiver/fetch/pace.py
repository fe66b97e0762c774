"""Politeness: requests of one kind, whoever makes them, keep their distance."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable


class Pacer:
    """Lets one caller through per interval. Threads share it; a stopped pacer lets nobody wait any longer.

    `interval` in seconds; up to `jitter` times the interval is added at random, so that requests do not tick like a
    clock. Clock and wait are arguments so that tests need no real time.
    """

    def __init__(
        self,
        interval: float,
        jitter: float = 0.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._interval = interval
        self._jitter = jitter
        self._clock = clock
        self._chance = chance
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._wait = wait or self._stopped.wait
        self._next = clock()

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    def stop(self) -> None:
        """Let nobody through any more, and wake those who wait."""
        self._stopped.set()

    def pause(self) -> bool:
        """Wait for the caller's turn. False: stopped, do not ask."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._interval * (1 + self._jitter * self._chance())
        if turn > now:
            self._wait(turn - now)
        return not self.stopped
