"""To look at a collection costs little for each link, and no question to the index."""

from __future__ import annotations

import gc
import shutil
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from archiver.archive.boundary import Boundary, utc_now
from archiver.archive.context import Clock
from archiver.archive.known_articles import FEW, KnownArticles, known_folder
from archiver.due.page_queue import PageQueue
from archiver.due.policy import is_settled
from archiver.gathering.link_entries import enter_known_links
from archiver.models import Status, UrlKind
from archiver.notes.find import find
from archiver.rewriting.orphans import orphaned_links
from archiver.rewriting.planner import Planner
from archiver.rewriting.rewrites import Rewriting
from archiver.store.catalogue import Catalogue
from archiver.store.database import _Lazy
from archiver.store.guard import is_file_inside
from archiver.store.journal_lines import read_entry
from archiver.store.layout import CATALOGUE, REMEMBERED
from archiver.store.lines import FORGOTTEN, LinkEntry
from archiver.store.link_table import LinkTable
from archiver.store.notefiles import read_note
from archiver.store.same_article import _BY_IDS, _BY_URL
from archiver.store.snapshot import borrow
from archiver.tasks.run import due, finish, open_run, view_run
from archiver.tasks.status import read_status
from archiver.tasks.sync import Options, sync
from archiver.tasks.uncollected import uncollected
from tests.reader.library import Library, Made, save
from tests.replica import ArticleSpec, Replica
from tests.work import calls
from tests.world import World

TOMORROW = Clock(lambda: utc_now() + timedelta(days=1))  # what was written just now is old by then, and remembered
SHORT = "https://mp.weixin.qq.com/s/{:022}"


def collection(folder: Path, replica: Replica, links: int) -> World:
    """One of so many links, short and long, that wait; what a run finds out about its notes is remembered."""
    folder.mkdir()
    world = World(folder, replica)
    long = "https://mp.weixin.qq.com/s?__biz=MzAxMDAwMDAwMQ==&mid={}&idx=1&sn=abc"
    urls = [long.format(n) if n % 3 == 0 else SHORT.format(n) for n in range(links)]
    for n in range(0, links, 50):
        world.note(f"{n}.md", "\n".join(f"- [title]({url})" for url in urls[n : n + 50]))
    for _ in range(2):
        settle(world)
    return world


def settle(world: World) -> None:
    """A run that asks for nothing."""
    with open_run(world.config, clock=TOMORROW) as context:
        found = due(context)
        enter_known_links(context, found.scan.targets)
        finish(context, notes=Rewriting(found.scan.paths, memory=found.scan.memory))


def look(world: World) -> None:
    with view_run(world.config, clock=TOMORROW) as context:
        assert read_status(context).due


def test_more_links_are_no_more_questions_to_the_index(tmp_path: Path, replica: Replica) -> None:
    few, many = (collection(tmp_path / str(n), replica, n) for n in (2 * FEW, 8 * FEW))
    assert calls(lambda: look(many), _Lazy.execute) == calls(lambda: look(few), _Lazy.execute)


def test_a_look_asks_where_an_article_is_once_and_not_again(tmp_path: Path, replica: Replica) -> None:
    world = collection(tmp_path / "here", replica, 2 * FEW)
    settled, asked = [1, 0], [1, 2 * FEW]
    assert calls(lambda: look(world), KnownArticles.__init__, known_folder) == settled
    with open_run(world.config, clock=TOMORROW) as context:  # by which a link may lead elsewhere
        gone = "articles/2020/01/2020-01-01-gone-000000000000"
        context.archive.put_links(LinkEntry(SHORT.format(0), UrlKind.ARTICLE, Status.REFUSED, FORGOTTEN, target=gone))
    assert calls(lambda: look(world), KnownArticles.__init__, known_folder) == asked
    settle(world)
    assert calls(lambda: look(world), KnownArticles.__init__, known_folder) == settled


def test_an_article_that_is_gone_is_missed_where_all_was_settled(tmp_path: Path, replica: Replica) -> None:
    world = collection(tmp_path / "here", replica, 2 * FEW)
    url = replica.add_article(ArticleSpec("here", "<p>字</p>"))
    world.note("it.md", f"[it]({url})")
    with open_run(world.config, clock=TOMORROW) as context:
        sync(context, Options(limit=1))
    for _ in range(2):
        settle(world)
    (record,) = world.archive.glob("articles/*/*/*/article.json")
    with view_run(world.config, clock=TOMORROW) as context:
        assert url not in {target.url for target in due(context).pages}
    shutil.rmtree(record.parent)
    with view_run(world.config, clock=TOMORROW) as context:
        assert url in {target.url for target in due(context).pages}


def test_a_link_is_thought_of_once_where_it_waits_as_others_do(tmp_path: Path, replica: Replica) -> None:
    few, many = (collection(tmp_path / str(n), replica, n) for n in (2 * FEW, 4 * FEW))
    said = [calls(lambda: look(world), is_settled, LinkTable.get) for world in (few, many)]  # noqa: B023
    assert [more - less for less, more in zip(*said, strict=True)] == [2 * FEW, 2 * FEW], "when it is found to be due"


