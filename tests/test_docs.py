"""The documents say what the program does, and lead where they say."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import click
import pytest

from archiver.config import SECTIONS
from archiver.errors import ExitCode
from archiver.schemas.output import OUTPUTS, output_schema
from tests.reference.commands import commands, help_text

PROJECT = Path(__file__).parents[1]
READMES = ["README.md", "README.zh-CN.md"]
DOCUMENTS = sorted(path.relative_to(PROJECT).as_posix() for path in (PROJECT / "docs").glob("*.md"))


def text_of(name: str) -> str:
    return (PROJECT / name).read_text("utf-8")


def without_blocks(text: str) -> str:
    return re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)


def anchors(text: str) -> set[str]:
    """The fragments of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", without_blocks(text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_generated_parts_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", "-I", ".", *DOCUMENTS],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"run `make docs`: {done.stdout}{done.stderr}"


@pytest.mark.parametrize(("path", "command"), list(commands()))
def test_every_command_has_help_and_is_documented(path: str, command: click.Command) -> None:
    assert len(help_text(path, command).splitlines()) > 4
    assert f"## `{path}`\n" in text_of("docs/commands.md")
    for option in command.params:
        assert not isinstance(option, click.Option) or option.help, option


@pytest.mark.parametrize("name", OUTPUTS)
def test_every_json_output_is_documented(name: str) -> None:
    heading = output_schema(name)["title"].replace(" --json", "")
    assert f"\n## {heading}\n" in text_of("docs/events.md")


@pytest.mark.parametrize("section", SECTIONS)
def test_every_configuration_key_is_documented(section: str) -> None:
    _, _, rest = text_of("docs/configuration.md").partition(f"## `[{section}]`\n")
    table = re.findall(r"^\| `(\w+)` \|", rest.partition("\n## ")[0], flags=re.MULTILINE)
    assert table == [key.name for key in fields(SECTIONS[section])]


@pytest.mark.parametrize("name", [*READMES, "CHANGELOG.md", *DOCUMENTS])
def test_relative_links_resolve(name: str) -> None:
    prose = re.sub(r"`[^`\n]*`", "", without_blocks(text_of(name)))
    for link in re.findall(r"\]\(([^)\s]+)\)", prose):
        path, _, fragment = link.partition("#")
        if ":" in path:
            continue
        target = (PROJECT / name).parent / path if path else PROJECT / name
        assert target.exists(), link
        assert not fragment or fragment in anchors(target.read_text("utf-8")), link


@pytest.mark.parametrize("name", READMES)
def test_readmes_are_short_and_lead_to_every_document(name: str) -> None:
    text = text_of(name)
    assert len(text.splitlines()) <= 200
    assert [document for document in DOCUMENTS if f"]({document})" not in text] == []


@pytest.mark.parametrize("name", ["docs/operating.md", "README.zh-CN.md"])
def test_all_exit_codes_are_listed(name: str) -> None:
    codes = re.findall(r"^\| (\d[\d、]*) \|", text_of(name), flags=re.MULTILINE)
    assert [int(code) for cell in codes for code in cell.split("、")] == list(ExitCode)


def test_no_generated_file_is_committed() -> None:
    done = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    files = done.stdout.splitlines()
    assert "config.toml" in files
    assert not [f for f in files if f.startswith(("archive/articles", "archive/images", ".demo", ".venv"))]
