"""When a lost link is looked for in the web archive, and when again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archiver.due.rescue import MOST_SOUGHT, is_lost, is_sought, may_save, not_saved, sought_in_vain
from archiver.models import Status, UrlKind
from archiver.store.lines import FORGOTTEN, LinkEntry

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
URL = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"


def entry(status: Status, **more: object) -> LinkEntry:
    return replace(LinkEntry(URL, UrlKind.ARTICLE, status, attempts=1), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "lost", "unasked"),
    [
        (entry(Status.BLOCKED), True, True),
        (entry(Status.EXPIRED), True, True),
        (entry(Status.UNAVAILABLE), False, False),
        (entry(Status.UNAVAILABLE, attempts=5), True, True),
        (entry(Status.WALL), False, False),
        (entry(Status.WALL, walls=3), True, True),
        (entry(Status.DELETED), True, False),
        (entry(Status.VIOLATION), True, False),
        (entry(Status.PRIVATE), True, False),
        (entry(Status.MALFORMED), True, False),
        (entry(Status.REFUSED), False, False),
        (entry(Status.REFUSED, reason=FORGOTTEN), False, False),
        (entry(Status.BLOCKED, reason=FORGOTTEN), False, False),
        (entry(Status.ARCHIVED), False, False),
        (entry(Status.PARTIAL), False, False),
        (entry(Status.FAILED, attempts=9), False, False),
        (entry(Status.PENDING), False, False),
        (entry(Status.FAILED, kind=UrlKind.IMAGE), False, False),
        (entry(Status.FAILED, kind=UrlKind.IMAGE, attempts=2), True, True),
        (entry(Status.EXPIRED, kind=UrlKind.VIDEO), False, False),
    ],
)
def test_what_is_lost_and_what_is_looked_for_unasked(found: LinkEntry, lost: bool, unasked: bool) -> None:
    assert is_lost(found) is lost
    assert is_sought(found, NOW, named=True) is lost
    assert is_sought(found, NOW, named=False) is unasked


def test_what_was_not_found_is_asked_for_on_three_nights_within_a_month() -> None:
    found, asked = entry(Status.BLOCKED), []
    for day in range(400):
        now = NOW + timedelta(days=day)
        if is_sought(found, now, named=False):
            asked.append(day)
            found = sought_in_vain(found, now)
    assert asked == [0, 10, 30]
    assert found.sought == MOST_SOUGHT
    assert is_sought(found, NOW, named=True)


def test_what_is_alive_is_saved_once_and_what_could_not_be_is_asked_for_monthly() -> None:
    alive = entry(Status.ARCHIVED)
    assert may_save(alive, NOW)
    for dead in (
        entry(Status.BLOCKED),
        replace(alive, gone="2026-01-01"),
        replace(alive, via="https://web.archive.org/web/2021id_/x"),
        replace(alive, saved="2026-01-01T00:00:00+00:00"),
        replace(alive, kind=UrlKind.IMAGE),
    ):
        assert not may_save(dead, NOW)
    asked, found = [], alive
    for day in range(100):
        if may_save(found, now := NOW + timedelta(days=day)):
            asked.append(day)
            found = not_saved(found, now)
    assert asked == [0, 30, 60, 90]
