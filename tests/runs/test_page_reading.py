"""Pages are read in processes of their own where they come fast: what comes of it is the same, and none is left."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archiver.archive import derived
from archiver.archive.captures import PackedCapture, packed
from archiver.archive.derived import Draft, make
from archiver.archive.record import StoredFiles, make_record
from archiver.dom.parse import MAX_ELEMENTS
from archiver.errors import PageError, TooComplexError
from archiver.gathering import page_reading, workers
from archiver.gathering.page_reading import FEW, PageProcesses, read_here
from archiver.models import Article, Capture
from archiver.render import plain
from archiver.render.surroundings import Around, Neighbour
from tests.builders import an_image, article
from tests.conditions import until
from tests.forkserver import environment
from tests.page_copies import URL, page
from tests.processes import posix
from tests.render.samples import MOMENT
from tests.replica import Replica
from tests.world import World

Started = list[page_reading.Process]
WORDS = "<p>一句话，<strong>很短</strong>。</p><table><tr><td>格</td></tr></table>"


def capture(body: Any) -> Capture:
    return Capture(URL, URL, 200, body, MOMENT, "http")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """The processes that were started."""
    made: Started = []

    class Known(page_reading.Process):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

    monkeypatch.setattr(page_reading, "Process", Known)
    return made


def running(started: Started) -> list[int]:
    return [one.process.pid for one in started if one.process.poll() is None]


@pytest.fixture
def processes(started: Started) -> Iterator[PageProcesses]:
    made = PageProcesses(1, "full")
    yield made
    made.close()
    assert running(started) == []


def test_what_a_process_reads_and_packs_is_what_the_program_would(processes: PageProcesses, started: Started) -> None:
    given = capture(page(WORDS))
    assert started == []  # none before it is needed
    came, read = processes(given)
    assert read == read_here(given)[1]
    assert isinstance(read, Article)
    assert isinstance(came, PackedCapture)
    assert came.packed == packed(given, "full")
    assert packed(came, "full") is came.packed
    assert packed(came, "slim").files.keys() == {"capture.html.gz"}  # another mode is packed anew
    processes(given)
    assert len(started) == 1


def test_a_process_searches_for_circles_as_seldom_as_the_program() -> None:
    here = gc.get_threshold()
    gc.set_threshold(8191)
    try:
        process = page_reading.Process()
    finally:
        gc.set_threshold(*here)
    assert process._ask(gc.get_threshold)[0] == 8191
    process.end()


def test_a_refusal_is_not_packed(processes: PageProcesses) -> None:
    given = capture("<p>该内容已被发布者删除</p>".encode())
    came, read = processes(given)
    assert came is given
    assert read == read_here(given)[1]


def test_what_cannot_be_read_says_so_as_ever(processes: PageProcesses) -> None:
    with pytest.raises(TooComplexError, match="element"):
        processes(capture(page("<i></i>" * (MAX_ELEMENTS + 1))))
    assert isinstance(processes(capture(page(WORDS)))[1], Article)


def test_a_fault_arises_where_it_can_be_reported(processes: PageProcesses) -> None:
    with pytest.raises(AttributeError) as caught:
        processes(capture(7))
    assert any(entry.name == "read_page" for entry in caught.traceback)
    assert isinstance(processes(capture(page(WORDS)))[1], Article)


def draft(processes: PageProcesses) -> Draft:
    came, read = processes(capture(page(WORDS)))
    assert isinstance(read, Article)
    assert isinstance(came, PackedCapture)
    assert came.packed
    record = make_record(read, came, URL, StoredFiles([]))
    around = Around(older=Neighbour("articles/2022/03/other", "另一篇", "2022-03-01"))
    return Draft(record, read, {}, around, held=came.packed.held)


def test_what_a_process_makes_of_an_article_is_what_the_program_would(processes: PageProcesses) -> None:
    given = draft(processes)
    made = processes.make(given)
    assert made == make(given)
    assert made
    assert made.record.coverage
    assert made.text.startswith("一句话，很短。")


def test_what_cannot_be_made_in_a_process_is_tried_where_it_can_be_reported(processes: PageProcesses) -> None:
    given = draft(processes)
    broken = replace(given, article=replace(given.article, body=7))  # type: ignore[arg-type]
    assert processes.make(broken) is None
    assert processes.make(given)


@posix
def test_what_ends_its_process_twice_is_made_by_the_program(
    processes: PageProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Mortal(page_reading.Process):
        def make(self, draft: Draft) -> Any:
            self.process.kill()
            self.process.wait()
            return super().make(draft)

    given = draft(processes)
    processes.close()
    processes._free.put(None)
    with monkeypatch.context() as patched:
        patched.setattr(page_reading, "Process", Mortal)
        assert processes.make(given) is None
    assert processes.make(given)


@posix
def test_a_process_that_was_killed_is_replaced(processes: PageProcesses, started: Started) -> None:
    processes(capture(page(WORDS)))
    started[0].process.kill()
    assert isinstance(processes(capture(page(WORDS)))[1], Article)
    assert len(started) == 2


@posix
def test_a_page_that_ends_its_process_twice_is_given_up(
    processes: PageProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Mortal(page_reading.Process):
        def read(self, *asked: Any) -> Any:
            self.process.kill()
            self.process.wait()
            return super().read(*asked)

    with monkeypatch.context() as patched:
        patched.setattr(page_reading, "Process", Mortal)
        with pytest.raises(PageError, match="was ended, and so was another one"):
            processes(capture(page(WORDS)))
    assert isinstance(processes(capture(page(WORDS)))[1], Article)


def test_without_room_for_a_process_the_program_reads(
    processes: PageProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(page_reading, "Process", full)
    came, read = processes(capture(page(WORDS)))
    assert isinstance(read, Article)
    assert not isinstance(came, PackedCapture)


ORPHAN = """
import sys
from archiver.gathering import page_reading
from tests.page_copies import URL, page
from tests.render.samples import MOMENT
from tests.replica import Replica
from archiver.models import Capture
reading = page_reading.Process()
reading.read(Capture(URL, URL, 200, page("<p>字</p>"), MOMENT, "http"), "slim")
print(reading.process.pid, flush=True)
sys.stdin.read()
"""


@posix
def test_none_outlives_a_program_that_was_killed() -> None:
    command = [sys.executable, "-c", ORPHAN]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment()
    ) as program:
        assert program.stdout
        child = int(program.stdout.readline())
        program.kill()
        program.wait()
        until(lambda: not is_running(child))


def is_running(pid: int) -> bool:
    """A process that nobody has waited for has its number still, though it no longer runs."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat")
        return not status.is_file() or ") Z " not in status.read_text("utf-8", "replace")
    except OSError:
        return False


