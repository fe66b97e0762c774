"""The GitHub Action: its steps, run by the shell as GitHub's runner would, and its inputs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema
from jsonschema import Draft7Validator

from archiver.errors import ExitCode
from tests.git import git
from tests.replica import ArticleSpec, Replica
from tests.world import PROJECT, World

ACTION = (PROJECT / "action.yml").read_text("utf-8")
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in yaml.safe_load(ACTION)["runs"]["steps"]}
DEFAULTS: dict[str, str] = {name: value["default"] for name, value in yaml.safe_load(ACTION)["inputs"].items()}
WALL = int(ExitCode.WALL)


def perform(
    name: str, folder: Path, inputs: Mapping[str, str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """A step as the runner does it: expressions in its environment alone, then bash with the options that GitHub
    documents."""
    step = STEPS[name]
    values = {**DEFAULTS, **inputs}
    found = {f"${{{{ inputs.{key} }}}}": value for key, value in values.items()}
    found["${{ steps.python.outputs.python-path }}"] = sys.executable
    own = {key: found.get(value, value) for key, value in step.get("env", {}).items()}
    assert not [value for value in own.values() if "${{" in value]
    command = [shutil.which("bash") or "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
    environment = {**environment, **own}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def stand_in(folder: Path, name: str, code: int = 0) -> dict[str, str]:
    """An environment in which a program of this name writes down its words, and ends with `code`."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    (tools / name).write_text(f'#!/bin/sh\nfor word; do echo "$word"; done > {folder}/said.txt\nexit {code}\n')
    (tools / name).chmod(0o755)
    return {"PATH": f"{tools}:/usr/bin:/bin"}


def said(folder: Path) -> list[str]:
    return (folder / "said.txt").read_text().splitlines()


def test_github_accepts_the_action() -> None:
    Draft7Validator(get_builtin_schema("vendor.github-actions")).validate(yaml.safe_load(ACTION))
    used = [line.partition("uses: ")[2] for line in ACTION.splitlines() if "uses: " in line]
    assert [re.match(r"actions/[a-z-]+@v\d+ # zizmor: ignore\[unpinned-uses\] \w+", one) is None for one in used] == [
        False
    ]
    assert not [name for name, step in STEPS.items() if "${{" in step.get("run", "")], "no template in a script"
    assert STEPS["Sync"]["if"] == "inputs.sync == 'true'"
    assert STEPS["Repair"]["if"] == "inputs.repair == 'true'"
    assert list(STEPS) == ["Inputs", "Python", "Install", "Browser", "Repair", "Sync", "Verify"]


@pytest.mark.parametrize("name", ["Sync", "Repair"])
@pytest.mark.parametrize(("code", "ends"), [(0, 0), (WALL, 0), (1, 1), (5, 5)])
def test_a_wall_is_a_notice(tmp_path: Path, name: str, code: int, ends: int) -> None:
    done = perform(name, tmp_path, {}, stand_in(tmp_path, "archiver", code))
    assert done.returncode == ends
    assert ("::notice title=archiver::" in done.stdout) == (code == WALL)
    assert said(tmp_path) == [name.lower()]


@pytest.mark.parametrize(
    ("name", "inputs", "words"),
    [
        ("Sync", {"push": "true", "config": "my notes/a'b.toml"},
         ["sync", "--commit", "--push", "--config", "my notes/a'b.toml"]),
        ("Repair", {"config": "$(touch owned)"}, ["repair", "--config", "$(touch owned)"]),
        ("Verify", {}, ["verify", "--github"]),
        ("Verify", {"verify-github": "ours", "config": "x"}, ["verify", "--github", "--ours", "--config", "x"]),
    ],
)  # fmt: skip
def test_what_the_steps_run(tmp_path: Path, name: str, inputs: dict[str, str], words: list[str]) -> None:
    assert perform(name, tmp_path, inputs, stand_in(tmp_path, "archiver")).returncode == 0
    assert said(tmp_path) == words
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize(
    ("inputs", "ends"),
    [
        ({}, 0),
        ({"sync": "true", "push": "true", "repair": "true", "verify-github": "ours"}, 0),
        ({"verify-github": "false"}, 0),
        ({"sync": "yes"}, 2),
        ({"repair": ""}, 2),
        ({"repair": "ours"}, 2),
        ({"verify-github": "theirs"}, 2),
        ({"push": "true"}, 2),
    ],
)
def test_inputs_that_mean_nothing_are_errors(tmp_path: Path, inputs: dict[str, str], ends: int) -> None:
    done = perform("Inputs", tmp_path, inputs, {"PATH": "/usr/bin:/bin"})
    assert (done.returncode, "::error title=archiver::" in done.stdout) == (ends, ends != 0)


