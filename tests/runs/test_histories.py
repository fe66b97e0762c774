"""Any history of notes, runs, kills and regrets: a rule machine that compares with what no archiver would have touched.

Beside every note stands its source: what the note would say if it had never been rewritten. Whatever a user does, they
do to both, by lines, since a rewrite changes none. A history that once failed is kept below as a test of its own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from archiver.fixity.verify import verify
from archiver.tasks.forget import forget, plan_forgetting
from archiver.tasks.repair import repair
from archiver.tasks.restore import restore_notes
from archiver.tasks.run import open_run
from tests.builders import an_image, article
from tests.replica import Replica
from tests.runs.killing import Killer, start_killer
from tests.world import Night, World, broken, destinations, without_destinations

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the test forks, which this system cannot")

PATHS = ("a.md", "深/b.md", "深/更 深/c.md", "d/README.md")
ARTICLES = 4
MODES = st.fixed_dictionaries(
    {"articles": st.sampled_from(["replace", "append", "keep"]), "images": st.sampled_from(["replace", "keep"])}
)


@dataclass(frozen=True)
class Web:
    """What all histories share: the replica with its articles and images, and who kills runs."""

    replica: Replica
    killer: Killer
    lines: tuple[str, ...]  # of notes
    articles: tuple[str, ...]  # short URLs


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    shown = [an_image(f"shown {n}", width=40, height=30) for n in range(3)]
    inside = [an_image(f"inside {n}", width=40, height=30) for n in range(ARTICLES)]
    with Replica() as replica:
        urls = [replica.add_article(article(f"第{n}篇", image, shown[0], weight=1)) for n, image in enumerate(inside)]
        gone = "https://mp.weixin.qq.com/s/GGGGGGGGGGGGGGGGGGGGGG"
        replica.fault(gone, "deleted")
        lines = (
            "# 标题",
            "只有字。",
            "",
            f"看[甲]({urls[0]})和[乙](<{urls[1]}> '题')。",
            f"- [丙]({urls[2]})",
            f"裸 {urls[0]} 尾",
            f"<{urls[3]}>",
            f"![图]({shown[0].url}) 后",
            f'看 <img src="{shown[1].url}" style="zoom:50%"> 图',
            f"[![图]({shown[2].url})]({urls[1]})",
            f"[没了]({gone})",
            "[外](https://example.org/a?b=1) `" + urls[0] + "`",
        )
        yield Web(replica, start_killer(), lines, tuple(urls))


@pytest.fixture(autouse=True)
def no_walls(web: Web) -> None:
    """None is left up by a history before."""
    web.replica.clear_faults()


class Histories(RuleBasedStateMachine):
    """`sources` are the notes as they were without archiver."""

    web: Web  # set before a run

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        root = Path(self._stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        self.web.replica.clear_faults()
        self.web.replica.fault("GGGGGGGGGGGGGGGGGGGGGG", "deleted")
        self.world = World(root, self.web.replica)
        self.sources: dict[str, list[str]] = {}
        self.walls: set[str] = set()
        self.ran = False  # whether there is an archive
        self.mode: dict[str, str] = {"articles": "replace", "images": "replace"}

    def teardown(self) -> None:
        self._stack.close()

    # What users do to their notes.

    @initialize(given=st.data())
    def begin(self, given: st.DataObject) -> None:
        for path in PATHS[:2]:
            self.write(given, path)

    @rule(given=st.data(), path=st.sampled_from(PATHS))
    def write(self, given: st.DataObject, path: str) -> None:
        """A new note, or another one in the place of an old."""
        lines = given.draw(st.lists(st.sampled_from(self.web.lines), min_size=1, max_size=6))
        self.sources[path] = lines
        self._store(path, lines)

    @rule(given=st.data())
    def insert(self, given: st.DataObject) -> None:
        path, disk = self._pick(given)
        line = given.draw(st.sampled_from(self.web.lines))
        at = given.draw(st.integers(0, len(disk)))
        for lines in (self.sources[path], disk):
            lines.insert(at, line)
        self._store(path, disk)

    @rule(given=st.data())
    def cut(self, given: st.DataObject) -> None:
        path, disk = self._pick(given)
        at = given.draw(st.integers(0, len(disk) - 1))
        for lines in (self.sources[path], disk):
            del lines[at]
        self._store(path, disk)

    @rule(given=st.data())
    def move_line(self, given: st.DataObject) -> None:
        """Cut a line here and paste it there, as it stands."""
        path, disk = self._pick(given)
        there, others = self._pick(given)
        at = given.draw(st.integers(0, len(disk) - 1))
        if path == there:
            return
        self.sources[there].append(self.sources[path].pop(at))
        others.append(disk.pop(at))
        self._store(path, disk)
        self._store(there, others)

    @rule(given=st.data(), new=st.sampled_from(PATHS))
    def rename(self, given: st.DataObject, new: str) -> None:
        path, disk = self._pick(given)
        if new not in self.sources:
            self.sources[new] = self.sources.pop(path)
            (self.world.notes / path).unlink()
            self._store(new, disk)

    @rule(given=st.data())
    def delete(self, given: st.DataObject) -> None:
        path, _ = self._pick(given)
        if len(self.sources) > 1:
            del self.sources[path]
            (self.world.notes / path).unlink()

    # What happens to them.

    @rule(mode=MODES)
    def configure(self, mode: dict[str, str]) -> None:
        self.mode = mode
        self.world.configure(rewrite=mode)

    @rule(wall=st.sampled_from(range(ARTICLES)), up=st.booleans())
    def wall(self, wall: int, up: bool) -> None:
        """One article answers with a verification page, or does so no more."""
        url = self.web.articles[wall]
        self.web.replica.clear_faults(url)
        self.walls.discard(url)
        if up:
            self.web.replica.fault(url, "wall")
            self.walls.add(url)

    @rule()
    def run(self) -> None:
        summary = self.world.sync(timing=Night().timing)
        assert summary.exit_code in (0, 1, 3), self.world.events
        self.ran = True
        self._check()
        if not self.walls:  # one that walls may be asked once in each run
            before = self.world.tree()
            self.web.replica.clear_requests()
            self.world.sync(timing=Night().timing)
            assert self.web.replica.article_requests == []
            assert self.web.replica.image_requests == []
            assert self.world.tree() == before

    @rule(place=st.integers(1, 150), end=st.sampled_from(["kill", "torn", "interrupt", "error"]))
    def break_a_sync(self, place: int, end: str) -> None:
        """It ends at one of its effects: killed, in a power cut, by Ctrl-C, or since the disk is full."""
        self.web.killer.run(self.world.root, ["sync"], place, end)
        self.ran = self.ran or self.world.archive.is_dir()

    @precondition(lambda self: self.ran)
    @rule(
        command=st.sampled_from([["restore"], ["repair"], ["mend"]]),
        place=st.integers(1, 40),
        end=st.sampled_from(["kill", "torn", "interrupt", "error"]),
    )
    def break_another_command(self, command: list[str], place: int, end: str) -> None:
        self.web.killer.run(self.world.root, command, place, end)

    @precondition(lambda self: self.ran)
    @rule(
        article=st.sampled_from(range(ARTICLES)),
        place=st.integers(1, 60),
        end=st.sampled_from(["kill", "torn", "interrupt", "error"]),
    )
    def break_a_forget(self, article: int, place: int, end: str) -> None:
        """What was to be forgotten is gone after the next run."""
        self.web.killer.run(self.world.root, ["forget", self.web.articles[article]], place, end)

    @rule()
    def repair(self) -> None:
        with open_run(self.world.config) as context:
            repair(context)
        self.ran = True

    @precondition(lambda self: self.ran)
    @rule(article=st.sampled_from(range(ARTICLES)))
    def forget(self, article: int) -> None:
        url = self.web.articles[article]
        if not any(found["url"] == url for found in self.world.articles()):
            return
        with open_run(self.world.config) as context:
            forget(context, plan_forgetting(context, [url]))
        assert not any(found["url"] == url for found in self.world.articles())
        for path in self.sources:
            links = destinations(self.world.notes / path)
            assert not [link for link in links if article_folder(link) == f"第{article}篇"], path

    @precondition(lambda self: self.ran)
    @rule()
    def restore(self) -> None:
        with open_run(self.world.config) as context:
            restore_notes(context, [])
        for path, lines in self.sources.items():
            assert (self.world.notes / path).read_text("utf-8") == text_of(lines), path

    def _check(self) -> None:
        """What holds after every run."""
        assert [finding for finding in verify(self.world.config) if finding.damage] == []
        for path, lines in self.sources.items():
            note = self.world.notes / path
            assert broken(note) == [], path
            if self.mode["articles"] != "append":
                wanted = without_destinations(text_of(lines).encode())
                assert without_destinations(note.read_bytes()) == wanted, path

    def _pick(self, given: st.DataObject) -> tuple[str, list[str]]:
        """One of the notes, and its lines as they are on the disk."""
        path = given.draw(st.sampled_from(sorted(path for path, lines in self.sources.items() if lines) or ["a.md"]))
        if not self.sources.get(path):
            self.sources[path] = [self.web.lines[0]]
            self._store(path, self.sources[path])
        return path, (self.world.notes / path).read_text("utf-8").split("\n")[:-1]

    def _store(self, path: str, lines: list[str]) -> None:
        self.world.note(path, text_of(lines))


def text_of(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def article_folder(link: str) -> str:
    """The title in the path of a local copy."""
    parts = link.split("/")
    return parts[-2].split("-")[-2] if "articles" in parts and len(parts) > 2 else ""


def play(web: Web, **changes: Any) -> None:
    """Let the machine make histories."""
    machine = type("Bound", (Histories,), {"web": web})
    same = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
    run_state_machine_as_test(machine, settings=settings(**{**same, **changes}))


def test_a_sample_of_histories(web: Web) -> None:
    play(web, max_examples=5, stateful_step_count=10, derandomize=True, phases=[Phase.generate])


@pytest.mark.slow
def test_two_thousand_steps(web: Web) -> None:
    play(web, max_examples=50, stateful_step_count=40)


# Histories that once failed.


def test_a_killed_run_whose_link_is_gone_since(web: Web, tmp_path: Path) -> None:
    """The article has its line in links.jsonl all the same."""
    world = World(tmp_path, web.replica)
    note = world.note("a.md", f"[x]({web.articles[2]})\n")
    effects = web.killer.sync(tmp_path)["effects"]
    shutil.rmtree(world.archive)
    note.write_text(f"[x]({web.articles[2]})\n", "utf-8")
    wrote = max(n for n, effect in enumerate(effects, 1) if effect.endswith("/links.jsonl") and "open" in effect)
    assert web.killer.sync(tmp_path, wrote)["status"] == -9
    assert len(world.articles()) == 1
    note.write_text("x\n", "utf-8")
    world.sync()
    assert verify(world.config) == []
    assert web.articles[2] in world.links()


def test_repair_with_an_image_of_an_article(web: Web, world: World) -> None:
    """The image is here, and the note's address of it is entered."""
    world.note("a.md", f"[x]({web.articles[0]})\n")
    world.configure(network={"proxy": web.replica.proxy_url})
    world.sync()
    image = next(line for line in web.lines if line.startswith("![图]"))
    note = world.note("b.md", f"{image}\n")
    with open_run(world.config) as context:
        repair(context)
    assert "archive/images/" in note.read_text("utf-8")
    assert verify(world.config) == []


def test_forgetting_in_a_note_that_was_renamed_since(web: Web, world: World) -> None:
    """It gets its link back as it stood, and its other links lead on."""
    world.configure(network={"proxy": web.replica.proxy_url})
    text = f"裸 {web.articles[0]} 尾\n<{web.articles[3]}>\n"
    note = world.note("深/b.md", text)
    world.sync()
    moved = note.rename(world.notes / "a.md")
    with open_run(world.config) as context:
        forget(context, plan_forgetting(context, [web.articles[3]]))
    assert f"<{web.articles[3]}>" in moved.read_text("utf-8")
    assert "第0篇" in unquote(moved.read_text("utf-8"))
    assert broken(moved) == []
    with open_run(world.config) as context:
        restore_notes(context, [])
    assert moved.read_text("utf-8") == text
