"""The READMEs say what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from archiver.cli import app
from archiver.config import SECTIONS
from tests.cli_reference import commands, help_text

PROJECT = Path(__file__).parents[1]
READMES = ["README.md", "README.zh-CN.md"]


def test_generated_parts_of_the_readme_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", "-I", ".", "README.md"],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"run `make docs`: {done.stdout}{done.stderr}"


@pytest.mark.parametrize(("path", "command"), list(commands(app)))
def test_every_command_has_help_and_is_in_the_readme(path: str, command: object) -> None:
    text = help_text(path, command)  # type: ignore[arg-type]
    assert len(text.splitlines()) > 4
    assert f"### `{path}`" in (PROJECT / "README.md").read_text("utf-8")
    for option in command.params:  # type: ignore[attr-defined]
        assert option.param_type_name == "argument" or option.help, option


@pytest.mark.parametrize("name", READMES)
def test_relative_links_of_the_readmes_resolve(name: str) -> None:
    text = (PROJECT / name).read_text("utf-8")
    links = re.findall(r"\]\(([^):#]+)(?:#[^)]*)?\)", text)
    assert links
    outside_code = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    for link in links:
        if f"]({link}" in outside_code:
            assert (PROJECT / link).exists(), link


@pytest.mark.parametrize("name", READMES)
def test_both_readmes_list_all_exit_codes(name: str) -> None:
    text = (PROJECT / name).read_text("utf-8")
    codes = re.findall(r"^\| ([\d、, ]+) \|", text, flags=re.MULTILINE)
    assert [code for cell in codes for code in re.findall(r"\d+", cell)] == ["0", "1", "2", "3", "4", "5", "130", "143"]


def test_readme_shows_every_configuration_key() -> None:
    text = (PROJECT / "README.md").read_text("utf-8")
    assert all(f"[{section}]" in text for section in SECTIONS)


def test_no_generated_file_is_committed() -> None:
    done = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    files = done.stdout.splitlines()
    assert "config.toml" in files
    assert not [f for f in files if f.startswith(("archive/articles", "archive/images", ".demo", ".venv"))]
