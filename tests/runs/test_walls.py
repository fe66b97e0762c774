"""One wall never starves the rest: syncs against a WeChat that asks for verification at some links, or at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archiver.events import Summary, Walled
from archiver.gathering.link_log import NEEDS_SHORT_LINK
from tests.builders import article
from tests.world import Night, World, attention

NIGHT = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
BARE = "https://mp.weixin.qq.com/s?__biz=MzAxMDAwMDAwMQ==&mid=2650000001&idx=1&sn=0123456789abcdef0123456789abcdef"
MATCH = "mid=2650000001"


def _note(world: World, *links: str) -> None:
    world.note("a.md", "\n\n".join(f"[{number}]({link})" for number, link in enumerate(links)))


def _good(world: World, count: int) -> list[str]:
    return [world.replica.add_article(article(f"第{number}篇")) for number in range(count)]


def _sync(world: World, day: int, night: Night | None = None) -> Summary:
    return world.sync(timing=(night or Night()).timing, now=lambda: NIGHT + timedelta(days=day))


def _asked(world: World, url: str) -> int:
    return sum(request.url == url for request in world.replica.article_requests)


@pytest.mark.parametrize("engine", ["http", pytest.param("browser", id="browser")])
def test_one_walled_link_keeps_no_other_from_being_archived(world: World, engine: str) -> None:
    world.configure(fetch={"engine": engine, "interval": 5})
    good = _good(world, 4)
    world.replica.fault(MATCH, "wall")
    _note(world, BARE, *good)
    night = Night()
    summary = _sync(world, 0, night)
    assert summary.articles["new"] == 4
    assert summary.exit_code == 1
    assert _asked(world, BARE) == 1
    assert not [event for event in world.events if isinstance(event, Walled)]
    line = world.links()[BARE]
    assert (line["status"], line["walls"], line["reason"]) == ("wall", 1, NEEDS_SHORT_LINK)


def test_after_a_wall_everybody_rests_and_one_link_that_never_walled_is_asked(world: World) -> None:
    world.configure(fetch={"interval": 5, "jitter": 0, "jobs": 2})
    good = _good(world, 3)
    world.replica.fault(good[0], "wall")
    _note(world, *good)
    night = Night()
    summary = _sync(world, 0, night)
    assert summary.articles["new"] == 2
    assert night.seconds >= 60 + 5
    assert [request.url for request in world.replica.requests if request.url in good] == good


def test_a_wall_of_the_address_ends_the_run_with_its_second_request(world: World) -> None:
    good = _good(world, 5)
    world.replica.wall_after(2)
    _note(world, *good)
    summary = _sync(world, 0)
    assert summary.exit_code == 3
    assert summary.articles["new"] == 2
    assert sum(_asked(world, link) for link in good) == 4
    assert sum(isinstance(event, Walled) for event in world.events) == 1
    assert {line.get("walls", 0) for line in world.links().values()} == {0}


def test_a_link_that_walls_is_settled_after_three_runs_with_its_cure(world: World) -> None:
    world.replica.fault(MATCH, "wall")
    asked, codes = [], []
    for day in range(12):
        _note(world, BARE, *(world.replica.add_article(article(f"{day}-{number}")) for number in range(2)))
        before = _asked(world, BARE)
        summary = _sync(world, day)
        if _asked(world, BARE) > before:
            asked.append(day)
            codes.append(summary.exit_code)
            last = summary
    assert asked == [0, 1, 3]  # each time later
    assert codes == [1, 1, 0]
    assert [line for line in attention(last) if "a.md:1" in line and NEEDS_SHORT_LINK in line]
    assert _sync(world, 40).exit_code == 0
    assert _asked(world, BARE) == 4  # once a month
    assert _sync(world, 41).exit_code == 0
    assert _asked(world, BARE) == 4


def test_a_short_link_of_the_same_article_cures_it(world: World) -> None:
    made = replace(article("同一篇"), biz="MzAxMDAwMDAwMQ==", mid="2650000001", idx="1")
    link = world.replica.add_article(made)
    world.replica.fault(MATCH, "wall")
    _note(world, BARE, *_good(world, 1))
    assert _sync(world, 0).exit_code == 1
    _note(world, BARE, link)
    assert _sync(world, 1).exit_code == 0
    assert world.links()[BARE]["status"] == "archived"
    asked = _asked(world, BARE)
    assert asked <= 2  # one of them may have been under way when the article came
    assert _sync(world, 2).exit_code == 0
    assert _asked(world, BARE) == asked


@pytest.mark.parametrize("engine", ["http", "browser"])
@pytest.mark.parametrize("path", ["/mp/wappoc_appmsgcaptcha?poc_token=x", "/mp/verify?x=1"])
def test_a_redirect_to_a_verification_page_is_a_wall_and_is_not_followed(world: World, engine: str, path: str) -> None:
    world.configure(fetch={"engine": engine})
    good = _good(world, 2)
    world.replica.fault(MATCH, f"redirect:https://mp.weixin.qq.com{path}")
    _note(world, BARE, *good)
    assert _sync(world, 0).articles["new"] == 2
    assert world.links()[BARE]["status"] == "wall"
    assert not [request for request in world.replica.requests if request.path.startswith(path.partition("?")[0])]


def test_the_budget_learns_nothing_from_a_links_own_wall(world: World) -> None:
    world.replica.fault(MATCH, "wall")
    _note(world, BARE, *_good(world, 3))
    _sync(world, 0)
    budget = world.archive / "reports" / "pace.json"
    assert not budget.exists() or '"requests": 0' in budget.read_text()
