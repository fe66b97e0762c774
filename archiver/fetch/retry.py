"""Asking again within a run: exponential backoff with jitter, a server's Retry-After, and a bounded number of tries."""

from __future__ import annotations

import email.utils
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from archiver.errors import FetchError, HostDownError, HttpStatusError, RunEndedError, UnreachableError
from archiver.fetch.breaker import LONGEST_REST, Breaker
from archiver.fetch.pace import Turns, Unpaced

FIRST_WAIT = 1.0  # seconds; doubled with every further try, and up to half of it taken off at random
LONGEST_WAIT = 30.0
T = TypeVar("T")


class RetryPolicy:
    """How requests of one kind are tried again; threads share it.

    Who asks has waited for one of the `turns` already; a further try waits for another. Where the host wants rest, the
    turn is kept. `unsaid_rest`: seconds of rest to take for asked where a host says that it was asked too often, and
    not for how long.
    """

    def __init__(
        self,
        breaker: Breaker,
        turns: Turns | None = None,
        *,
        unsaid_rest: float = 0.0,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._breaker = breaker
        self._turns = turns or Unpaced()
        self._unsaid_rest = unsaid_rest
        self._chance = chance

    def stop(self) -> None:
        """Try nothing again any more, and wake those who wait."""
        self._turns.stop()

    def hop(self) -> None:
        """To be called before a redirect is followed."""
        self._turns.hop()

    def pause(self) -> bool:
        """Wait for a turn as before a second try. False: there is none; do not ask."""
        return self._turns.pause(self._backoff(1))

    def ask(self, host: str, request: Callable[[], T]) -> T:
        """What `request()` returns; it is called again, later, where its error says that this may help.

        Raises the last error, or NotAskedError.
        """
        tried = 0
        while True:
            self._let_rest(host)
            tried += 1
            try:
                answer = request()
            except FetchError as error:
                if isinstance(error, UnreachableError):
                    self._turns.give_back()  # nobody was asked
                else:
                    self._turns.answered()
                if isinstance(error, HttpStatusError) and error.status == 429:
                    error.retry_after = error.retry_after or self._unsaid_rest
                if error.retry_after:
                    self._breaker.rest(host, error)
                if tried < error.tries and error.retry_after <= LONGEST_REST and self._again(tried, error):
                    continue
                self._breaker.failed(host, error)
                raise
            self._turns.answered()
            self._breaker.answered(host)
            return answer

    def _let_rest(self, host: str) -> None:
        """Wait until the host may be asked. Raises NotAskedError where it may not in this run."""
        try:
            rest = self._breaker.check(host)
        except HostDownError:
            self._turns.give_back()
            raise
        if rest and not self._turns.rest(rest):
            self._turns.give_back()
            raise RunEndedError(f"{host} asked for rest, and the run ends")

    def _again(self, tried: int, error: FetchError) -> bool:
        return self._turns.pause(max(self._backoff(tried), error.retry_after))

    def _backoff(self, tried: int) -> float:
        return min(FIRST_WAIT * 2.0 ** (tried - 1), LONGEST_WAIT) * (1 - self._chance() / 2)


def parse_retry_after(value: str, now: datetime | None = None) -> float:
    """Seconds of rest that a Retry-After header asks for, whichever of its two forms it has; 0 where it says nothing
    that can be understood."""
    value = value.strip()
    if value.isdecimal():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
