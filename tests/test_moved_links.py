"""A rewritten link that the user takes into another note goes on like every other, and its URL is never lost."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.replica import ArticleSpec
from tests.world import World, broken, destinations

MODES = ("replace", "append", "keep")


def article(world: World, title: str) -> str:
    return world.replica.add_article(ArticleSpec(title=title, account="测试号", body=f"<p>{title}。</p>"))


def texts(world: World) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(world.notes.glob("*.md"))}


def look(world: World, mode: str) -> dict[str, str]:
    """The notes after a run in that mode; the next has nothing to do."""
    world.configure(rewrite={"articles": mode})
    assert world.sync().exit_code == 0
    made = texts(world)
    tree = world.tree()
    world.sync()
    assert world.tree() == tree
    return made


@pytest.mark.parametrize("others", [("a.md",), ("z.md",), ("a.md", "z.md")])
def test_it_follows_every_mode_and_comes_back(world: World, others: tuple[str, ...]) -> None:
    """The notes of the others are rewritten before and after the one that it came from."""
    one, two, three = (article(world, title) for title in "一二三")
    moved = f"[b]({two}#rd) {two} <{one}>\n"
    source = world.note("m.md", f"[a]({one})\n\n{moved}")
    for name in others:
        world.note(name, f"[c]({three})\n\n")
    world.sync()
    first, paragraph = source.read_text("utf-8").split("\n\n")
    source.write_text(f"{first}\n", "utf-8")
    for name in others:
        (world.notes / name).write_text((world.notes / name).read_text("utf-8") + paragraph, "utf-8")
    originals = {"m.md": f"[a]({one})\n"} | dict.fromkeys(others, f"[c]({three})\n\n{moved}")
    for mode in ("append", "replace", "keep", "replace"):
        made = look(world, mode)
        assert {name: text.count("article.md") for name, text in made.items()} == {
            name: 0 if mode == "keep" else text.count("http") for name, text in originals.items()
        }, mode
        assert all(broken(world.notes / name) == [] for name in made)
    done = world.cli("restore")
    assert (done.returncode, texts(world)) == (0, originals), done.stdout


def test_it_is_known_after_many_runs_in_which_it_stood_nowhere(world: World) -> None:
    """Cut, and pasted days later: into the same note, another one, and a new one."""
    one, two = article(world, "一"), article(world, "二")
    note = world.note("m.md", f"[a]({one})\n\n[b]({two}#rd)\n")
    world.sync()
    kept, cut = note.read_text("utf-8").split("\n\n")
    note.write_text(f"{kept}\n", "utf-8")
    for mode in ("append", "keep", "replace"):
        look(world, mode)
    note.write_text(f"{note.read_text('utf-8')}\n{cut}", "utf-8")
    world.note("n.md", cut)
    assert world.cli("restore").returncode == 0
    assert texts(world) == {"m.md": f"[a]({one})\n\n[b]({two}#rd)\n", "n.md": f"[b]({two}#rd)\n"}


@pytest.mark.parametrize("then", ["restored", "deleted"])
def test_it_is_known_when_the_note_it_came_from_is_no_more(world: World, then: str) -> None:
    url = article(world, "一")
    source = world.note("m.md", f"# M\n\n[b]({url}#rd)\n")
    world.sync()
    paragraph = source.read_text("utf-8").split("\n\n")[1]
    if then == "restored":
        assert world.cli("restore", str(source)).returncode == 0
    else:
        source.unlink()
    other = world.note("z.md", f"# A note of its own\n\nwith text\n\n{paragraph}")
    assert look(world, "append")["z.md"].count("article.md") == 1
    assert f"[b]({url}#rd) ([archived](" in other.read_text("utf-8")
    assert world.cli("restore", str(other)).returncode == 0
    assert other.read_text("utf-8").endswith(f"\n\n[b]({url}#rd)\n")


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("mode", MODES)
def test_an_edited_conflict_copy_is_no_place_to_lose_a_link(world: World, mode: str, at_once: bool) -> None:
    """What a sync service puts beside a note: its text of before, edited on another machine; at once, or when the note
    itself has long gone on."""
    one, two = article(world, "一"), article(world, "二")
    before = f"# 标题\n\n[a]({one}#rd) and {two}\n"
    note = world.note("a.md", before)
    world.sync()
    old = note.read_text("utf-8")
    copy = world.notes / "a.sync-conflict-20261122-101112-ABCDEFG.md"
    if not at_once:
        look(world, mode)
    copy.write_text(f"{old}\nanother thought\n", "utf-8")
    made = look(world, mode)[copy.name]
    assert made.count("article.md") == {"replace": 2, "append": 2, "keep": 0}[mode]
    assert made.count("http") == {"replace": 1, "append": 2, "keep": 2}[mode]
    assert world.cli("restore").returncode == 0
    assert (note.read_text("utf-8"), copy.read_text("utf-8")) == (before, f"{before}\nanother thought\n")


def test_a_link_of_the_users_own_to_a_copy_is_theirs_in_every_mode(world: World) -> None:
    """Another label, and the first one still stands: nobody moved it."""
    note = world.note("m.md", f"[a]({article(world, '一')})\n")
    world.sync()
    own = f"[mine]({destinations(note)[0]})\n"
    world.note("own.md", own)
    for mode in ("append", "replace", "keep", "replace"):
        assert look(world, mode)["own.md"] == own
    assert "look at own.md:1: leads to articles/" in world.cli("restore").stdout
    assert texts(world)["own.md"] == own


def test_a_restored_note_into_which_a_link_is_pasted_stays_as_the_user_has_it(world: World) -> None:
    one, two = article(world, "一"), article(world, "二")
    note, other = world.note("m.md", f"[a]({one})\n\n[b]({two})\n"), world.note("z.md", f"[c]({two})\n")
    world.sync()
    world.cli("restore", str(other))
    first, paragraph = note.read_text("utf-8").split("\n\n")
    note.write_text(first, "utf-8")
    other.write_text(f"[c]({two})\n\n{paragraph}", "utf-8")
    pasted = other.read_bytes()
    look(world, "append")
    assert other.read_bytes() == pasted
    assert world.cli("restore", str(other)).returncode == 0
    assert other.read_text("utf-8") == f"[c]({two})\n\n[b]({two})\n"


def test_two_spellings_that_moved_get_the_url_of_the_article_where_it_is_not_certain_which(world: World) -> None:
    spec = ArticleSpec(title="两种写法", account="测试号", body="<p>正文。</p>").with_ids()
    short = world.replica.add_article(spec)
    note = world.note("m.md", f"[a]({short}#rd)\n\n[b]({spec.long_url})\n")
    world.sync()
    paragraphs = note.read_text("utf-8").split("\n\n")
    note.unlink()
    other = world.note("z.md", f"{re.sub('^.a', '[new title', paragraphs[0])}\n")
    look(world, "append")
    assert world.cli("restore").returncode == 0
    assert other.read_text("utf-8") == f"[new title]({short})\n"


def test_a_dry_run_sees_the_same(world: World) -> None:
    url = article(world, "一")
    note = world.note("m.md", f"# M\n\n[b]({url}#rd)\n")
    world.sync()
    paragraph = note.read_text("utf-8").split("\n\n")[1]
    note.unlink()
    world.note("z.md", f"# A note of its own\n\nwith text\n\n{paragraph}")
    world.configure(rewrite={"articles": "append"})
    tree = world.tree(with_machine_state=True)
    shown = world.cli("sync", "--dry-run", "-v").stdout
    assert f"+[b]({url}#rd) ([archived](" in shown
    assert world.tree(with_machine_state=True) == tree


def test_a_folder_of_notes_that_is_copied_with_its_archive_is_restored_there(world: World, tmp_path: Path) -> None:
    url = article(world, "一")
    world.note("m.md", f"[b]({url}#rd)\n")
    world.sync()
    (tmp_path / "there").mkdir()
    there = World(tmp_path / "there", world.replica)
    shutil.copytree(world.notes, there.notes, dirs_exist_ok=True)
    shutil.copytree(world.archive, there.archive)
    assert there.cli("restore").returncode == 0
    assert texts(there) == {"m.md": f"[b]({url}#rd)\n"}
