"""Backoff, Retry-After, the circuit breaker and the limits of a night, on a clock that waiting moves."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime

import pytest

from archiver.due.page_queue import PageQueue
from archiver.due.plan import Target
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
from archiver.fetch.pace import Pace, Pacer, Unpaced
from archiver.fetch.retry import RetryPolicy, parse_retry_after
from archiver.gathering.start import start_workers
from archiver.models import UrlKind
from tests.clocks import Time
from tests.replica import ArticleSpec
from tests.world import Night, World

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


def retry_policy(time: Time, breaker: Breaker | None = None, chance: float = 0.0) -> RetryPolicy:
    return RetryPolicy(breaker or Breaker(clock=time.clock), Unpaced(time.wait), chance=lambda: chance)


def test_backoff_doubles_and_is_bounded() -> None:
    time = Time()
    server = Server(time, *[NetworkError("reset")] * 2)
    assert retry_policy(time).ask(HOST, server) == "good"
    assert server.asked == [100, 101, 103]
    server = Server(time, *[NetworkError("reset")] * 9)
    with pytest.raises(NetworkError):
        retry_policy(time).ask(HOST, server)
    assert len(server.asked) == 3


def test_jitter_takes_up_to_half_of_the_wait() -> None:
    time = Time()
    server = Server(time, NetworkError("reset"))
    retry_policy(time, chance=1.0).ask(HOST, server)
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
        retry_policy(time).ask(HOST, server)
    assert len(server.asked) == tries


def test_retry_after_is_obeyed_by_everybody_who_asks_the_host() -> None:
    time = Time()
    breaker = Breaker(clock=time.clock)
    server = Server(time, HttpStatusError("busy", 429, 40))
    retry_policy(time, breaker).ask(HOST, server)
    assert server.asked == [100, 140]
    breaker.rest(HOST, HttpStatusError("busy", 503, 40))
    other = Server(time)
    retry_policy(time, breaker).ask(HOST, other)
    assert other.asked == [180]


def test_a_long_rest_ends_the_host_for_this_run() -> None:
    time = Time()
    opened: list[str] = []
    breaker = Breaker(opened.append, time.clock)
    server = Server(time, HttpStatusError("busy", 503, 3600))
    with pytest.raises(HttpStatusError) as caught:
        retry_policy(time, breaker).ask(HOST, server)
    assert caught.value.retry_after == 3600
    assert (time.now, opened) == (100, [HOST])
    with pytest.raises(HostDownError, match="60 minutes"):
        retry_policy(time, breaker).ask(HOST, server)
    assert len(server.asked) == 1


def test_a_host_that_fails_again_and_again_is_given_up() -> None:
    time = Time()
    opened: list[str] = []
    breaker = Breaker(opened.append, time.clock)
    server = Server(time, *[NetworkError("no route")] * 99)
    for _ in range(FAILURES):
        with pytest.raises(NetworkError):
            retry_policy(time, breaker).ask(HOST, server)
    assert opened == [HOST]
    with pytest.raises(HostDownError, match="no route"):
        retry_policy(time, breaker).ask(HOST, server)
    assert len(server.asked) == 3 * FAILURES
    assert retry_policy(time, breaker).ask("mp.weixin.qq.com", Server(time)) == "good"  # another host


def test_a_good_answer_closes_the_account_and_dead_links_do_not_count() -> None:
    time = Time()
    breaker = Breaker(clock=time.clock)
    for _ in range(20):
        with pytest.raises(HttpStatusError):
            retry_policy(time, breaker).ask(HOST, Server(time, *[HttpStatusError("gone", 404)] * 9))
        with pytest.raises(NetworkError):
            retry_policy(time, breaker).ask(HOST, Server(time, *[NetworkError("x")] * 3))
        retry_policy(time, breaker).ask(HOST, Server(time))
    assert breaker.hosts.down == {}


def test_nothing_is_tried_again_after_the_end() -> None:
    time = Time()
    stopped = retry_policy(time)
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
    pacer = Pacer(Pace(10, most=3), clock=time.clock, wait=time.wait)
    server = Server(time, *[NetworkError("x")] * 9)
    asking = asker(time, pacer)
    assert pacer.pause()
    with pytest.raises(NetworkError):
        asking.ask("mp.weixin.qq.com", server)
    assert server.asked == [100, 110, 120]
    assert not pacer.pause()
    assert pacer.taken == 3


def test_the_interval_counts_from_the_answer() -> None:
    time = Time()
    pacer = Pacer(Pace(3), clock=time.clock, wait=time.wait)
    pacer.pause()
    time.now += 2
    pacer.answered()
    pacer.pause()
    assert time.now == 105


def test_no_page_after_so_many_minutes() -> None:
    time = Time()
    pacer = Pacer(Pace(30, seconds=60), clock=time.clock, wait=time.wait)
    assert [pacer.pause() for _ in range(5)] == [True, True, True, False, False]
    assert time.now == 160


PAGES = "mp.weixin.qq.com"


def asker(time: Time, pacer: Pacer, breaker: Breaker | None = None) -> RetryPolicy:
    """As start_workers makes it for pages."""
    return RetryPolicy(breaker or Breaker(clock=time.clock), pacer, chance=lambda: 0.0)


def test_waiting_for_the_end_of_a_rest_takes_no_second_turn() -> None:
    time = Time()
    pacer = Pacer(Pace(10, most=3), clock=time.clock, wait=time.wait)
    breaker = Breaker(clock=time.clock)
    asking = asker(time, pacer, breaker)
    breaker.rest(PAGES, HttpStatusError("busy", 429, 40))
    server = Server(time, HttpStatusError("busy", 503, 60))
    assert pacer.pause()
    assert asking.ask(PAGES, server) == "good"  # the second try is a request of its own
    assert (server.asked, pacer.taken) == ([140, 200], 2)
    assert pacer.pause()
    asking.ask(PAGES, server)
    assert (server.asked, pacer.taken) == ([140, 200, 210], 3)
    assert not pacer.pause()


def test_those_who_wait_for_the_end_of_a_rest_keep_their_distance() -> None:
    time = Time()
    pacer = Pacer(Pace(10), clock=time.clock, wait=time.wait)
    turns = []
    assert pacer.pause()
    assert pacer.pause()  # two have their turn when the rest begins
    for seconds in (40, 0):
        assert pacer.rest(seconds)
        turns.append(time.now)
    assert pacer.pause()
    assert (turns, time.now, pacer.taken) == ([150, 160], 170, 3)


def test_a_turn_that_was_not_used_is_given_back() -> None:
    time = Time()
    pacer = Pacer(Pace(0, most=2, seconds=60), clock=time.clock, wait=time.wait)
    breaker = Breaker(lambda _host: pacer.stop(), time.clock)
    asking = asker(time, pacer, breaker)
    server = Server(time)
    assert pacer.pause()
    breaker.rest(PAGES, HttpStatusError("busy", 429, 100))
    with pytest.raises(FetchError, match="the run ends"):  # the rest is longer than the run
        asking.ask(PAGES, server)
    assert (server.asked, pacer.taken) == ([], 0)
    assert pacer.pause()
    breaker.rest(PAGES, HttpStatusError("busy", 429, 3600))
    with pytest.raises(HostDownError):
        asking.ask(PAGES, server)
    assert (server.asked, pacer.taken) == ([], 0)


@pytest.mark.parametrize("stopping", [False, True])
def test_workers_together_are_let_through_as_often_as_said(stopping: bool) -> None:
    pacer = Pacer(Pace(0, most=500))
    used: list[int] = []

    def work() -> None:
        for turn in itertools.count():
            if not pacer.pause():
                return
            if turn % 3 == 2:
                pacer.give_back()
                continue
            used.append(turn)
            if stopping and turn == 30:
                pacer.stop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pacer.taken == len(used)
    assert len(used) <= 500 if stopping else len(used) == 500


@pytest.mark.parametrize("jobs", [1, 4])
def test_page_requests_are_those_that_the_server_saw(world: World, jobs: int) -> None:
    world.configure(fetch={"jobs": jobs})
    urls = [world.replica.add_article(ArticleSpec(f"{n}", "<p>字</p>", weight=1)) for n in range(12)]
    world.replica.fault(urls[0], "status:503", retry_after=5)
    world.replica.fault(urls[3], "reset", times=1)
    with start_workers(world.config, clock=Night().timing) as workers:
        workers.load(PageQueue(Target(UrlKind.ARTICLE, url, url, "a.md:1") for url in urls))
        while workers.next_result() is not None:
            pass
    seen = world.replica.article_requests
    assert (workers.page_requests, len(seen)) == (12 + 2 + 1, 12 + 2 + 1)


def test_nobody_waits_for_a_further_try_once_the_run_ends() -> None:
    """Not the one who waits already, nor the one who would begin to."""
    turns, waiting = Unpaced(), threading.Event()
    let_through: list[bool] = []

    def wait() -> None:
        waiting.set()
        let_through.append(turns.pause(3600))

    thread = threading.Thread(target=wait)
    thread.start()
    waiting.wait()
    asking = RetryPolicy(Breaker(), turns)
    asking.stop()
    thread.join()
    server = Server(Time(), NetworkError("reset"))
    with pytest.raises(NetworkError):
        asking.ask(HOST, server)
    assert (let_through, len(server.asked)) == ([False], 1)
