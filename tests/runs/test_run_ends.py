"""A page that needs more than one request, in a run that ends between them: nothing was learnt about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.archive.state import write_budgets
from archiver.due.budget import Budget
from archiver.events import ArticleDone
from tests.builders import article, moved_page
from tests.replica import ArticleSpec, Replica
from tests.runs.support import NIGHT, run, whole
from tests.world import LONG, World


def shell(replica: Replica) -> str:
    """A page whose body only a second load, with its scripts, shows."""
    return replica.add_article(ArticleSpec("脚本", "<p>字</p>", late_body=True, weight=1))


def moved(replica: Replica) -> str:
    """A page that says where its article is now."""
    return replica.add_page("/s/" + "O" * 22, moved_page(replica.add_article(article("搬家", weight=1))))


@pytest.mark.parametrize(
    ("page", "engine"), [(shell, "browser"), (moved, "http"), pytest.param(moved, "browser", marks=pytest.mark.slow)]
)
def test_a_page_that_a_run_ends_in_waits_as_it_was(
    tmp_path: Path, replica: Replica, page: Callable[[Replica], str], engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archiver.fetch.browser.READY_SECONDS", LONG)
    world = World(tmp_path, replica, engine)
    world.configure(fetch={"jobs": 1})
    good, url = replica.add_article(article("好", weight=1)), page(replica)
    world.note("a.md", f"[x]({good}) [y]({url})")
    write_budgets(world.archive, {"": Budget(2)})
    assert run(world)[0] == 0
    assert [request.url for request in replica.article_requests] == [good, url]
    assert [event.url for event in world.events if isinstance(event, ArticleDone)] == [good]
    assert (world.links()[url]["status"], "attempts" in world.links()[url]) == ("pending", False)
    whole(world)
    replica.clear_requests()
    assert run(world, NIGHT + timedelta(days=1))[0] == 0
    assert (len(replica.article_requests), len(world.articles())) == (2, 2)
    assert world.links()[url]["status"] == "archived"


def test_a_page_that_failed_before_is_not_worse_for_it(world: World) -> None:
    url = moved(world.replica)
    world.note("a.md", f"[x]({url})")
    world.replica.fault(url, "status:404")
    assert run(world)[0] == 1
    before = world.links()[url]
    assert (before["status"], before["attempts"]) == ("failed", 1)
    world.replica.clear_faults()
    write_budgets(world.archive, {"": Budget(1)})
    assert run(world, NIGHT + timedelta(days=30))[0] == 0
    assert world.links()[url] == before
    # Three nights without a wall make the budget larger.
    for night in (31, 32, 33):
        assert run(world, NIGHT + timedelta(days=night))[0] == 0
    assert world.links()[url]["status"] == "archived"
