"""The Wayback Machine, asked politely: whoever wants something of it, and for whatever, waits for the same turns.

It lets some 24 requests of the index a minute through (reported, 2026-06), and answers 429 to who asks more; who goes
on then is shut out for long.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from archiver.archive.context import Clock
from archiver.config import Config
from archiver.errors import (
    HostDownError,
    HostRefusedError,
    HttpStatusError,
    RedirectError,
    RunEndedError,
    TooLargeError,
)
from archiver.fetch.breaker import Breaker
from archiver.fetch.http import Ask, HttpAnswer, HttpClient
from archiver.fetch.pace import Pace, Pacer
from archiver.fetch.retry import RetryPolicy
from archiver.fetch.settings import network_settings
from archiver.webarchive import cdx
from archiver.webarchive.cdx import Snapshot

INTERVAL = 3.0  # seconds between two requests
JITTER = 0.2
REST = 60.0  # seconds, where it says 429 and not for how long
MOST_OF_INDEX = 2_000_000  # bytes
USER_AGENT = "wechat-archiver"
_NOT_THERE = (400, 401, 403, 404, 410, 451)  # of one capture; of the index itself 403 says that a site is kept back
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Archived:
    """The bytes of a capture, as they were received, and which one they are (`snapshot`)."""

    snapshot: Snapshot
    body: bytes


class WebArchive:
    """One run's questions to the Wayback Machine. `most`: requests at the most."""

    def __init__(self, client: HttpClient, pacer: Pacer, breaker: Breaker) -> None:
        self._client = client
        self._pacer = pacer
        self.breaker = breaker

    @property
    def requests(self) -> int:
        """How many were made."""
        return self._pacer.taken

    def stop(self) -> None:
        """Ask for nothing more, and wake who waits for a turn. May be called in a signal handler."""
        self._pacer.stop()

    def captures(self, url: str, *, all_below: bool = False) -> tuple[Snapshot, ...]:
        """What the index lists of `url`, or of all addresses that begin with it; nothing where the site is kept back.

        Raises FetchError: NotAskedError where it, or this run, asks for no more.
        """
        try:
            asked = cdx.index_url(url, all_below=all_below)
            answer = self.send(asked, Ask({"Accept": "application/json"}, MOST_OF_INDEX, _check_index))
        except HttpStatusError as error:
            if error.status in _NOT_THERE:
                return ()
            raise
        return cdx.read_index(answer.body)

    def get(self, snapshot: Snapshot, max_bytes: int) -> Archived | None:
        """A capture, or the nearest one of the same key; None where there is none after all, or not as it was received.

        Raises FetchError, as `captures`.
        """
        try:
            answer = self.send(snapshot.url, Ask({"Accept": "*/*"}, max_bytes))
        except HttpStatusError as error:
            if error.status in _NOT_THERE:
                return None
            raise
        except (TooLargeError, RedirectError, HostRefusedError):
            return None
        came = cdx.answered(answer.url, answer.links)
        return Archived(came, answer.body) if came and came.made_at else None

    def send(self, url: str, ask: Ask, after: float = 0.0) -> HttpAnswer:
        """Any request, in a turn of its own that comes in `after` seconds at the earliest. Raises FetchError, as
        `captures`."""
        if not self._pacer.pause(after):
            if why := self.breaker.hosts.down.get(cdx.HOST):
                raise HostDownError(f"{cdx.HOST} is not asked any more in this run: {why}")
            raise RunEndedError("no request to it is left in this run")
        return self._client.send(url, ask)


def _check_index(body: bytes) -> None:
    """Raises NetworkError for an answer that is not whole: it is asked for again."""
    cdx.read_index(body)


@contextmanager
def open_web_archive(config: Config, clock: Clock, most: int) -> Iterator[WebArchive]:
    """The Wayback Machine, with at most so many requests. Only here is its host one that may be asked. Raises
    ConfigError."""
    settings = replace(network_settings(config), user_agent=USER_AGENT)
    pacer = Pacer(Pace(INTERVAL, JITTER, most), clock=clock.monotonic, wait=clock.wait)
    breaker = Breaker(lambda _host: pacer.stop(), clock.monotonic)
    policy = RetryPolicy(breaker, pacer, unsaid_rest=REST)
    with HttpClient(settings, lambda host: host == cdx.HOST, policy, stay_secure=True) as client:
        yield WebArchive(client, pacer, breaker)
