"""Ctrl-C in a terminal, which goes to every process there: the browser's driver, too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archiver.fetch.find_browser import find_browser
from archiver.store.lock import archive_lock
from tests.builders import article
from tests.processes import descendants
from tests.replica import Replica
from tests.terminals import INTERRUPT, Terminal, terminal
from tests.world import World

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")
FINISHING = "archiver: finishing the article in hand; once more to end at once"
INTERRUPTED = "archiver: interrupted; the next run goes on from here"


def assert_orderly(shown: Terminal, said: str) -> None:
    assert shown.wait() == 130, shown.screen
    assert said in shown.screen
    assert not [word for word in ("Traceback", "does not start", "no usable") if word in shown.screen]


@pytest.mark.parametrize(
    ("engine", "started"),
    [
        ("auto", "run-driver"),
        pytest.param("browser", "run-driver", marks=pytest.mark.slow),
        pytest.param("browser", "--version", marks=pytest.mark.slow),
    ],
)
def test_while_the_browser_starts(tmp_path: Path, replica: Replica, engine: str, started: str) -> None:
    world = World(tmp_path, replica, engine)
    # It takes its time, so that the key is pressed before it has started.
    browser = tmp_path / "chromium"
    browser.write_text(f'#!/bin/sh\n[ "$1" = --version ] && sleep 1\nexec {find_browser()} "$@"\n')
    browser.chmod(0o755)
    world.configure(browser={"path": str(browser)})
    world.note("a.md", f"[x]({replica.add_article(article('一'))})")
    with terminal(world, "sync") as shown:
        shown.until(lambda: any(started in program for program in descendants(shown.pid).values()))
        shown.press(INTERRUPT)
        assert_orderly(shown, FINISHING)
    assert replica.article_requests == []


def test_while_a_page_loads(tmp_path: Path, replica: Replica) -> None:
    world = World(tmp_path, replica, "browser")
    urls = [replica.add_article(article(f"第{n}篇")) for n in range(2)]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    held = replica.fault(urls[0], "held")
    with terminal(world, "sync") as shown:
        shown.until(lambda: replica.article_requests)
        shown.press(INTERRUPT)
        shown.until(lambda: FINISHING in shown.shown)
        held.release()
        assert_orderly(shown, FINISHING)
    assert len(world.articles()) == 1


def test_while_it_waits_for_another_run(tmp_path: Path, replica: Replica) -> None:
    world = World(tmp_path, replica)
    world.note("a.md", f"[x]({replica.add_article(article('一'))})")
    world.archive.mkdir()
    with archive_lock(world.archive), terminal(world, "sync", "--wait") as shown:
        shown.until(lambda: "\x1b[?25l" in shown.shown)  # bars without a cursor
        shown.press(INTERRUPT)
        assert_orderly(shown, INTERRUPTED)
