"""A repository that git does not open is not the same as none."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from archiver.config import Config
from archiver.config.sections import ArchiveConfig
from archiver.errors import GitError, NotOwnerError
from archiver.store.git import Repository
from archiver.tasks.doctor_git import check_git


def config(archive: Path) -> Config:
    """Notes in the folder above the archive."""
    return Config(archive.parent, archive=ArchiveConfig(path=archive.name))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "my notes" / "archive"
    folder.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", str(folder.parent)], check=True)
    return folder


def test_of_another_owner(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = Repository.holding(folder)
    assert repository
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # as git's own tests do it, without root
    cure = f"git config --global --add safe.directory '{folder.parent}'"
    with pytest.raises(NotOwnerError) as caught:
        Repository.holding(folder / "not there yet")
    assert (
        str(caught.value) == f"{folder.parent} belongs to another user, so git leaves it alone; if you trust it: {cure}"
    )
    with pytest.raises(NotOwnerError):
        repository.run("status")
    (check,) = check_git(config(folder))
    assert (check.state, check.cure) == ("fail", cure)


def test_that_is_broken(folder: Path) -> None:
    (folder.parent / ".git" / "config").write_text("[core\n")
    with pytest.raises(GitError, match="bad config line 1"):
        Repository.holding(folder)
    assert check_git(config(folder))[0].state == "fail"


def test_whose_worktree_is_gone(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere/worktrees/x\n")
    with pytest.raises(GitError, match="not a git repository: /nowhere"):
        Repository.holding(tmp_path)


def test_none(tmp_path: Path, folder: Path) -> None:
    assert Repository.holding(tmp_path / "elsewhere") is None
    assert Repository.holding(folder.parent / ".git") is None
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "bare")], check=True)
    assert Repository.holding(tmp_path / "bare") is None
    assert check_git(config(tmp_path / "elsewhere" / "archive"))[0].state == "ok"
