"""Backoff, Retry-After, the circuit breaker and the limits of a night, on a clock that waiting moves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archiver.errors import (
    BrowserError,
    FetchError,
    HostDownError,
    HostRefusedError,
    HttpStatusError,
    NetworkError,
    TooLargeError,
)
from archiver.fetch.breaker import FAILURES, Breaker
from archiver.fetch.pace import Pacer
from archiver.fetch.retry import Patience, parse_retry_after
from tests.fetch.test_pace import Time

HOST = "mmbiz.qpic.cn"


class Server:
    """Answers with the errors it is given, one after the other, then well; notes when it was asked."""

    def __init__(self, time: Time, *errors: FetchError) -> None:
        self.time = time
        self.errors = list(errors)
        self.asked: list[float] = []

    def __call__(self) -> str:
        self.asked.append(self.time.now)
        if self.errors:
            raise self.errors.pop(0)
        return "good"


def patience(time: Time, breaker: Breaker | None = None, chance: float = 0.0) -> Patience:
    def pause(seconds: float) -> bool:
        time.wait(seconds)
        return True

    return Patience(breaker or Breaker(clock=time.clock), pause=pause, chance=lambda: chance)


def test_backoff_doubles_and_is_bounded() -> None:
    time = Time()
    server = Server(time, *[NetworkError("reset")] * 2)
    assert patience(time).ask(HOST, server) == "good"
    assert server.asked == [100, 101, 103]
    server = Server(time, *[NetworkError("reset")] * 9)
    with pytest.raises(NetworkError):
        patience(time).ask(HOST, server)
    assert len(server.asked) == 3


def test_jitter_takes_up_to_half_of_the_wait() -> None:
    time = Time()
    server = Server(time, NetworkError("reset"))
    patience(time, chance=1.0).ask(HOST, server)
    assert server.asked == [100, 100.5]


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (NetworkError("x"), 3),
        (BrowserError("x"), 2),
        (HttpStatusError("x", 500), 3),
        (HttpStatusError("x", 503), 3),
        (HttpStatusError("x", 429), 3),
        (HttpStatusError("x", 404), 1),
        (HttpStatusError("x", 403), 1),
        (TooLargeError("x"), 1),
        (HostRefusedError("x"), 1),
    ],
)
def test_tries_in_one_run_by_kind_of_failure(error: FetchError, tries: int) -> None:
    time = Time()
    server = Server(time, *[error] * 9)
    with pytest.raises(type(error)):
        patience(time).ask(HOST, server)
    assert len(server.asked) == tries


def test_retry_after_is_obeyed_by_everybody_who_asks_the_host() -> None:
    time = Time()
    breaker = Breaker(clock=time.clock)
    server = Server(time, HttpStatusError("busy", 429, 40))
    patience(time, breaker).ask(HOST, server)
    assert server.asked == [100, 140]
    breaker.rest(HOST, HttpStatusError("busy", 503, 40))
    other = Server(time)
    patience(time, breaker).ask(HOST, other)
    assert other.asked == [180]


def test_a_long_rest_ends_the_host_for_this_run() -> None:
    time = Time()
    opened: list[str] = []
    breaker = Breaker(opened.append, time.clock)
    server = Server(time, HttpStatusError("busy", 503, 3600))
    with pytest.raises(HttpStatusError) as caught:
        patience(time, breaker).ask(HOST, server)
    assert caught.value.retry_after == 3600
    assert (time.now, opened) == (100, [HOST])
    with pytest.raises(HostDownError, match="60 minutes"):
        patience(time, breaker).ask(HOST, server)
    assert len(server.asked) == 1


def test_a_host_that_fails_again_and_again_is_given_up() -> None:
    time = Time()
    opened: list[str] = []
    breaker = Breaker(opened.append, time.clock)
    server = Server(time, *[NetworkError("no route")] * 99)
    for _ in range(FAILURES):
        with pytest.raises(NetworkError):
            patience(time, breaker).ask(HOST, server)
    assert opened == [HOST]
    with pytest.raises(HostDownError, match="no route"):
        patience(time, breaker).ask(HOST, server)
    assert len(server.asked) == 3 * FAILURES
    assert patience(time, breaker).ask("mp.weixin.qq.com", Server(time)) == "good"  # another host


def test_a_good_answer_closes_the_account_and_dead_links_do_not_count() -> None:
    time = Time()
    breaker = Breaker(clock=time.clock)
    for _ in range(20):
        with pytest.raises(HttpStatusError):
            patience(time, breaker).ask(HOST, Server(time, *[HttpStatusError("gone", 404)] * 9))
        with pytest.raises(NetworkError):
            patience(time, breaker).ask(HOST, Server(time, *[NetworkError("x")] * 3))
        patience(time, breaker).ask(HOST, Server(time))
    assert breaker.down == {}


def test_nothing_is_tried_again_after_the_end() -> None:
    time = Time()
    stopped = patience(time)
    stopped.stop()
    server = Server(time, NetworkError("x"))
    with pytest.raises(NetworkError):
        stopped.ask(HOST, server)
    assert len(server.asked) == 1


def test_retry_after_in_both_forms() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert parse_retry_after("120", now) == 120
    assert parse_retry_after("Sun, 01 Mar 2026 12:02:00 GMT", now) == 120
    assert parse_retry_after("Sun, 01 Mar 2026 11:00:00 GMT", now) == 0
    assert parse_retry_after("", now) == parse_retry_after("soon", now) == parse_retry_after("-5", now) == 0


def test_further_tries_keep_the_interval_and_count() -> None:
    time = Time()
    pacer = Pacer(10, most=3, clock=time.clock, wait=time.wait)
    server = Server(time, *[NetworkError("x")] * 9)
    asking = Patience(Breaker(clock=time.clock), pause=pacer.pause, answered=pacer.answered, chance=lambda: 0.0)
    assert pacer.pause()
    with pytest.raises(NetworkError):
        asking.ask("mp.weixin.qq.com", server)
    assert server.asked == [100, 110, 120]
    assert not pacer.pause()
    assert pacer.taken == 3


def test_the_interval_counts_from_the_answer() -> None:
    time = Time()
    pacer = Pacer(3, clock=time.clock, wait=time.wait)
    pacer.pause()
    time.now += 2
    pacer.answered()
    pacer.pause()
    assert time.now == 105


def test_no_page_after_so_many_minutes() -> None:
    time = Time()
    pacer = Pacer(30, seconds=60, clock=time.clock, wait=time.wait)
    assert [pacer.pause() for _ in range(5)] == [True, True, True, False, False]
    assert time.now == 160
