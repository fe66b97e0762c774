"""A month of nights over a large collection of notes, with faults at random and a wall every 40 articles."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from archiver.events import Walled
from archiver.tasks.sync import Options
from tests.builders import an_image
from tests.replica import ArticleSpec, Replica
from tests.runs.support import whole
from tests.world import Night, World, notices, sync

FIRST = datetime(2026, 3, 1, 2, tzinfo=UTC)
WALL = 40
FAULTS = ("reset", "reset-body", "half", "status:500", "status:502", "status:503", "status:429", "truncated")


def collection(world: World, articles: int, dice: random.Random) -> tuple[list[str], list[str], list[str]]:
    """Notes that name so many articles, of which some are deleted and some never answer: the three kinds of URL."""
    good: list[str] = []
    gone: list[str] = []
    broken: list[str] = []
    for n in range(articles):
        images = (an_image(f"{n}", width=24, height=16),) if n % 4 == 0 else ()
        body = f"<p>第{n}篇</p>" + "".join(image.tag for image in images)
        url = world.replica.add_article(ArticleSpec(f"第{n}篇", body, "测试号", images=images, weight=1))
        kind = dice.choices((good, gone, broken), (94, 4, 2))[0]
        kind.append(url)
        if kind is gone:
            world.replica.fault(url, dice.choice(("deleted", "violation", "account-blocked", "expired")))
        elif kind is broken:
            world.replica.fault(url, dice.choice(("status:500", "reset")))
        world.note(f"{n // 6:03}.md", f"- [x]({url})\n" if n % 6 == 0 else (note_of(world, n) + f"- [x]({url})\n"))
    return good, gone, broken


def note_of(world: World, n: int) -> str:
    return (world.notes / f"{n // 6:03}.md").read_text("utf-8")


def disturb(replica: Replica, urls: list[str], dice: random.Random) -> list[str]:
    """Tonight's faults: some links fail once, some as often as they are asked."""
    hit = dice.sample(urls, len(urls) // 20)
    for url in hit:
        replica.fault(url, dice.choice(FAULTS), times=dice.choice((1, 2, None)))
    return hit


def nights(world: World, articles: int, count: int, seed: int, quiet: int) -> list[bool]:
    """So many nights, the last of them `quiet`; asserts what holds in and after each. Whether each met a wall."""
    dice = random.Random(seed)
    good, gone, broken = collection(world, articles, dice)
    walls: list[bool] = []
    asked: Counter[str] = Counter()
    for night in range(count):
        hit = disturb(world.replica, good, dice) if night < count - quiet else []
        world.replica.clear_requests()
        world.replica.wall_after(WALL)
        events: list[object] = []
        now = FIRST + timedelta(days=night, minutes=dice.uniform(0, 40))
        summary = sync(world.config, Options(), events.append, itertools.repeat(now).__next__, timing=Night().timing)
        requests = [request.url for request in world.replica.article_requests]
        asked.update(requests)
        walls.append(any(isinstance(event, Walled) for event in events))
        assert (summary.exit_code == 3) == walls[-1]
        assert len(requests) <= WALL + 2  # the one at the wall, and one to see whose it is
        if summary.articles["pending"]:
            assert any("to go, about" in notice for notice in notices(summary))
        for url in hit:
            world.replica.clear_faults(url)
    links = world.links()
    assert [links[url] for url in good if links[url]["status"] != "archived"] == []
    assert len(world.articles()) == len(good)
    assert max(asked[url] for url in gone) <= 2  # twice where the first time broke off
    # Ten nights of thirty at the most (0, 0, 0.5, 1.5, 3.5, 7.5, 15.5 days apart), three tries in each.
    assert all(links[url]["status"] == "failed" and asked[url] <= 30 for url in broken)
    assert world.replica.refused_requests == []
    whole(world)
    return walls


def test_a_week(world: World) -> None:
    walls = nights(world, articles=90, count=8, seed=7, quiet=3)
    assert walls[0]
    assert not any(walls[1:4])


@pytest.mark.slow
def test_a_month(world: World) -> None:
    walls = nights(world, articles=744, count=30, seed=11, quiet=6)
    assert walls[0]
    assert not any(a and b for a, b in itertools.pairwise(walls))
    assert sum(walls) >= 2  # the budget grew until it met the wall again
