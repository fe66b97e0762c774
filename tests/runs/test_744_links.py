"""As many links as the real notes have, night after night with a budget, against a WeChat in which some always wall."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.events import Walled
from tests.builders import article
from tests.replica import Replica
from tests.world import Night, World

LINKS = 744
BUDGET = 60  # article requests a night
NIGHT = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
MOST = 60  # nights, until the test gives up


def _bare(number: int) -> str:
    return f"https://mp.weixin.qq.com/s?__biz=MzAxMDAwMDAwMQ==&mid=26500{number:05}&idx=1&sn={number:032x}"


def _archive(root: Path, replica: Replica, share: float, kind: str) -> tuple[int, int]:
    """Nights until every link that answers is archived, and the most walls in one of them."""
    root.mkdir()
    world = World(root, replica)
    world.configure(fetch={"max_articles": BUDGET, "interval": 3})
    places = set(random.Random(LINKS).sample(range(LINKS), int(LINKS * share)))
    links = [
        _bare(n) if n in places and kind == "bare" else replica.add_article(article(f"{kind} {share} {n}", weight=1))
        for n in range(LINKS)
    ]
    for place in places:
        replica.fault(links[place].partition("?__biz=")[2] or links[place], "wall")
    world.note("a.md", "\n".join(f"- [{n}]({link})" for n, link in enumerate(links)))
    most_walls = 0
    for night in range(MOST):
        replica.clear_requests()
        before = len(world.article_folders())
        world.sync(timing=Night().timing, now=lambda night=night: NIGHT + timedelta(days=night))  # type: ignore[misc]
        asked = Counter(request.url for request in replica.article_requests)
        walled = [links[place] for place in places if asked[links[place]]]
        assert all(asked[link] == 1 for link in walled), "a walled link is asked for once a night at the most"
        assert not [event for event in world.events if isinstance(event, Walled)], "the address never walls"
        most_walls = max(most_walls, len(walled))
        assert len(world.article_folders()) > before, f"night {night} archived nothing"
        if len(world.article_folders()) == LINKS - len(places):
            return night + 1, most_walls
    raise AssertionError("some links never get their turn")


@pytest.mark.slow
def test_links_that_wall_cost_the_others_no_night(tmp_path: Path, replica: Replica) -> None:
    without, _ = _archive(tmp_path / "none", replica, 0, "short")
    assert without == -(-LINKS // BUDGET)
    for share, kind in ((0.01, "bare"), (0.1, "bare"), (0.01, "short")):
        nights, walls = _archive(tmp_path / f"{kind} {share}", replica, share, kind)
        print(f"{share:.0%} {kind}: {nights} nights, {without} without; at most {walls} walls in a night")
        assert abs(nights - without) <= 1
        assert walls <= 3
