"""Requests keep their distance, whoever makes them."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from archiver.fetch.pace import Pace, Pacer
from tests.clocks import Time


def pacer(virtual: Time, interval: float, jitter: float = 0.0, chance: float = 0.0) -> Pacer:
    return Pacer(Pace(interval, jitter), clock=virtual.clock, wait=virtual.wait, chance=lambda: chance)


def test_the_first_goes_at_once_and_the_next_wait() -> None:
    virtual = Time()
    paced = pacer(virtual, 3)
    turns = []
    for _ in range(3):
        assert paced.pause()
        turns.append(virtual.now)
    assert turns == [100, 103, 106]


def test_jitter_only_adds() -> None:
    virtual = Time()
    paced = pacer(virtual, 4, jitter=0.5, chance=1.0)
    paced.pause()
    paced.pause()
    assert virtual.now == 106


def test_time_that_passed_anyway_counts() -> None:
    virtual = Time()
    paced = pacer(virtual, 3)
    paced.pause()
    virtual.now += 10
    paced.pause()
    assert virtual.now == 110


def test_interval_zero_never_waits() -> None:
    virtual = Time()
    paced = pacer(virtual, 0, jitter=1, chance=1)
    assert all(paced.pause() for _ in range(10))
    assert virtual.now == 100


def test_threads_share_the_interval() -> None:
    virtual = Time()
    paced = pacer(virtual, 2)
    turns: list[float] = []

    def ask() -> None:
        for _ in range(3):
            assert paced.pause()
            turns.append(virtual.now)
            paced.done()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert turns == [100 + 2 * n for n in range(12)]


def test_stop_wakes_those_who_wait() -> None:
    paced = Pacer(Pace(3600))
    assert paced.pause()
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(paced.pause()))
    thread.start()
    paced.stop()
    thread.join()
    assert answers == [False]
    assert paced.stopped


def test_the_next_caller_waits_for_the_answer_to_the_one_before() -> None:
    virtual = Time()
    paced = pacer(virtual, 10)
    assert paced.pause()
    passed = threading.Event()

    def ask() -> None:
        if paced.pause():
            passed.set()

    other = threading.Thread(target=ask)
    other.start()
    assert not passed.wait(0.1), "the first request is still on its way"
    virtual.wait(4)
    paced.answered()
    other.join()
    assert virtual.now == 114


@pytest.mark.parametrize("end", [Pacer.done, Pacer.give_back, Pacer.stop])
def test_a_turn_in_which_nothing_is_asked_keeps_nobody_waiting(end: Callable[[Pacer], None]) -> None:
    paced = pacer(Time(), 10)
    assert paced.pause()
    other = threading.Thread(target=paced.pause)
    other.start()
    end(paced)
    other.join()  # meets the timeout of the test where it is kept waiting
