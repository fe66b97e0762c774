"""Where no file is a note: a success only where the archive never had to do with notes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders import an_image, article
from tests.forkserver import run_fresh
from tests.world import World, last_line

NONE = "matches [notes] include (**/*.txt)"
HUGO = 'baseURL = "https://example.org/"\n[params]\n  x = 1\n'


def without(world: World) -> None:
    world.configure(notes={"include": ["**/*.txt"]})


def test_nothing_at_all_is_wrong_usage(world: World) -> None:
    world.note("a.md", "[x](https://mp.weixin.qq.com/s/NNNNNNNNNNNNNNNNNNNNNN)")
    without(world)
    for command in (["sync"], ["sync", "--dry-run"], ["sync", "--json"], ["repair"]):
        done = world.cli(*command)
        assert (done.returncode, NONE in done.stderr) == (2, True), command
    assert last_line(world.cli("sync", "--json").stdout)["error"] == "config"
    done = world.cli("status")
    assert (done.returncode, NONE in done.stdout) == (0, True)
    assert world.replica.requests == []


def test_no_archive_is_made_where_there_is_nothing_at_all(world: World) -> None:
    assert world.cli("sync").returncode == 2
    assert not world.archive.exists()


@pytest.mark.parametrize("lost", ["links.jsonl", "journal.jsonl"])
def test_an_archive_that_knows_of_notes_is_no_success(world: World, lost: str) -> None:
    note = world.note("a.md", f"[x]({world.replica.add_article(article('一篇'))})")
    assert world.sync().exit_code == 0
    (world.archive / lost).unlink()
    rewritten = note.read_bytes()
    without(world)
    done = world.cli("sync")
    assert done.returncode == 1
    assert NONE in done.stdout
    assert "the archive knows of notes" in (world.archive / "reports/last.md").read_text("utf-8").replace("\\", "")
    dry = world.cli("sync", "--dry-run", "--json")
    assert (dry.returncode, last_line(dry.stdout)["exit_code"]) == (1, 1)
    assert note.read_bytes() == rewritten
    world.configure(notes={"include": ["**/*.md"]})
    assert world.sync().exit_code == 0
    assert note.read_bytes() == rewritten


def test_an_archive_made_by_add_alone_needs_no_notes(world: World) -> None:
    first, second = (world.replica.add_article(article(title, an_image(title))) for title in "一二")
    image = an_image("lost for now")
    world.replica.fault(image.url, "status:404")
    assert world.cli("add", first, second).returncode == 0
    assert world.cli("add", image.url).returncode == 1
    assert world.cli("add", f"{second}?from=x", second).returncode == 0  # known already
    world.replica.clear_faults()
    done = world.cli("sync")
    assert (done.returncode, "only what `archiver add` was given" in done.stdout) == (0, True), done.stdout
    assert world.links()[image.url]["status"] == "archived"
    assert world.cli("forget", "--yes", first).returncode == 0
    assert world.cli("sync").returncode == 0


def test_init_leaves_the_config_of_another_program(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(HUGO)
    done = run_fresh(["init"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Wrote archiver.toml" in done.stdout
    assert "no file in" in done.stdout
    assert (tmp_path / "config.toml").read_text() == HUGO
    again = run_fresh(["init"], tmp_path)
    assert "archiver.toml exists already" in again.stdout
    (tmp_path / "a.md").write_text("none")
    status = run_fresh(["status", "--json"], tmp_path)
    assert json.loads(status.stdout)["attention"] == []
