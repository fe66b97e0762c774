"""Which files are notes, and writing them only if nobody else did."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from archiver.errors import ConfigError, NoteChangedError, NoteError
from archiver.store.notefiles import _swap, read_note, replace_note
from archiver.store.notewalk import Aside, Listing, Walk, find_notes
from tests.work import calls

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


def without(root: Path, path: str) -> Path:
    (root / path).unlink()
    return root


CHANGES: dict[str, Callable[[Path], object]] = {
    "nothing": lambda _: None,
    "a note more": lambda root: make(root, "b/new.md"),
    "a file more": lambda root: make(root, "b/new.txt"),
    "a note less": lambda root: (root / "b/c.md").unlink(),
    "another name": lambda root: (root / "b/c.md").rename(root / "b/x.md"),
    "no longer a note": lambda root: (root / "b/c.md").rename(root / "b/c.txt"),
    "a folder in its place": lambda root: make(without(root, "b/c.md"), "b/c.md/d.md"),
    "a link in its place": lambda root: (without(root, "b/c.md") / "b/c.md").symlink_to(root / "a.md"),
    "a link out": lambda root: (root / "b/out.md").symlink_to("/etc/hostname"),
    "a folder less": lambda root: shutil.rmtree(root / "b"),
    "a folder moved": lambda root: (root / "b").rename(root / "z"),
    "an archive": lambda root: make(root, "b/links.jsonl", "b/journal.jsonl"),
    "a trash can": lambda root: (root / "b").rename(root / ".trash"),
}


@pytest.mark.skipif(os.name == "nt", reason="symlinks need rights on Windows")
@pytest.mark.parametrize("change", CHANGES)
def test_what_is_known_of_a_listing_hides_no_change(change: str, tmp_path: Path) -> None:
    make(tmp_path, "a.md", "b/c.md", "b/d/e.md", "b/f.txt", "g/h.md")

    def walked(known: Mapping[str, Listing] | None) -> tuple[dict[str, Listing], list[str], Aside]:
        walk, aside = Walk(tmp_path, (INCLUDE, []), tmp_path / "archive", known), Aside()
        folders = list(walk.folders())
        walk.put_aside(aside)
        listings = {folder.path: folder.listing for folder in folders}
        return listings, sorted(path for folder in folders for path in folder.paths), aside

    known, _, _ = walked(None)
    CHANGES[change](tmp_path)
    assert walked(known) == walked(None)
    assert calls(lambda: walked(walked(None)[0]), Walk._roles) == calls(lambda: walked(None), Walk._roles)


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
