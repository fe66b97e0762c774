"""Clocks that only waiting moves: no test depends on how fast the machine is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Time:
    """A clock that waiting moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


class DripTime:
    """The clock of a client that reads what a server drips, in place of the module `time`: it moves by the pauses of
    the server, and the server is never more than two pieces ahead of the client, who looks at the clock before each."""

    def __init__(self) -> None:
        self._now = 100.0
        self._looks = 0
        self._lock = threading.Lock()
        self._seen = threading.local()  # in each thread of a server: how many looks there were at its last pause

    def monotonic(self) -> float:
        with self._lock:
            self._looks += 1
            return self._now

    def drip(self, seconds: float, over: Callable[[], bool]) -> bool:
        """Let so many seconds pass, for a server; not when its client has gone or it shall end: then it is True."""
        while self._looks <= getattr(self._seen, "looks", -1):
            if over():
                return True
            time.sleep(0.001)
        with self._lock:  # a client that has gone and begins anew finds the time as it was
            if over():
                return True
            self._seen.looks = self._looks
            self._now += seconds
        return False
