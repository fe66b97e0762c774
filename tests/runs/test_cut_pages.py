"""What comes cut off, or not as it says, is no answer: it is tried again, and never settled as what it seems."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import an_image, article, img
from tests.fetch.support import both_engines
from tests.replica import Replica, State, state_page
from tests.runs.support import NIGHT, run, whole
from tests.world import World

FAULTS = [f"{how}:{name}" for how in ("cut", "label") for name in ("gzip", "br", "zstd")]
WHOLE = ["early-hints", *(f"encoded:{name}" for name in ("br", "zstd", "gzip", "deflate"))]


@pytest.mark.parametrize(("fault", "engine"), both_engines([*FAULTS, "truncated"], "cut:br"))
def test_pages_and_refusals(tmp_path: Path, replica: Replica, engine: str, fault: str) -> None:
    world = World(tmp_path, replica, engine)
    good = replica.add_article(article("好", weight=1))
    kept = replica.add_article(article("正文" * 500, weight=1))
    gone = replica.add_page("/s/" + "D" * 22, state_page(State.DELETED))
    wrong = replica.add_page("/s/" + "P" * 22, state_page(State.PARAMETER_ERROR))
    bad = [kept, gone, wrong]
    world.note("a.md", "\n".join(f"[x]({url})" for url in (*bad, good)))
    for url in bad:
        replica.fault(url, fault)
    code, _ = run(world)
    assert code == 1
    assert {world.links()[url]["status"] for url in bad} == {"failed"}
    assert all(
        "cut off" in world.links()[url]["reason"] or "not encoded" in world.links()[url]["reason"] for url in bad
    )
    assert [len([r for r in replica.article_requests if r.url == url]) for url in (*bad, good)] == [3, 3, 3, 1]
    replica.clear_faults()
    assert run(world, NIGHT + timedelta(days=1))[0] == 0
    assert [world.links()[url]["status"] for url in (*bad, good)] == ["archived", "deleted", "malformed", "archived"]
    whole(world)


@pytest.mark.parametrize("fault", FAULTS)
def test_images(world: World, fault: str) -> None:
    spec = an_image("shown")
    world.note("a.md", f"[x]({world.replica.add_article(article('图', spec, weight=1))})\n{img(spec)}")
    world.replica.fault(spec.key, fault)
    assert run(world)[0] == 1
    assert len([r for r in world.replica.image_requests if spec.key in r.path]) == 3
    world.replica.clear_faults()
    assert run(world, NIGHT + timedelta(days=1))[0] == 0
    whole(world)


@pytest.mark.parametrize(("fault", "engine"), both_engines(WHOLE, "early-hints", "encoded:zstd"))
def test_what_is_whole_all_the_same(tmp_path: Path, replica: Replica, engine: str, fault: str) -> None:
    """Early Hints before the answer, and every encoding that is offered."""
    world = World(tmp_path, replica, engine)
    spec = an_image("shown")
    url = replica.add_article(article("好", spec, weight=1))
    world.note("a.md", f"[x]({url})\n{img(spec)}")
    replica.fault("https://", fault)
    assert run(world)[0] == 0
    assert (len(world.articles()), len(replica.requests)) == (1, 2)
    whole(world)
