"""The nightly share: everything within the configured days, the oldest first, within its time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archiver.archive.open_archive import open_archive
from archiver.config import VerifyConfig
from archiver.fixity.rolling import check_share
from archiver.store.layout import CHECKED
from archiver.tasks.sync import Options
from tests.builders import an_image, article, img
from tests.fixity.damage import flip
from tests.world import World, attention, sync

START = date(2026, 3, 1)


@pytest.fixture
def filled(world: World) -> World:
    pictures = [an_image(f"p{n}") for n in range(12)]
    url = world.replica.add_article(article("一篇", *pictures))
    world.note("a.md", f"[x]({url}) {img(an_image('n'))}")
    assert world.sync().exit_code == 0
    (world.archive / CHECKED).unlink(missing_ok=True)
    return world


def units(world: World) -> set[str]:
    folders = [*world.archive.glob("articles/*/*"), *world.archive.glob("images/*")]
    return {folder.relative_to(world.archive).as_posix() for folder in folders if folder.is_dir()}


def night(world: World, day: date, **more: float) -> set[str]:
    """The units that are checked on that day."""
    with open_archive(world.archive) as archive:
        assert check_share(archive, VerifyConfig(**more), day) == []  # type: ignore[arg-type]
    state = json.loads((world.archive / CHECKED).read_text())
    return {unit for unit, checked in state.items() if checked == day.isoformat()}


def test_thirty_nights_check_everything_once(filled: World) -> None:
    nights = [night(filled, START + timedelta(days=n)) for n in range(30)]
    assert set().union(*nights) == units(filled)
    assert sum(map(len, nights)) == len(units(filled))
    assert max(map(len, nights)) < len(units(filled))
    # And again in the next thirty, in the same order.
    assert [night(filled, START + timedelta(days=30 + n)) for n in range(30)] == nights


def test_fresh_checkouts_check_everything_too(filled: World) -> None:
    """On a runner that forgets its state in every run."""
    seen: set[str] = set()
    for n in range(30):
        (filled.archive / CHECKED).unlink(missing_ok=True)
        seen |= night(filled, START + timedelta(days=n))
    assert seen == units(filled)


def test_after_a_long_pause_the_oldest_come_first(filled: World) -> None:
    for n in range(30):
        night(filled, START + timedelta(days=n))
    before = json.loads((filled.archive / CHECKED).read_text())
    ticks: Iterator[float] = iter([0.0, 1.0, 2.0, 3.0, 1000.0])
    with open_archive(filled.archive) as archive:
        today = START + timedelta(days=200)
        assert check_share(archive, VerifyConfig(), today, clock=lambda: next(ticks)) == []
    after = json.loads((filled.archive / CHECKED).read_text())
    checked = [unit for unit in after if after[unit] == today.isoformat()]
    oldest = sorted(before, key=lambda unit: (before[unit], unit))
    assert sorted(checked) == sorted(oldest[:3])


def test_a_clock_that_was_ahead_does_not_end_the_checks(filled: World) -> None:
    night(filled, date(2096, 1, 1))
    seen: set[str] = set()
    for n in range(30):
        seen |= night(filled, START + timedelta(days=n))
    assert seen == units(filled)


@pytest.mark.parametrize("name", ["reports/verified.json", "reports/pace.json"])
@pytest.mark.parametrize("text", ["[" * 100_000, '{"requests":1e999,"clean":0,"night":""}', "[1]", "\udcff", "null"])
def test_machine_state_may_hold_anything(filled: World, name: str, text: str) -> None:
    (filled.archive / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    assert filled.sync().exit_code == 0


def test_zero_days_checks_nothing(filled: World) -> None:
    with open_archive(filled.archive) as archive:
        assert check_share(archive, VerifyConfig(days=0), START) == []
    assert not (filled.archive / CHECKED).exists()


@pytest.mark.parametrize("what", ["article.md", "capture.html.gz", "image", "SHA256SUMS"])
def test_a_sync_finds_damage_and_ends_with_5(filled: World, what: str) -> None:
    if what == "image":
        path = next((filled.archive / "images").rglob("*.png"))
    elif what == "SHA256SUMS":
        path = next(filled.archive.glob("articles/*/*/SHA256SUMS"))
    else:
        path = filled.article_folders()[0] / what
    flip(path)
    codes: list[int] = []
    told: list[str] = []
    for n in range(30):
        moment = datetime(2026, 3, 1, 3, tzinfo=UTC) + timedelta(days=n)
        summary = sync(filled.config, Options(), lambda _: None, now=lambda moment=moment: moment)  # type: ignore[misc]
        codes.append(summary.exit_code)
        told += attention(summary)
    assert codes.count(5) == 1
    assert set(codes) == {0, 5}
    assert any("archiver verify --repair" in line for line in told)


def test_a_state_file_that_is_garbage_is_made_again(filled: World, tmp_path: Path) -> None:
    for text in ("garbage", "[]", '{"articles/2026/01": 3}'):
        (filled.archive / CHECKED).parent.mkdir(exist_ok=True)
        (filled.archive / CHECKED).write_text(text)
        night(filled, START)
        assert set(json.loads((filled.archive / CHECKED).read_text())) == units(filled)
