"""gc removes what nothing names, and nothing else."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archiver.errors import StoreError
from archiver.fixity.verify import verify
from archiver.tasks.gc import collect_garbage
from tests.builders import an_image, article, img
from tests.world import World, broken


@pytest.fixture
def filled(world: World) -> World:
    url = world.replica.add_article(article("一篇", an_image("a"), an_image("b")))
    world.note("a.md", f"[x]({url})\n\n{img(an_image('n'))}\n")
    assert world.sync().exit_code == 0
    return world


def orphan(world: World) -> Path:
    source = next((world.archive / "images").rglob("*.png"))
    path = world.archive / "images/ff" / f"{'f' * 64}.png"
    path.parent.mkdir(exist_ok=True)
    shutil.copy(source, path)
    return path


def test_an_archive_without_garbage(filled: World) -> None:
    before = filled.tree()
    assert collect_garbage(filled.config, delete=True) == []
    assert filled.tree() == before


def test_listing_deletes_nothing(filled: World) -> None:
    path = orphan(filled)
    leftover = path.with_name(".tmp-0123456789ab")
    leftover.write_bytes(b"half")
    listed = filled.cli("gc")
    assert listed.returncode == 0, listed.stderr
    assert "would remove" in listed.stdout
    assert path.exists()
    assert leftover.exists()
    done = json.loads(filled.cli("gc", "--delete", "--json").stdout)
    assert {item["path"] for item in done["files"]} == {f"images/ff/{path.name}", f"images/ff/{leftover.name}"}
    assert not path.parent.exists()
    assert broken(filled.notes / "a.md") == []
    assert verify(filled.config) == []


def test_an_article_that_no_note_names_any_more_is_kept_whole(filled: World) -> None:
    (filled.notes / "a.md").unlink()
    before = {name for name in filled.tree() if name.startswith("archive/")}
    assert collect_garbage(filled.config, delete=True) == []
    assert before == {name for name in filled.tree() if name.startswith("archive/")}


def test_what_a_restored_or_hand_written_note_names_is_kept(filled: World) -> None:
    path = orphan(filled)
    note = filled.note("b.txt", f"by hand, in no Markdown: images/ff/{path.name}")
    assert collect_garbage(filled.config, delete=True) == []
    note.unlink()
    assert [item.path for item in collect_garbage(filled.config, delete=True)] == [f"images/ff/{path.name}"]


@pytest.mark.parametrize(
    ("before", "change"),
    [
        ("..\\archive\\images\\ff\\", str),
        ("..%2Farchive%2Fimages%2Fff%2F", str),
        ("../archive/Images/FF/", str.upper),
    ],
    ids=["backslashes", "escaped", "capitals"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_name_counts_however_it_is_written(
    filled: World, before: str, change: Callable[[str], str], encoding: str
) -> None:
    path = orphan(filled)
    (filled.notes / "b.md").write_bytes(f"图 ![x]({before}{change(path.name)})".encode(encoding))
    assert collect_garbage(filled.config, delete=True) == []


def test_a_name_counts_in_notes_behind_symlinks(filled: World) -> None:
    path = orphan(filled)
    outside = filled.root / "outside"
    outside.mkdir()
    (outside / "n.md").write_text(path.name)
    (outside / "back").symlink_to(filled.notes, target_is_directory=True)
    link = filled.notes / "link"
    (filled.notes / "nowhere").symlink_to("missing")
    for target in (outside, outside / "n.md"):
        link.symlink_to(target)
        assert collect_garbage(filled.config, delete=True) == []
        link.unlink()
    assert [item.path for item in collect_garbage(filled.config, delete=True)] == [f"images/ff/{path.name}"]


def test_nothing_goes_while_a_notes_folder_cannot_be_listed(filled: World, monkeypatch: pytest.MonkeyPatch) -> None:
    path = orphan(filled)
    filled.note("locked/n.md", path.name)
    scandir = os.scandir

    def deny(folder: str | Path) -> Iterator[os.DirEntry[str]]:
        if str(folder).endswith("locked"):
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", deny)
    with pytest.raises(StoreError, match="locked: Permission denied"):
        collect_garbage(filled.config, delete=True)
    assert path.exists()


def test_files_of_others_are_left_alone(filled: World) -> None:
    mine = filled.archive / "images/ff/my own.png"
    mine.parent.mkdir(exist_ok=True)
    mine.write_bytes(b"mine")
    (filled.archive / "notes.txt").write_bytes(b"mine")
    link = filled.archive / "images/link"
    link.symlink_to(filled.notes, target_is_directory=True)
    assert collect_garbage(filled.config, delete=True) == []
    assert mine.exists()


def test_nothing_goes_while_the_archive_is_damaged(filled: World) -> None:
    path = orphan(filled)
    (filled.archive / "links.jsonl").write_bytes(b"garbage\n")
    assert filled.cli("gc", "--delete").returncode == 5
    assert path.exists()


def test_no_archive_is_a_mistake_of_the_user(world: World) -> None:
    done = world.cli("gc")
    assert done.returncode == 2
    assert "there is no archive" in done.stderr
    assert not world.archive.exists()


@pytest.mark.skipif(not hasattr(os, "sync"), reason="this system has no sync of all")
def test_what_a_killed_run_has_renamed_is_on_the_disk_before_anything_goes(
    filled: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, there = orphan(filled), []
    monkeypatch.setattr(os, "sync", lambda: there.append(path.exists()))
    assert len(collect_garbage(filled.config, delete=True)) == 1
    assert there == [True]
    assert not path.exists()
