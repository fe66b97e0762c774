"""To look at a collection costs little for each link, and no question to the index."""

from __future__ import annotations

import gc
from datetime import timedelta
from pathlib import Path

from archiver.archive.boundary import utc_now
from archiver.archive.context import Clock
from archiver.archive.known_articles import FEW
from archiver.gathering.link_entries import enter_known_links
from archiver.rewriting.rewrites import Rewriting
from archiver.store.database import _Lazy
from archiver.store.layout import REMEMBERED
from archiver.tasks.run import due, finish, open_run, view_run
from archiver.tasks.status import read_status
from archiver.tasks.uncollected import uncollected
from tests.replica import Replica
from tests.work import calls
from tests.world import World

TOMORROW = Clock(lambda: utc_now() + timedelta(days=1))  # what was written just now is old by then, and remembered


def collection(folder: Path, replica: Replica, links: int) -> World:
    """One of so many links, short and long, that wait; what a run finds out about its notes is remembered."""
    folder.mkdir()
    world = World(folder, replica)
    long = "https://mp.weixin.qq.com/s?__biz=MzAxMDAwMDAwMQ==&mid={}&idx=1&sn=abc"
    urls = [long.format(n) if n % 3 == 0 else f"https://mp.weixin.qq.com/s/{n:022}" for n in range(links)]
    for n in range(0, links, 50):
        world.note(f"{n}.md", "\n".join(f"- [title]({url})" for url in urls[n : n + 50]))
    for _ in range(2):
        with open_run(world.config, clock=TOMORROW) as context:
            found = due(context)
            enter_known_links(context, found.scan.targets)
            finish(context, notes=Rewriting(found.scan.paths, memory=found.scan.memory))
    return world


def look(world: World) -> None:
    with view_run(world.config, clock=TOMORROW) as context:
        assert read_status(context).due


def test_more_links_are_no_more_questions_to_the_index(tmp_path: Path, replica: Replica) -> None:
    few, many = (collection(tmp_path / str(n), replica, n) for n in (2 * FEW, 8 * FEW))
    assert calls(lambda: look(many), _Lazy.execute) == calls(lambda: look(few), _Lazy.execute)


def test_nothing_is_made_in_circles(tmp_path: Path, replica: Replica) -> None:
    few, many = (collection(tmp_path / str(n), replica, n) for n in (100, 400))
    # What is loaded late, and the threads of the web, let go of some dozens now and then: 300 links more are not those.
    assert circles(many) - circles(few) < 100, "the collector may rest"


def circles(world: World) -> int:
    """How many objects that a look lets go of only the collector would free."""
    (world.archive / REMEMBERED).unlink()  # so that all notes are read
    look(world)  # what is made once for all
    gc.collect()
    with uncollected(), view_run(world.config, clock=TOMORROW) as context:
        found = read_status(context)
        assert found.due
        return gc.collect()
