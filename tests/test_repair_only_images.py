"""`archiver repair` changes images and nothing else, and the nights behind it have nothing left to learn."""

from __future__ import annotations

import json

import pytest

from tests.builders import an_image, article
from tests.replica import ImageSpec
from tests.replica.images import image_bytes
from tests.world import World, broken

JPEG = image_bytes(ImageSpec("local/jpeg", 40, 30, "jpeg"))


@pytest.fixture
def world(world: World) -> World:
    """A folder with an image of a wrong name."""
    (world.notes / "w.png").write_bytes(JPEG)
    picture = an_image("remote")
    world.replica.add_image(picture.key, picture)
    return world


def changed(before: dict[str, tuple[str, int]], after: dict[str, tuple[str, int]]) -> set[str]:
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


def is_idle(world: World) -> bool:
    before = world.tree()
    world.replica.clear_requests()
    return (world.sync().exit_code, world.replica.requests, changed(before, world.tree())) == (0, [], set())


@pytest.mark.parametrize("tail", ["&chksm={}&scene=21#wechat_redirect", "&key=&uin=&scene=21", "&scene=27#rd", ""])
def test_a_mode_switch_after_a_repair_leaves_nothing_for_the_next_night(world: World, tail: str) -> None:
    spec = article("第一篇").with_ids()
    short = world.replica.add_article(spec)
    first = world.note("a.md", f"[x]({short})\n")
    assert world.sync().exit_code == 0
    text = f"[y]({spec.long_url}{tail.format('ab' * 40)})\n\n![]({an_image('remote').url}) ![](w.png)\n"
    note = world.note("b.md", text)
    assert world.cli("repair").returncode == 0
    assert note.read_text("utf-8").startswith(text.partition("\n")[0]), "the article's link is not repair's"
    assert note.read_text("utf-8").count("archive/images/") == 2
    world.configure(rewrite={"articles": "keep"})
    assert world.sync().exit_code == 0
    assert is_idle(world)
    assert first.read_text("utf-8") == f"[x]({short})\n"
    world.configure(rewrite={"articles": "replace"})
    assert world.sync().exit_code == 0
    assert broken(note) == []
    assert "weixin" not in note.read_text("utf-8")
    assert is_idle(world)
    assert world.cli("restore").returncode == 0
    assert note.read_text("utf-8") == text


@pytest.mark.parametrize("mode", ["replace", "append"])
@pytest.mark.parametrize("switched", ["replace", "append", "keep"])
def test_a_repair_leaves_articles_as_the_last_night_made_them(world: World, mode: str, switched: str) -> None:
    one, two = (world.replica.add_article(article(f"第{n}篇")) for n in (1, 2))
    links = f"[x]({one}) <{two}> [y][r] <a href='{two}'>z</a>\n\n[r]: {one}\n"
    world.configure(rewrite={"articles": mode})
    note = world.note("深/a.md", links)
    assert world.sync().exit_code == 0
    standing = note.read_text("utf-8")
    assert standing != links
    world.configure(rewrite={"articles": switched})
    # A link before and one behind those that were rewritten are for the next run.
    note.write_text(f"[new]({two}) {standing}\n[new]({one}) ![](../w.png)\n", "utf-8")
    for _ in range(2):
        planned = json.loads(world.cli("repair", "--dry-run", "--json").stdout.splitlines()[-1])
        assert world.cli("repair").returncode == 0
        text = note.read_text("utf-8")
        assert text.startswith(f"[new]({two}) {standing}\n[new]({one}) ![](../../archive/images/")
    assert planned["exit_code"] == 0
    assert world.sync().exit_code == 0
    assert is_idle(world)
    assert world.cli("restore").returncode == 0
    assert note.read_text("utf-8") == f"[new]({two}) {links}\n[new]({one}) ![](../w.png)\n"


def test_a_repair_in_a_note_that_it_need_not_touch_writes_nothing(world: World) -> None:
    url = world.replica.add_article(article("第一篇"))
    world.note("a.md", f"[x]({url})\n")
    assert world.sync().exit_code == 0
    world.configure(rewrite={"articles": "keep"})
    world.note("b.md", f"[x]({url})\n")
    tree = world.tree()
    assert world.cli("repair").returncode == 0
    assert {name for name in changed(tree, world.tree()) if name.startswith("notes/")} == set()
