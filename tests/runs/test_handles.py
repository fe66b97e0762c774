"""A system that lets no more files be opened: one clear line, and no link is the worse for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from archiver.errors import NoHandlesError
from tests import forkserver
from tests.builders import an_image, article
from tests.replica import Replica
from tests.world import World

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")


def sync(world: World, handles: int) -> subprocess.CompletedProcess[str]:
    """`archiver sync` of a shell that allows so many files."""
    command = f"ulimit -n {handles} && exec {sys.executable} -m archiver sync"
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=world.root, env=forkserver.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip


def is_clear(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether a run ended with the one line that says what is wrong."""
    said = [line for line in done.stderr.strip().splitlines() if "running as root" not in line]
    others = [line for line in said[:-1] if line.startswith(("archiver:", "Traceback", "failed")) or "WARNING" in line]
    return (done.returncode, said[-1], others) == (1, f"archiver: {NoHandlesError()}", [])


def filled(world: World) -> list[str]:
    urls = [world.replica.add_article(article(f"第{n}篇", an_image(f"{n}"), weight=1)) for n in range(6)]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    return urls


def test_plain_http(world: World) -> None:
    """With ever more of them the run comes further, and at last through."""
    urls = filled(world)
    few = []
    for handles in (7, 8, 9, 10, 14, 20, 40, 80):
        done = sync(world, handles)
        if done.returncode == 0:
            break
        assert is_clear(done), done.stderr
        assert '"failed"' not in "".join(file.read_text("utf-8") for file in world.archive.glob("links.jsonl"))
        few.append(handles)
    assert few
    assert len(world.articles()) == len(urls)


def test_a_browser(tmp_path: Path, replica: Replica) -> None:
    """With a few dozen of them Chromium would crash, or never answer."""
    world = World(tmp_path, replica, "browser")
    urls = filled(world)
    assert is_clear(sync(world, 64))
    assert world.article_folders() == []
    done = sync(world, 1024)
    assert (done.returncode, len(world.articles())) == (0, len(urls)), done.stderr


def test_auto_does_not_take_it_for_a_missing_browser(tmp_path: Path, replica: Replica) -> None:
    world = World(tmp_path, replica, "auto")
    filled(world)
    assert is_clear(sync(world, 64))
    assert replica.article_requests == []