def write_note(world: World, count: int) -> None:
    specs = [article(f"第 {n} 篇", an_image(f"p{n}")) for n in range(count)]
    urls = [world.replica.add_article(spec) for spec in specs]
    world.note("a.md", "".join(f"- [{n}]({url})\n" for n, url in enumerate(urls)))


@pytest.fixture
def count_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The URLs of the pages that a process has read."""
    read: list[str] = []

    class Counting(PageProcesses):
        def __call__(self, capture: Capture) -> Any:
            read.append(capture.url)
            return super().__call__(capture)

    monkeypatch.setattr(workers, "PageProcesses", Counting)
    return read


@pytest.fixture
def count_made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What this process has made of articles: their files, and the texts to search."""
    made: list[str] = []

    def counting(module: Any, name: str) -> None:
        function = getattr(module, name)

        def counted(given: Any, *others: Any, **options: Any) -> Any:
            made.append(name)
            return function(given, *others, **options)

        monkeypatch.setattr(module, name, counted)

    counting(derived, "derive")
    counting(plain, "fragment_text")
    return made


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_night_is_the_same_however_its_pages_are_read(
    tmp_path: Path,
    replica: Replica,
    count_read: list[str],
    count_made: list[str],
    started: Started,
    monkeypatch: pytest.MonkeyPatch,
    jobs: int,
) -> None:
    trees = []
    for number in (1, 2):  # of processors
        monkeypatch.setattr(workers, "processors", lambda number=number: number)
        root = tmp_path / str(number)
        root.mkdir()
        world = World(root, replica)
        world.configure(fetch={"jobs": jobs})
        write_note(world, FEW + 1)
        assert world.sync(now=lambda: MOMENT).exit_code == 0
        assert len(count_read) == (0 if number == 1 else FEW + 1)
        assert count_made.count("derive") == count_made.count("fragment_text") == FEW + 1  # in the first run, by one
        assert running(started) == []
        trees.append({path: digest for path, (digest, _) in world.tree().items()})
    assert trees[0] == trees[1]
    assert sum(path.endswith("article.json") for path in trees[0]) == FEW + 1


@pytest.mark.parametrize(("pages", "interval"), [(FEW, 0), (FEW + 1, 1)])
def test_few_pages_and_slow_ones_need_no_process(
    world: World, count_read: list[str], monkeypatch: pytest.MonkeyPatch, pages: int, interval: float
) -> None:
    world.configure(fetch={"interval": interval})
    write_note(world, pages)
    monkeypatch.setattr(workers, "processors", lambda: 2)
    assert world.sync().articles["new"] == pages
    assert count_read == []