def test_it_installs_what_stands_beside_it(tmp_path: Path) -> None:
    environment = stand_in(tmp_path, "pipx") | {"GITHUB_ACTION_PATH": "/a b/action"}
    assert perform("Install", tmp_path, {}, environment).returncode == 0
    assert said(tmp_path) == ["install", "--python", sys.executable, "/a b/action"]


USER = """\
on: push
permissions: {}
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: ./
        with:
          INPUT: "true"
"""


@pytest.mark.slow
def test_linters_find_nothing(tmp_path: Path) -> None:
    """zizmor reads the action; actionlint what a workflow asks of it."""
    (tmp_path / "action.yml").write_text(ACTION, "utf-8")
    user = tmp_path / ".github/workflows/user.yml"
    user.parent.mkdir(parents=True)
    git(tmp_path, "init", "-q")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    zizmor, actionlint = shutil.which("zizmor", path=path), shutil.which("actionlint", path=path)
    if zizmor:
        done = subprocess.run(
            [zizmor, "--offline", "action.yml"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    for name in [*DEFAULTS, "unknown"] if actionlint else ():
        user.write_text(USER.replace("INPUT", name), "utf-8")
        done = subprocess.run([str(actionlint)], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == (name != "unknown"), done.stdout + done.stderr
    if zizmor is None and actionlint is None:
        pytest.skip("neither is installed")


@pytest.mark.slow
def test_all_steps_after_one_another(world: World, tmp_path: Path) -> None:
    """Installed by pipx into an empty home, against the replica, with a repository to push to."""
    remote, runner = tmp_path / "remote.git", tmp_path / "runner"
    runner.mkdir()
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(remote))
    git(world.root, "init", "-q", "-b", "main")
    world.configure(fetch={"engine": "browser"})
    url = world.replica.add_article(ArticleSpec("一", "<p>x</p>"))
    world.note("a.md", f"[x]({url})\n")
    git(world.root, "add", ".")
    git(world.root, "commit", "-qm", "Mine")
    git(world.root, "remote", "add", "origin", str(remote))
    git(world.root, "push", "-q", "-u", "origin", "main")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIPX_", "VIRTUAL_ENV", "XDG_"))}
    tools = f"{runner / '.local/bin'}:{Path(sys.executable).parent}:/usr/bin:/bin"
    environment = kept | {
        "HOME": str(runner), "GITHUB_ACTION_PATH": str(PROJECT), "RUNNER_OS": "other", "PATH": tools
    }  # fmt: skip
    inputs = {"sync": "true", "push": "true", "repair": "true"}
    for name, step in STEPS.items():
        if "run" in step:
            done = perform(name, world.root, inputs, environment)
            assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
    assert shutil.which("archiver", path=tools) == str(runner / ".local/bin/archiver")
    assert "archive/articles/" in git(remote, "show", "main:notes/a.md")


@pytest.mark.slow
def test_a_wall_on_the_runner(world: World, replica: Replica, tmp_path: Path) -> None:
    """The real program's exit code, that GitHub shows as a notice."""
    replica.wall_after(0)
    world.note("a.md", f"[x]({replica.add_article(ArticleSpec('一', '<p>x</p>'))})\n")
    done = perform("Sync", world.root, {}, {**os.environ, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"})
    assert (done.returncode, "::notice title=archiver::" in done.stdout) == (0, True)
