"""A catalogue that is lost, as in every fresh checkout, and a command that looks at no notes: its pages name them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.builders import article
from tests.replica import Replica
from tests.runs.killing import different, state
from tests.sampling import one_in
from tests.world import World

COMMANDS = {
    "reparse": ["reparse"],
    "build": ["build"],
    "add": ["add", "{third}"],
    "restore": ["restore", "{root}/notes/b.md"],
    "forget": ["forget", "--yes", "{first}"],
    "verify": ["verify", "--repair"],
}


@pytest.mark.parametrize("command", one_in(2, COMMANDS))
def test_pages_are_the_same_without_a_catalogue(tmp_path: Path, replica: Replica, command: str) -> None:
    (tmp_path / "had").mkdir()
    had = World(tmp_path / "had", replica)
    urls = [replica.add_article(article(title)) for title in ("一", "二", "三")]
    had.note("a.md", f"[x]({urls[0]}) [y]({urls[1]}) ★★★\n")
    had.note("b.md", f"[y]({urls[1]})\n")
    assert had.sync().exit_code == 0
    shutil.copytree(had.root, tmp_path / "lost")
    lost = World(tmp_path / "lost", replica)
    (lost.archive / "catalogue.db").unlink()
    (first,) = [record["id"] for record in had.articles() if record["title"] == "一"]
    for world in (had, lost):
        arguments = [each.format(first=first, third=urls[2], root=world.root) for each in COMMANDS[command]]
        done = world.cli(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "b.md" in (lost.archive / "site/notes.html").read_text("utf-8") or command == "restore"
    assert different(state(lost.root), state(had.root)) == {}
