"""The name under which archiver is installed, and nobody else's: in documents, messages, templates and metadata."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema
from jsonschema import Draft7Validator

from archiver.distribution import DISTRIBUTION, INSTALL
from tests.replica import ArticleSpec
from tests.world import World

PROJECT = Path(__file__).parents[1]
WRITTEN = (
    "README*.md", "CHANGELOG.md", "Makefile", "config.toml", "pyproject.toml", ".github/**/*", ".ci/*", "docs/**/*",
    "archiver/**/*", "examples/**/*.md", "benchmarks/**/*", "action.yml", ".pre-commit-hooks.yaml", "Dockerfile",
    "compose.yaml", "docker/*", "scripts/*", "mkdocs.yml",
)  # fmt: skip
# An installation: the tool's words, then what is installed, up to the end of the command or of the code.
COMMANDS = re.compile(
    r"(?:\bpipx (?:install|run|upgrade|inject)|\buv (?:tool (?:install|run|upgrade)|pip install|add)|\buvx"
    r"|\bpip[\d.]* (?:install|download)|\b(?:conda|mamba|brew) install) ([^\n#`，;|&]*)"
)
# As a name it leads to the package index; a checkout, a wheel or a variable of the shell does not.
NAME = re.compile(r"[\"']?(?:wechat[-_])?archiver(?![\w/.-])", re.IGNORECASE)
FORGES = re.compile(r"(?:git(?:hub|lab|ee)|bitbucket|codeberg|pypi)\.\w+/[\w.~-]+|git\+\w+://\w[^\s\"]*", re.IGNORECASE)
ADDRESSES = re.compile(r"[\w.+\[\]-]+@[\w-]+(?:\.[\w-]+)+")
# Whose they are is known: nobody's (RFC 2606); a format's name; the account under which GitHub's workflows commit.
KNOWN = {
    "a@example.com",
    "github.com/spec",
    "github.com/newren",
    "41898282+github-actions[bot]@users.noreply.github.com",
}


def written() -> Iterator[tuple[Path, str]]:
    """Everything of ours that is read or run by others, with its text."""
    for path in sorted({path for pattern in WRITTEN for path in PROJECT.glob(pattern)}):
        if path.is_file() and path.suffix not in (".pyc", ".png", ".jpg"):
            yield path.relative_to(PROJECT), path.read_text("utf-8")


def strangers(text: str) -> list[str]:
    """What a text would have installed by name, or names as somebody's place on the web."""
    installed = [match[0] for match in COMMANDS.finditer(text) if any(map(NAME.match, match[1].split()))]
    return installed + [name for name in [*FORGES.findall(text), *ADDRESSES.findall(text)] if name not in KNOWN]


def test_nothing_is_installed_by_a_name_that_is_not_ours() -> None:
    texts = dict(written())
    assert len(texts) > 100
    assert {str(path): strangers(text) for path, text in texts.items() if strangers(text)} == {}


@pytest.mark.parametrize(
    "text",
    [
        "pipx install archiver",
        "or: `pip install archiver`",
        "pip install --user -U archiver==0.1",
        "uv tool install wechat-archiver",
        "uvx archiver sync",
        "pipx run archiver",
        "python -m pip install archiver[dev]",
        "see https://github.com/someone/archiver",
        "pip install git+https://example.org/archiver",
        "write to somebody@example.org",
    ],
)
def test_a_name_that_is_not_ours_is_found(text: str) -> None:
    assert strangers(text)


def test_one_line_installs() -> None:
    line = INSTALL.format(".")
    for name in ("README.md", "README.zh-CN.md"):
        text = (PROJECT / name).read_text("utf-8")
        assert re.findall(r"^ *(pipx install \S+)", text, flags=re.MULTILINE) == [line]
        assert f"`{DISTRIBUTION}`" in text
    program = "".join(text for path, text in written() if path.suffix == ".py")
    assert program.count("pipx install") == 1  # the constant


