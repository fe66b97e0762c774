"""When to ask again, and how much in a night."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.due import policy
from archiver.due.budget import Budget, after_run
from archiver.due.plan import Known, Target, is_due, make_plan
from archiver.models import Status, UrlKind
from archiver.rewriting.scan import Scan
from archiver.store.lines import LinkEntry
from archiver.tasks.run import Due

NOW = datetime(2026, 3, 1, 2, tzinfo=UTC)
URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"


def entry(status: Status, **changes: object) -> LinkEntry:
    return LinkEntry(**{"url": URL, "kind": UrlKind.ARTICLE, "status": status, **changes})  # type: ignore[arg-type]


def ago(**time: float) -> str:
    return (NOW - timedelta(**time)).isoformat(timespec="seconds")


def test_waits_grow_to_a_month() -> None:
    days = [policy.wait_after(n) / timedelta(days=1) for n in range(1, 12)]
    assert days == [0, 0, 0.5, 1.5, 3.5, 7.5, 15.5, 30, 30, 30, 30]


@given(st.integers(0, 10_000))
def test_waits_never_shrink(attempts: int) -> None:
    assert policy.wait_after(attempts) <= policy.wait_after(attempts + 1) <= policy.LONGEST_WAIT


def test_retry_after_and_hopeless_cases() -> None:
    def wait(status: Status = Status.FAILED, **how: object) -> timedelta:
        text = policy.next_try(status, 1, NOW, **how)  # type: ignore[arg-type]
        return datetime.fromisoformat(text) - NOW if text else timedelta(0)

    assert wait() == timedelta(0)
    assert wait(retry_after=7200) == timedelta(hours=2)
    assert wait(retry_after=10**9) == policy.LONGEST_WAIT
    assert wait(hopeless=True) == policy.LONGEST_WAIT
    assert wait(Status.WALL) == wait(Status.DELETED) == wait(Status.ARCHIVED) == timedelta(0)


@pytest.mark.parametrize(
    ("known", "due"),
    [
        (entry(Status.PENDING), True),
        (entry(Status.WALL), True),
        (entry(Status.FAILED, attempts=9, next=ago(days=-3)), False),
        (entry(Status.FAILED, attempts=9, next=ago(days=3)), True),
        (entry(Status.FAILED, attempts=9, next=ago(days=-300)), True),  # written by a clock that was wrong
        (entry(Status.UNAVAILABLE, attempts=4, checked=ago(days=1)), True),
        (entry(Status.UNAVAILABLE, attempts=5, checked=ago(days=1)), False),
        (entry(Status.DELETED, checked=ago(days=89)), False),
        (entry(Status.DELETED, checked=ago(days=91)), True),
        (entry(Status.DELETED, checked=ago(days=-400)), True),  # the clock again
        (entry(Status.EXPIRED, checked=ago(days=900)), False),
        (entry(Status.MALFORMED, checked=ago(days=900)), False),
    ],
)
def test_what_is_due(known: LinkEntry, due: bool) -> None:
    assert is_due(known, NOW, stored=False, recheck_days=90) is due


def test_archived_articles_are_due_only_if_their_folder_is_gone() -> None:
    old = entry(Status.ARCHIVED, target="articles/x", checked=ago(days=4000), next=ago(days=-2))
    assert not is_due(old, NOW, stored=True, recheck_days=90)
    assert is_due(old, NOW, stored=False)


def test_never_again_where_zero_is_configured() -> None:
    assert not is_due(entry(Status.DELETED, checked=ago(days=9999)), NOW, stored=False, recheck_days=0)


def test_new_notes_first_then_the_oldest_then_retries_then_rechecks() -> None:
    def url(name: str) -> str:
        return f"https://mp.weixin.qq.com/s/{name:A<22}"

    known = {
        url("gone"): entry(Status.DELETED, checked=ago(days=100)),
        url("failed"): entry(Status.FAILED, checked=ago(days=1)),
        url("failedlong"): entry(Status.FAILED, checked=ago(days=9)),
        url("waits"): entry(Status.PENDING, since="2026-02-20"),
        url("walled"): entry(Status.WALL, since="2026-02-10", checked=ago(days=1)),
    }
    names = ["gone", "failed", "new2", "failedlong", "waits", "new1", "walled"]
    targets = [Target(UrlKind.ARTICLE, url(name), url(name), "a.md:1") for name in names]
    plan = make_plan(targets, Known(known.get, lambda _: False, lambda _: False), NOW, recheck_days=90)
    order = [target.url.rpartition("/")[2].rstrip("A") for target in plan.articles]
    assert order == ["new2", "new1", "waits", "failedlong", "failed", "gone", "walled"]
    assert Due(Scan(), plan).limited(3).pages == plan.articles[:3]


def test_a_wall_shrinks_the_budget_and_three_clean_nights_let_it_grow() -> None:
    day = date(2026, 3, 1)
    budget = after_run(Budget(), 41, walled=True, today=day)
    assert budget == Budget(32, day="2026-03-01", walled=True)
    for n in (1, 2):
        budget = after_run(budget, 32, walled=False, today=day + timedelta(n))
        assert (budget.requests, budget.clean) == (32, n)
    again = after_run(budget, 32, walled=False, today=day + timedelta(2))
    assert (again.requests, again.clean, again.made) == (32, 2, 64)  # the same night
    assert after_run(budget, 0, walled=False, today=day + timedelta(3)) == budget  # nothing was asked
    budget = after_run(budget, 32, walled=False, today=day + timedelta(3))
    assert (budget.requests, budget.clean) == (40, 0)
    assert after_run(budget, 1, walled=True, today=day + timedelta(9)).requests == 1
    assert after_run(Budget(), 500, walled=False, today=day).requests == 0


def test_a_wall_counts_all_requests_of_its_night() -> None:
    day = date(2026, 3, 1)
    budget = after_run(Budget(), 39, walled=False, today=day)  # a sync
    budget = after_run(budget, 1, walled=True, today=day)  # an `add` right behind it
    assert budget.requests == 32
    # To try again at once meets the same wall, which teaches nothing; with some articles before it, it does.
    assert after_run(budget, 1, walled=True, today=day) == budget
    assert after_run(budget, 10, walled=True, today=day).requests == 8
    assert after_run(budget, 1, walled=True, today=day + timedelta(1)).requests == 1


@given(st.integers(5, 300), st.integers(30, 120))
def test_no_wall_twice_in_a_row(wall: int, nights: int) -> None:
    budget, walls = Budget(), []
    for night in range(nights):
        wanted = budget.requests or 1000
        hit = wanted > wall
        walls.append(hit)
        budget = after_run(budget, min(wanted, wall + 1), walled=hit, today=date(2026, 1, 1) + timedelta(night))
    assert not any(a and b for a, b in itertools.pairwise(walls))
    assert sum(walls) <= nights / 4 + 1
