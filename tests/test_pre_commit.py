"""The hooks for pre-commit, and what they are made of: `verify --github` for files that are named."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.builders import an_image
from tests.git import git
from tests.world import PROJECT, World

HOOKS: list[dict[str, Any]] = yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text("utf-8"))
pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def notes(world: World) -> World:
    """Three notes with links that lead nowhere or images that are not local; nothing was synced."""
    git(world.root, "init", "-q")
    world.note("a.md", "[x](none.md)\n")
    world.note("deep/b.md", f"![x]({an_image('b').url}) ![y](https://example.org/y.png)\n")
    world.note("deep/c.md", "[x](none.md)\n\n[y](nor-this.md)\n")
    (world.root / "README.md").write_text("[x](none.md)\n", "utf-8")
    return world


def verify(world: World, *words: str, cwd: Path | None = None) -> tuple[int, dict[str, Any]]:
    done = world.cli("verify", "--github", "--json", *words, cwd=cwd)
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize(
    ("named", "files", "errors", "no_notes"),
    [
        ([], 3, 3, 0),
        (["notes/a.md"], 1, 1, 0),
        (["./notes/a.md", "notes/deep/../a.md"], 1, 1, 0),
        (["notes/deep"], 2, 2, 0),
        (["notes/deep/b.md"], 1, 0, 0),
        (["."], 3, 3, 0),
        (["README.md"], 0, 0, 1),
        (["README.md", "notes/a.md", "config.toml"], 1, 1, 2),
    ],
)
def test_only_named_files_are_looked_at(notes: World, named: list[str], files: int, errors: int, no_notes: int) -> None:
    code, value = verify(notes, *named)
    found = [finding for finding in value["findings"] if finding["level"] == "error"]
    assert (value["checked"]["files"], len(found), value["left_out"]["no_notes"]) == (files, errors, no_notes)
    assert code == (5 if errors else 0)


def test_names_are_those_where_the_user_is(notes: World) -> None:
    assert verify(notes, "c.md", cwd=notes.notes / "deep")[1]["checked"]["files"] == 1
    done = notes.cli("verify", "--github", "nosuch.md")
    assert (done.returncode, done.stderr) == (2, "archiver: nosuch.md does not exist\n")
    assert "not looked at: 1 named file: neither notes nor the archive's" in (
        notes.cli("verify", "--github", "README.md").stdout
    )


def test_a_baseline_counts_for_named_files(notes: World) -> None:
    notes.configure(verify={"baseline": "known.jsonl"})
    assert notes.cli("verify", "--github", "--write-baseline", "notes/a.md").returncode == 2
    assert notes.cli("verify", "--github", "--write-baseline").returncode == 0
    notes.note("a.md", "better\n")
    code, value = verify(notes, "notes/deep/c.md")
    assert (code, value["left_out"]["baseline"], value["left_out"]["outdated"]) == (0, 2, 0)
    assert verify(notes, "notes/a.md")[1]["left_out"]["outdated"] == 1
    assert verify(notes, "--remote")[1]["left_out"]["outdated"] == 0


def test_images_that_are_not_local(notes: World) -> None:
    code, value = verify(notes, "--remote")
    assert (code, [finding["code"] for finding in value["findings"]]) == (0, ["remote-wechat"])
    done = notes.cli("verify", "--github", "--remote", "notes/deep/b.md")
    assert (done.returncode, "notes/deep/b.md:1:" in done.stdout) == (0, True)
    assert notes.cli("verify", "--github", "--remote", "notes/a.md").stdout.count("\n") == 1
    assert notes.cli("verify", "--remote").returncode == 2
    assert notes.cli("verify", "notes/a.md").returncode == 2
    assert notes.cli("verify", "--github", "--remote", "--write-baseline").returncode == 2


def test_the_hooks_entries_run(notes: World) -> None:
    ends = {hook["id"]: notes.cli(*hook["entry"].split()[1:], "notes/a.md").returncode for hook in HOOKS}
    assert ends == {"archiver-verify-github": 5, "archiver-remote-images": 0}


@pytest.mark.slow
def test_pre_commit_runs_the_hooks(notes: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    """As a user would: pre-commit clones this repository, installs it and runs both hooks on what is staged."""
    program = shutil.which("pre-commit", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if program is None or not (PROJECT / ".git").exists():
        pytest.skip("no pre-commit, or no git checkout")
    manifest = subprocess.run(
        [program, "validate-manifest", PROJECT / ".pre-commit-hooks.yaml"], capture_output=True, text=True, check=False
    )
    assert manifest.returncode == 0, manifest.stdout
    git(notes.root, "add", "config.toml", "notes/deep/b.md", "README.md")
    home = tmp_path_factory.mktemp("home")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    environment |= {"PRE_COMMIT_HOME": str(home), "HOME": str(home)}

    def run(hook: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, "try-repo", str(PROJECT), hook], cwd=notes.root, env=environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    done = run("archiver-remote-images")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout
    assert "notes/deep/b.md:1:" in done.stdout
    assert "not looked at: 1 named file" in done.stdout
    git(notes.root, "add", "notes/a.md")
    done = run("archiver-verify-github")
    assert done.returncode == 1
    assert "notes/a.md:1: none.md leads to no file" in done.stdout
    assert "deep/c.md" not in done.stdout, "it is not staged"