def test_lost_articles_are_sought_among_links_that_lead_to_one(tmp_path: Path, replica: Replica) -> None:
    path = collection(tmp_path / "here", replica, 10).archive / CATALOGUE
    said: list[str] = []
    with Catalogue(path) as catalogue:
        catalogue.db.conn.set_trace_callback(said.append)
        assert catalogue.lost_articles() == {}
        catalogue.db.conn.set_trace_callback(None)
        plan = [line for *_, line in catalogue.db.execute(f"explain query plan {said[0]}")]
    assert not [line for line in plan if line.startswith("SCAN")], plan


def test_a_look_asks_the_disk_of_no_article_by_itself(tmp_path: Path) -> None:
    library = Library(tmp_path)
    made = [Made(title) for title in ("一", "二", "三")]
    with library.open() as archive:
        folders = [save(archive, item) for item in made]
    urls = [item.url for item in made]
    with view_run(library.config) as context:
        known = KnownArticles(context.archive)
        assert calls(lambda: [known.folder(url) for url in urls], is_file_inside) == [0]
        assert None not in map(known.folder, urls)
    shutil.rmtree(library.archive / folders[0])
    with view_run(library.config) as context:
        found = [KnownArticles(context.archive).folder(url) for url in urls]
        assert [folder is None for folder in found] == [True, False, False]


def test_an_index_is_taken_over_without_a_look_at_its_rows(tmp_path: Path, replica: Replica) -> None:
    path = collection(tmp_path / "here", replica, 10).archive / CATALOGUE
    said: list[str] = []
    with Catalogue(None, like=path) as catalogue:
        catalogue.db.conn.set_trace_callback(said.append)
        borrow(catalogue, path, articles=True)
        taken = [line.split(" select ")[1] for line in said if line.startswith("insert")]
        assert len(taken) == 9
        assert all(line.startswith("* from lender.") for line in taken)
        assert len(catalogue.note_digests()) == 1


def test_what_is_asked_of_a_status_is_found_out_once() -> None:
    words = [getattr(Status, name) for name in vars(Status) if name.startswith(("is_", "may_", "needs_"))]
    assert len(words) == 9
    assert all(isinstance(word, cached_property) for word in words)


def test_links_that_wait_are_not_entered_again(tmp_path: Path, replica: Replica) -> None:
    few, many = (collection(tmp_path / str(n), replica, n) for n in (2 * FEW, 8 * FEW))
    assert entering(many) == entering(few)


def entering(world: World) -> list[int]:
    with open_run(world.config, clock=TOMORROW) as context:
        targets = due(context).scan.targets
        assert targets
        return calls(lambda: enter_known_links(context, targets), _Lazy.execute, Boundary.item, Boundary.deferring)


def test_a_page_is_looked_for_by_its_ids_without_a_look_at_all(tmp_path: Path, replica: Replica) -> None:
    world = collection(tmp_path / "here", replica, 1)
    with open_run(world.config) as context:
        db = context.archive.catalogue.db
        for sql in (_BY_IDS, _BY_URL):
            plan = db.execute(f"explain query plan {sql}", ["1"] * sql.count("?")).fetchall()
            assert not [line for *_, line in plan if line.startswith("SCAN")]


def test_a_night_leaves_nothing_to_find_out(world: World) -> None:
    short = world.replica.add_article(ArticleSpec("one", "<p>字</p>"))
    two = ArticleSpec("two", "<p>字</p>", biz="MzAxMDAwMDAwMQ==", mid="2650012345", idx="1", sn="0" * 32)
    long = world.replica.add_article(two)
    world.note("a.md", f"[one]({short})")
    world.note("b.md", f"[two]({long}) and [one]({short})")
    with open_run(world.config, clock=TOMORROW) as context:
        assert calls(lambda: sync(context, Options()), PageQueue.drop, LinkTable.__init__) == [0, 0]
    assert "archive/articles" in (world.notes / "b.md").read_text()
    read = calls(lambda: look_idle(world), read_note, find, Planner.plan_bytes, orphaned_links, read_entry)
    assert read == [0] * 5


def look_idle(world: World) -> None:
    with view_run(world.config, clock=TOMORROW) as context:
        assert not read_status(context).due


def test_nothing_is_made_in_circles(tmp_path: Path, replica: Replica) -> None:
    few, many = (collection(tmp_path / str(n), replica, n) for n in (100, 400))
    # What is loaded late, and the threads of the web, let go of some dozens now and then: 300 links more are not those.
    least = [min(circles(world) for _ in range(3)) for world in (few, many)]
    assert least[1] - least[0] < 100, "the collector may rest"


def circles(world: World) -> int:
    """How many objects that a look lets go of only the collector would free."""
    (world.archive / REMEMBERED).unlink(missing_ok=True)  # so that all notes are read
    look(world)  # what is made once for all
    gc.collect()
    with uncollected(), view_run(world.config, clock=TOMORROW) as context:
        found = read_status(context)
        assert found.due
        return gc.collect()
