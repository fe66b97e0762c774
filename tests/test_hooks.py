"""[hooks] after_article: a program hears of every new article, and whatever it does, the run goes on."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from archiver.events import Summary
from archiver.models.hooks import HookFailed, HooksLeft, HookTrouble
from archiver.schemas.exchange import exchange_schema
from tests.builders import titled
from tests.conditions import until
from tests.outputs import problems
from tests.world import World, attention

HEAR = """
import os, sys
open('../heard', 'a', encoding='utf-8').write(os.environ['ARCHIVER_ARCHIVE'] + '\\t' + sys.stdin.read())
"""
LEAVE_A_CHILD = """
import pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3600)'])
pathlib.Path('../child').write_text(str(child.pid))
time.sleep(3600)
"""


def _links(world: World, *titles: str) -> str:
    return "".join(f"* [x]({world.replica.add_article(titled(title))})\n" for title in titles)


def _failures(summary: Summary) -> list[HookFailed | HooksLeft]:
    return [item for item in summary.attention if isinstance(item, HookFailed | HooksLeft)]


def test_it_hears_of_new_articles_once(world: World) -> None:
    world.configure(hooks={"after_article": [sys.executable, "-c", HEAR]})
    note = world.note("a.md", _links(world, "一；$(touch x) `id`", "二") + "* ![p](https://mmbiz.qpic.cn/a.png)\n")
    summary = world.sync()
    assert summary.hooks == {"run": 2, "failed": 0, "left": 0}
    lines = (world.root / "heard").read_text("utf-8").splitlines()
    places, given = zip(*(line.split("\t") for line in lines), strict=True)
    assert set(places) == {str(world.archive)}
    articles = list(map(json.loads, given))
    assert [problems(exchange_schema("article"), article) for article in articles] == [[], []]
    assert sorted(article["title"] for article in articles) == ["一；$(touch x) `id`", "二"]
    assert all((world.archive / article["markdown"]).is_file() for article in articles)
    assert articles[0]["notes"] == ["a.md"]
    note.write_bytes(note.read_bytes() + b"more\n")
    assert world.sync().hooks == {}
    added = world.cli("add", world.replica.add_article(titled("三")), "--json")
    assert added.returncode == 0, added.stderr
    assert json.loads(added.stdout.splitlines()[-1])["hooks"] == {"run": 1, "failed": 0, "left": 0}


def test_its_failure_is_named_and_fails_nothing(world: World) -> None:
    world.configure(hooks={"after_article": [sys.executable, "-c", "import sys; sys.exit('no \\x1b[31mroom')"]})
    world.note("a.md", _links(world, *"一二三四五"))
    summary = world.sync()
    assert summary.exit_code == 0
    assert summary.hooks == {"run": 3, "failed": 3, "left": 2}
    assert [type(item) for item in _failures(summary)] == [HookFailed] * 3 + [HooksLeft]
    said = "\n".join(attention(summary))
    assert "it ended with exit code 1: no" in said
    assert "not run for 2 more articles" in said
    assert len(world.articles()) == 5
    assert (world.notes / "a.md").read_text("utf-8").count("archive/articles") == 5


@pytest.mark.parametrize("command", [["/nowhere/program"], ["nul\0"]])
def test_a_program_that_does_not_start_is_named(world: World, command: list[str]) -> None:
    world.configure(hooks={"after_article": command})
    world.note("a.md", _links(world, "一"))
    (failed,) = _failures(world.sync())
    assert isinstance(failed, HookFailed)
    assert failed.trouble is HookTrouble.NOT_STARTED
    assert failed.said.startswith(("program: No such file", "nul"))


@pytest.mark.skipif(os.name != "posix", reason="groups of processes are POSIX's")
def test_one_that_does_not_end_is_ended_with_what_it_started(world: World) -> None:
    world.configure(hooks={"after_article": [sys.executable, "-c", LEAVE_A_CHILD], "timeout": 5})
    world.note("a.md", _links(world, "一"))
    summary = world.sync()
    (failed,) = _failures(summary)
    assert isinstance(failed, HookFailed)
    assert (failed.trouble, failed.seconds) == (HookTrouble.TIMEOUT, 5)
    assert summary.exit_code == 0
    child = Path(f"/proc/{(world.root / 'child').read_text()}/stat")
    until(lambda: not child.exists() or child.read_text().rpartition(")")[2].split()[0] in "ZX")
