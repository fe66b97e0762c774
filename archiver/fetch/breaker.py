"""Circuit breaker: a host that fails again and again, or asks for rest, is left alone for the rest of the run."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from archiver.amounts import duration
from archiver.errors import FetchError, HostDownError, UnreachableError
from archiver.fetch.pace import Clock

FAILURES = 5  # one after the other, each with all its tries
LONGEST_REST = 120.0  # seconds; a server that wants a longer rest is not asked again in this run


@dataclass(frozen=True, slots=True)
class HostStates:
    """What a run came to know of hosts: those that were given up, and why; those to which no connection came about,
    given up or not, and what was wrong with the way; whether any has answered as it should: then there is a network."""

    down: Mapping[str, str]
    unreachable: Mapping[str, UnreachableError]
    heard: bool


class Breaker:
    """What is known of the hosts in this run; threads share it. `on_open(host)` is called when a host is given up."""

    def __init__(self, on_open: Callable[[str], None] = lambda _host: None, clock: Clock = time.monotonic) -> None:
        self._on_open = on_open
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: Counter[str] = Counter()
        self._rest: dict[str, float] = {}  # host -> time before which it is not asked
        self._open: dict[str, str] = {}  # host -> why
        self._unreachable: dict[str, UnreachableError] = {}
        self._heard = False

    @property
    def hosts(self) -> HostStates:
        """What is known now; a copy."""
        with self._lock:
            return HostStates(dict(self._open), dict(self._unreachable), self._heard)

    def check(self, host: str) -> float:
        """Seconds for which the host wants to be left alone. Raises HostDownError for one that was given up."""
        with self._lock:
            if host in self._open:
                raise HostDownError(f"{host} is not asked any more in this run: {self._open[host]}")
            return max(0.0, self._rest.get(host, 0.0) - self._clock())

    def answered(self, host: str) -> None:
        """The host answered as it should: earlier failures are forgotten."""
        with self._lock:
            self._failures[host] = 0
            self._heard = True

    def rest(self, host: str, error: FetchError) -> None:
        """Take a server's wish for rest into account."""
        with self._lock:
            if error.retry_after > LONGEST_REST:
                opened = self._give_up(host, f"it asks for {duration(error.retry_after / 60)} of rest")
            else:
                self._rest[host] = max(self._rest.get(host, 0.0), self._clock() + error.retry_after)
                opened = False
        if opened:
            self._on_open(host)

    def failed(self, host: str, error: FetchError) -> None:
        """All tries for something on the host failed."""
        if not error.host_fault:
            return
        with self._lock:
            if isinstance(error, UnreachableError):
                self._unreachable[error.host] = error
            self._failures[host] += 1
            opened = self._failures[host] >= FAILURES and self._give_up(host, f"{FAILURES} failures in a row ({error})")
        if opened:
            self._on_open(host)

    def _give_up(self, host: str, why: str) -> bool:
        """Whether this is new."""
        if host in self._open:
            return False
        self._open[host] = why
        return True


def hosts_of(breakers: Iterable[Breaker]) -> HostStates:
    """What several of them know: one that was given up somewhere counts as such."""
    states = [breaker.hosts for breaker in breakers]
    down = {host: why for state in states for host, why in state.down.items()}
    unreachable = {host: error for state in states for host, error in state.unreachable.items()}
    return HostStates(down, unreachable, any(state.heard for state in states))
