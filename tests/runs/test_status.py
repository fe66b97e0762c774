"""What `archiver status` says of the runs to come."""

from __future__ import annotations

import json
from datetime import timedelta

from archiver.archive.open_archive import view_archive
from archiver.due.mirrors import Mirrors
from archiver.gathering.incomplete import incomplete_articles
from archiver.tasks.status import NEXT_RUN, archive_status
from archiver.tasks.sync import Options
from tests.builders import an_image, article
from tests.runs.support import NIGHT
from tests.world import Night, World, sync


def night(world: World, days: int) -> int:
    moment = NIGHT + timedelta(days=days)
    return sync(world.config, Options(), lambda _: None, lambda: moment, timing=Night().timing).exit_code


def retries(world: World, days: int) -> dict[str, int]:
    now = NIGHT + timedelta(days=days, hours=1)
    with view_archive(world.archive) as archive:
        incomplete = incomplete_articles(archive, Mirrors(), now)
        return archive_status(archive.links, world.archive, now, len(incomplete)).retries


def test_the_next_try_of_partial_articles(world: World) -> None:
    lost = an_image("lost")
    url = world.replica.add_article(article("缺图", lost))
    world.replica.fault(lost.key, "status:500")
    world.note("a.md", f"[x]({url})")
    assert night(world, 0) == 1
    assert retries(world, 0) == {NEXT_RUN: 1}
    night(world, 1)
    night(world, 2)
    (day,) = retries(world, 2)
    assert day == json.loads((world.archive / "links.jsonl").read_text("utf-8"))["next"][:10]
    world.replica.clear_faults()
    night(world, 9)
    assert retries(world, 9) == {}


def test_the_last_wall_counts(world: World) -> None:
    url = world.replica.add_article(article("墙"))
    world.note("a.md", f"[x]({url})")
    world.replica.fault(url, "wall")
    for days in (0, 1):
        assert night(world, days) == 3
        with view_archive(world.archive) as archive:
            found = archive_status(archive.links, world.archive, NIGHT + timedelta(days=days))
        assert found.walls == 1
        assert found.walled_at[:10] == f"2026-03-0{1 + days}"
