"""What lies among the notes and is none: archives, old or copied, and what editors and trash cans put aside."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.builders import an_image, article
from tests.world import World, attention, broken

ASIDE = (
    *(".trash/x.md", ".obsidian/x.md", "深/.obsidian/plugins/x.md", "logseq/bak/pages/x.md", ".stversions/x.md"),
    *(".history/a_2026.md", "_trash/x.md", ".Trash-1000/files/x.md", ".#x.md", "._x.md", "~$x.md", "notes.bak/x.md"),
)


@pytest.fixture
def filled(world: World) -> World:
    """Two archived articles that a note links to."""
    world.configure(archive={"path": "notes/archive"}, notes={"root": "notes"})
    one, two = (world.replica.add_article(article(f"第{n}篇", an_image(f"k{n}"))) for n in (1, 2))
    world.note("a.md", f"[x]({one})\n[y]({two})\n")
    world.archive = world.notes / "archive"
    assert world.sync().exit_code == 0
    return world


def files_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("path", ASIDE)
def test_what_is_put_aside_is_no_note(world: World, path: str) -> None:
    url = world.replica.add_article(article("第一篇"))
    note, other = world.note(path, f"[x]({url})\n"), world.note("logseq/pages/a.md", "nothing\n")
    assert world.sync().exit_code == 0
    assert (note.read_text("utf-8"), world.replica.requests) == (f"[x]({url})\n", [])
    # Who wants it says so.
    folder, _, name = path.rpartition("/")
    world.configure(notes={"include": ["**/*.md", f"{folder}/**/*.md" if folder else name]})
    assert world.sync().exit_code == 0
    assert len(world.articles()) == 1
    assert broken(note) == []
    assert other.read_text("utf-8") == "nothing\n"


@pytest.mark.parametrize("copied", [".", "articles", "articles/2026"])
def test_a_copied_archive_holds_no_notes(filled: World, copied: str) -> None:
    copy = filled.notes / "sub/kept" / (copied if copied != "." else "old")
    shutil.copytree(filled.archive / copied, copy)
    before = files_below(copy)
    filled.replica.clear_requests()
    for _ in range(2):
        done = filled.sync()
        said = [line for line in attention(done) if "so nothing in it is a note" in line]
        assert (done.exit_code, len(said)) == (0, 1)
        assert said[0].startswith("sub/kept/")
    assert files_below(copy) == before
    assert filled.replica.requests == []
    assert done.notes["read"] == 1
    filled.configure(notes={"exclude": ["/sub/kept/"]})
    assert attention(filled.sync()) == []


def test_an_archive_that_was_left_behind_is_told_and_then_followed(filled: World) -> None:
    old, new = filled.archive, filled.notes / "elsewhere"
    before = files_below(old)
    filled.configure(archive={"path": "notes/elsewhere"})
    told = filled.sync()
    assert any(line.startswith("archive: ") and "move it" in line for line in attention(told))
    unchanged = {name: data for name, data in files_below(old).items() if not name.startswith((".lock", "catalogue"))}
    assert unchanged.items() <= before.items()
    shutil.rmtree(new)
    old.rename(new)
    filled.replica.clear_requests()
    assert filled.sync().exit_code == 0
    assert filled.replica.requests == []
    assert broken(filled.notes / "a.md") == []
    assert "](elsewhere/articles/" in (filled.notes / "a.md").read_text("utf-8")


def test_folders_that_only_look_a_little_like_one_are_notes(world: World) -> None:
    url = world.replica.add_article(article("第一篇"))
    texts = ("articles/2024/x.md", "images/x.md", "archive of mine/README.md", "backup/x.md")
    notes = [world.note(path, f"[x]({url})\n") for path in texts]
    world.note("archive of mine/links.jsonl", "{}\n")
    assert world.sync().exit_code == 0
    assert [note for note in notes if "weixin" in note.read_text("utf-8")] == []
