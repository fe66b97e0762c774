"""SIGKILL before every call of git in `sync --push`: the next one ends with all committed, pushed and whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from archiver.fixity.github import check_github
from archiver.fixity.verify import verify
from tests.builders import an_image, article, img
from tests.git import git
from tests.replica import Replica
from tests.runs.git_killer import GitKiller, start_git_killer
from tests.world import World

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the test forks, which this system cannot"),
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed"),
]
PUSH = ("sync", "--push")


class Night:
    """A folder `notes/` cloned from `bare.git`, ready for a run that commits and pushes; each run is one of a copy."""

    def __init__(self, template: Path, killer: GitKiller, replica: Replica) -> None:
        self.template = template
        self.killer = killer
        self.replica = replica

    def kill(self, place: Path, last: int) -> dict[str, int]:
        """Kill a run at that call, let another one follow, and see that all is as it should be; the exit codes."""
        shutil.copytree(self.template, place)
        root, bare = place / "clone", place / "bare.git"
        git(root, "remote", "set-url", "origin", str(bare))
        killed = self.killer.run(root, *PUSH, last=last)
        again = self.killer.run(root, *PUSH)
        world = World(root, self.replica)
        assert again["code"] == 0, killed["calls"]
        assert git(root, "status", "--porcelain").splitlines() == ["A  notes/staged.md"], killed["calls"]
        assert git(root, "rev-parse", "HEAD") == git(bare, "rev-parse", "main")
        assert git(root, "worktree", "list").count("\n") == 1
        assert [finding for finding in verify(world.config) if finding.damage] == []
        assert not check_github(world.config).damaged
        assert "](../archive/articles/" in git(bare, "show", "main:notes/a.md")
        shutil.rmtree(place)
        return {"killed": killed["code"], "calls": len(killed["calls"])}


@pytest.fixture(params=["alone", "joined"])
def night(tmp_path: Path, replica: Replica, request: pytest.FixtureRequest) -> Night:
    """Alone, or with others who have archived another article meanwhile."""
    place = tmp_path / "template"
    root, bare = place / "clone", place / "bare.git"
    root.mkdir(parents=True)
    world = World(root, replica)
    world.note("old.md", f"[old]({replica.add_article(article('旧文', an_image('old')))})\n")
    (root / ".gitignore").write_text("config.toml\n")
    git(place, "init", "-q", "--bare", "-b", "main", str(bare))
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "Notes")
    git(root, "remote", "add", "origin", str(bare))
    git(root, "push", "-q", "-u", "origin", "main")
    assert world.cli(*PUSH).returncode == 0
    if request.param == "joined":
        git(place, "clone", "-q", str(bare), str(place / "other"))
        other = World(place / "other", replica)
        other.note("b.md", f"[b]({replica.add_article(article('乙'))})\n")
        git(other.root, "add", "notes")
        git(other.root, "commit", "-qm", "Note of the other")
        assert other.cli(*PUSH).returncode == 0
    world.note("a.md", f"[a]({replica.add_article(article('甲', an_image('a')))}) {img(an_image('n'))}\n")
    git(root, "add", "notes/a.md")
    git(root, "commit", "-qm", "Note")
    world.note("staged.md", "staged\n")
    git(root, "add", "notes/staged.md")
    return Night(place, start_git_killer(), replica)


def calls(night: Night, tmp_path: Path) -> list[str]:
    """The calls of git in a run that nobody disturbs."""
    place = tmp_path / "undisturbed"
    shutil.copytree(night.template, place)
    git(place / "clone", "remote", "set-url", "origin", str(place / "bare.git"))
    done = night.killer.run(place / "clone", *PUSH)
    assert done["code"] == 0
    shutil.rmtree(place)
    return list(done["calls"])


CHANGING = ("add", "update-index", "commit-tree", "-c alias", "push", "fetch", "worktree", "rebase", "read-tree")


def test_a_kill_before_what_changes_something(night: Night, tmp_path: Path) -> None:
    """Before the last call of each kind."""
    made = calls(night, tmp_path)
    kinds = {kind: [n for n, call in enumerate(made, 1) if call.startswith(kind)] for kind in CHANGING}
    places = sorted({n for found in kinds.values() for n in found[-1:]})
    assert len(places) >= 5
    assert [night.kill(tmp_path / "night", place)["killed"] for place in places] == [-9] * len(places)


@pytest.mark.slow
def test_a_kill_before_every_call(night: Night, tmp_path: Path) -> None:
    made = calls(night, tmp_path)
    ended = [night.kill(tmp_path / "night", place) for place in range(1, len(made) + 1)]
    assert [item["killed"] for item in ended] == [-9] * len(made)