def test_metadata() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["name"] == DISTRIBUTION
    assert project["scripts"] == {"archiver": "archiver.cli:main"}
    assert metadata.version(DISTRIBUTION) == project["version"]
    done = subprocess.run([sys.executable, "-m", "archiver", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == project["version"]


SYNC = """
import sys
from archiver.cli import app
code = app(["sync", "--config", sys.argv[1]], standalone_mode=False)
print(code or 0, "cryptography" in sys.modules)
"""


@pytest.mark.parametrize("bundle", [False, True])
def test_plain_http_does_without_cryptography(world: World, bundle: bool) -> None:
    """It is the slowest of the imports, and only a browser cannot read a bundle itself."""
    world.configure(network={"ca_bundle": str(world.replica.ca_bundle) if bundle else ""})
    world.note("a.md", f"[x]({world.replica.add_article(ArticleSpec('一', '<p>x</p>'))})")
    environment = {name: value for name, value in os.environ.items() if not name.endswith("CA_BUNDLE")}
    command = [sys.executable, "-c", SYNC, str(world.root / "config.toml")]
    done = subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True, text=True, check=False)
    # Without its certificate the replica is refused: that the network was reached shows in both.
    assert done.stdout.splitlines()[-1:] == ["0 False" if bundle else "1 False"], done.stderr
    assert ("certificate" in done.stdout) != bundle


def test_ci_tries_every_python_and_system() -> None:
    workflow = yaml.safe_load((PROJECT / ".github/workflows/ci.yml").read_text("utf-8"))
    workflow["on"] = workflow.pop(True)  # YAML 1.1 takes the word "on" for true; GitHub does not
    Draft7Validator(get_builtin_schema("vendor.github-workflows")).validate(workflow)
    jobs = workflow["jobs"]
    matrix = jobs["test"]["strategy"]["matrix"]
    tried = {(system, python) for system in matrix["os"] for python in matrix["python"]}
    left_out = {(pair["os"], pair["python"]) for pair in matrix["exclude"]}
    systems, pythons = ("ubuntu-latest", "macos-latest", "windows-latest"), ("3.11", "3.12", "3.13", "3.14")
    assert tried == {(system, python) for system in systems for python in pythons}
    setup = [
        step["with"]["python-version"] for step in jobs["check"]["steps"] if "setup-python" in step.get("uses", "")
    ]
    assert left_out == {(jobs["check"]["runs-on"], python) for python in setup}
    targets = re.findall(r"^([\w-]+):", (PROJECT / "Makefile").read_text("utf-8"), flags=re.MULTILINE)
    runs = [str(step.get("run", "")) for job in jobs.values() for step in job["steps"]]
    made = [target for run in runs for target in re.findall(r"\bmake ([\w-]+)", run)]
    assert {"test-lowest", "dist"} <= set(made) <= set(targets)


# Modules that are there for an extra alone.
EXTRAS = {
    "archiver/cli/mcp_server.py": "mcp",
    "archiver/export/wacz.py": "wacz",
    "archiver/importing/warc.py": "wacz",
    "archiver/fetch/dask.py": "cluster",
}


def imported(*, by_extras: bool) -> set[str]:
    """The top names that the program's modules, or those that are there for an extra, import from outside."""
    names: set[str] = set()
    for path in (PROJECT / "archiver").rglob("*.py"):
        if (path.relative_to(PROJECT).as_posix() in EXTRAS) != by_extras:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(str(node.module).partition(".")[0])
    return names - {*sys.stdlib_module_names, "archiver", "_typeshed", "compression"}  # the last is in 3.14


def test_what_is_imported_is_required_and_the_other_way_round() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    required = named(project["dependencies"]) | {"pysocks"}  # of requests[socks]
    used = {name: owners(name) for name in imported(by_extras=False)}
    assert {name: found for name, found in used.items() if not found & required} == {}
    assert required <= {owner for found in used.values() for owner in found}
    extra = {one for name in EXTRAS.values() for one in named(project["optional-dependencies"][name])}
    assert {name for name in imported(by_extras=True) if not owners(name) & {*required, *extra}} == set()


def named(lines: list[str]) -> set[str]:
    return {re.split(r"[^\w.-]", line)[0] for line in lines}


def owners(name: str) -> set[str]:
    """The distributions that bring a module of this name; of an extra that is not installed it is the name itself."""
    found = metadata.packages_distributions().get(name, [name.replace("_", "-")])
    return {owner.lower().replace("_", "-") for owner in found}
