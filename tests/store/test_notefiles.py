"""Which files are notes, and writing them only if nobody else did."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archiver.errors import ConfigError, NoteChangedError, NoteError
from archiver.store.notefiles import Aside, _swap, find_notes, read_note, replace_note

INCLUDE = ["**/*.md"]


def make(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"text")


def found(root: Path, exclude: list[str] | None = None) -> list[str]:
    return list(find_notes(root, INCLUDE, exclude or [], root / "archive"))


def test_notes_of_all_levels_but_not_the_archive_or_machinery(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "b/c.md", "b/d/e.md", "b/f.txt", "中文 笔记.md")
    make(tmp_path, "archive/README.md", ".git/x.md", ".venv/y.md", "b/node_modules/z.md", ".github/kept.md")
    assert found(tmp_path) == [".github/kept.md", "a.md", "b/c.md", "b/d/e.md", "中文 笔记.md"]


def test_exclude_speaks_gitignore(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "drafts/b.md", "c/drafts/d.md", "c/e.md")
    assert found(tmp_path, ["drafts/", "!a.md"]) == ["a.md", "c/e.md"]
    assert found(tmp_path, ["/drafts/**"]) == ["a.md", "c/drafts/d.md", "c/e.md"]


@pytest.mark.skipif(os.name == "nt", reason="symlinks need rights on Windows")
def test_symlinks_do_not_lead_out(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "notes"
    make(outside, "secret.md")
    make(root, "a.md")
    (root / "link.md").symlink_to(outside / "secret.md")
    (root / "folder").symlink_to(outside)
    (root / "loop").symlink_to(root)
    (root / "inside.md").symlink_to(root / "a.md")
    (root / "nowhere.md").symlink_to(root / "b.md")
    (root / "text.md").symlink_to(root / "a.txt")
    (root / "a.txt").write_bytes(b"text")
    aside = Aside()
    assert list(find_notes(root, INCLUDE, [], root / "archive", aside)) == ["a.md"]
    assert aside.links == ["folder", "link.md", "text.md"]
    aside = Aside()
    assert list(find_notes(root, INCLUDE, ["folder", "*t.md"], root / "archive", aside)) == ["a.md"]
    assert aside.links == ["link.md"]


def test_the_case_of_an_extension_does_not_count(tmp_path: Path) -> None:
    make(tmp_path, "README.MD", "b/Notes.Md", "c.mD", "d.MDX", "MD")
    assert found(tmp_path) == ["README.MD", "b/Notes.Md", "c.mD"]
    assert found(tmp_path, ["*.MD"]) == ["b/Notes.Md", "c.mD"]


def test_a_missing_folder_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\[notes\] root"):
        found(tmp_path / "nowhere")


def test_replace_keeps_permissions_and_leaves_nothing(tmp_path: Path) -> None:
    note = tmp_path / "a.md"
    note.write_bytes(b"before")
    note.chmod(0o640)
    replace_note(tmp_path, "a.md", b"before", b"after")
    assert note.read_bytes() == b"after"
    assert os.name == "nt" or note.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["a.md"]


def test_a_note_that_somebody_changed_is_left(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"changed by hand")
    with pytest.raises(NoteError, match="changed by someone else"):
        replace_note(tmp_path, "a.md", b"before", b"after")
    assert (tmp_path / "a.md").read_bytes() == b"changed by hand"
    assert os.listdir(tmp_path) == ["a.md"]


@pytest.mark.skipif(os.name == "nt", reason="no open file can be replaced on Windows")
def test_a_write_into_the_file_that_was_just_replaced_is_put_back(tmp_path: Path) -> None:
    note, temporary = tmp_path / "a.md", tmp_path / ".tmp-x"
    note.write_bytes(b"before")
    note.chmod(0o640)
    temporary.write_bytes(b"after")
    temporary.chmod(0o640)
    with note.open("rb") as old:
        assert old.read() == b"before"
        note.write_bytes(b"theirs")  # after the comparison, into the file that is about to be replaced
        with pytest.raises(NoteChangedError):
            _swap(temporary, note, old, b"before")
    assert note.read_bytes() == b"theirs"
    assert note.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["a.md"]


def test_a_note_that_is_gone_is_reported(tmp_path: Path) -> None:
    with pytest.raises(NoteError, match="cannot be read"):
        read_note(tmp_path, "a.md")
    with pytest.raises(NoteError, match="cannot be written"):
        replace_note(tmp_path, "a.md", b"", b"")
    assert os.listdir(tmp_path) == []
