"""Every command that deletes or takes back says before what it would do, changes nothing by that, and then does it."""

from __future__ import annotations

from typing import Any

import click
import pytest

from archiver.cli.app import app
from tests.builders import an_image, article
from tests.outputs import checked, run
from tests.world import World


def told(world: World, name: str, *arguments: str) -> dict[str, Any]:
    """What a command says that it did, or would do."""
    done = run(world.root, name, "--json", *arguments)
    assert checked(name, done) == ["#/$defs/line"]
    return {member: value for member, value in done.lines[0].items() if member not in ("dry_run", "deleted")}


def told_before(world: World, name: str, *arguments: str) -> dict[str, Any]:
    """What it says that it would do, which changes nothing."""
    before = world.tree(with_machine_state=True)
    found = told(world, name, "--dry-run", *arguments)
    assert run(world.root, name, "--dry-run", *arguments).code == 0
    assert world.tree(with_machine_state=True) == before
    return found


@pytest.fixture
def filled(world: World) -> World:
    """Three articles: each shows an image of its own, the first two one more, and all of them one that a note shows."""
    both, noted = an_image("both"), an_image("noted")
    shown = [(an_image(f"own{n}"), noted, *([both] if n < 2 else [])) for n in range(3)]
    urls = [world.replica.add_article(article(f"第{n}篇", *images)) for n, images in enumerate(shown)]
    world.note("a.md", "\n".join(f"[{n}]({url})" for n, url in enumerate(urls)))
    world.note("b.md", f"[again]({urls[0]})\n\n![]({noted.url})")
    assert world.sync().exit_code == 0
    return world


def test_commands_that_delete_have_a_dry_run() -> None:
    commands = [app.commands[name] for name in ("sync", "repair", "restore", "forget", "gc", "build")]
    for command in commands:
        assert any("--dry-run" in param.opts for param in command.params if isinstance(param, click.Option)), command


@pytest.mark.parametrize("count", [1, 2, 3])
def test_forget(filled: World, count: int) -> None:
    ids = [record["id"] for record in sorted(filled.articles(), key=lambda record: record["title"])][:count]
    expected = told_before(filled, "forget", *ids, ids[0])
    images = {1: 1, 2: 3, 3: 4}[count]  # the one that both show goes with the second
    assert sum(len(item["files"]) for item in expected["articles"]) == images
    assert expected["notes"] == ["a.md", "b.md"]
    assert told(filled, "forget", "--yes", *ids) == expected
    assert {record["id"] for record in filled.articles()}.isdisjoint(ids)
    for item in expected["articles"]:
        assert not any((filled.archive / path).exists() for path in item["files"])
    assert run(filled.root, "verify").code == 0


def test_forget_touches_nothing_where_one_of_several_is_unknown(filled: World) -> None:
    before = filled.tree()
    done = run(filled.root, "forget", filled.articles()[0]["id"], "000000000000")
    assert done.code == 2
    assert {name: look for name, look in filled.tree().items() if "/catalogue" not in name} == before


def test_restore(filled: World) -> None:
    note = filled.notes / "a.md"
    note.write_text(note.read_text("utf-8").replace("[0]", "[zero]"), "utf-8")
    filled.note("c.md", f"[x](../archive/{filled.articles()[0]['cover'] or 'README.md'})")
    expected = told_before(filled, "restore")
    assert [(item["path"], item["links"]) for item in expected["notes"]] == [("a.md", 3), ("b.md", 2)]
    assert told(filled, "restore") == expected
    assert "weixin" in note.read_text("utf-8")


def test_gc(filled: World) -> None:
    (filled.archive / "images/ff").mkdir(exist_ok=True)
    garbage = filled.archive / f"images/ff/{'f' * 64}.png"
    garbage.write_bytes(b"nobody's")
    expected = told_before(filled, "gc", "--delete")
    assert [item["code"] for item in expected["files"]] == ["unused"]
    assert told(filled, "gc") == expected
    assert garbage.exists()
    assert told(filled, "gc", "--delete") == expected
    assert not garbage.exists()


def test_build(filled: World) -> None:
    nothing = {"written": 0, "removed": 0}
    assert told_before(filled, "build").items() >= nothing.items()
    (filled.archive / "site/search.html").unlink()
    (filled.archive / "site/month").mkdir(exist_ok=True)
    (filled.archive / "site/month/1999-01.html").write_bytes(b"<script src=reader.js> of what is no longer there")
    expected = told_before(filled, "build")
    assert (expected["written"], expected["removed"]) == (1, 1)
    assert told(filled, "build") == expected
    assert told_before(filled, "build").items() >= nothing.items()
