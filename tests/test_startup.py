"""Asking for help is cheap, because nothing is loaded for it but click; and the help tells all."""

from __future__ import annotations

import gc
import inspect
import json
import subprocess
import sys
from dataclasses import fields
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest

from archiver.cli import app
from archiver.cli.command import LazyCommand, summary
from archiver.cli.common import Shared
from archiver.errors import ExitCode
from tests.forkserver import PROJECT, environment
from tests.reference.commands import commands
from tests.runs.vault import Vault
from tests.world import World

COMMANDS = list(commands(app))
UNUSED = {"ctypes", "gzip", "html", "secrets", "shutil", "subprocess", "tempfile"}  # of Python's own, on an idle night
# Every installed library but click, and what of Python's own only the work itself needs.
HEAVY = set(packages_distributions()) - {"archiver", "click", "colorama"} | {
    "asyncio", "html", "http", "multiprocessing", "sqlite3", "ssl", "xml", *UNUSED,
}  # fmt: skip
LIGHT_ROOMS = {"amounts", "cli", "distribution", "errors", "harmless"}
# Runs command lines in one process; writes the exit code of each, and the modules that it was the first to load.
PROBE = """
import json, os, sys
asked, told = json.loads(sys.argv[1]), []
for arguments, environment in asked:
    os.environ.update(environment)
    sys.argv[:] = ["archiver", *arguments]
    before = set(sys.modules)
    try:
        from archiver.cli import main
        main()
    except SystemExit as end:
        told.append([end.code, sorted(set(sys.modules) - before)])
    for name in environment:
        del os.environ[name]
print("\\n" + json.dumps(told))
"""
# Loads the module of each command by itself, with nothing of archiver loaded for another; names those that cannot be.
LOADER = """
import contextlib, importlib, json, os, sys, traceback
for name in json.loads(sys.argv[1]):
    with contextlib.suppress(Exception):
        importlib.import_module(name)  # once, and not by every child
from archiver.cli import app
from tests.reference.commands import commands
for module in {command.target.partition(":")[0] for _, command in commands(app)}:
    child = os.fork()
    if not child:
        try:
            importlib.import_module(module)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print(module)
"""
LIBRARIES = ["bs4", "cmarkgfm", "jinja2", "lxml.etree", "PIL.Image", "playwright.sync_api", "pyromark", "requests"]
LIBRARIES += ["rich.logging", "sqlite_utils", "starlette.applications", "tinycss2", "uvicorn"]
# What a night does without in which nothing is new.
WORKING = {"PIL", "bs4", "cmarkgfm", "jinja2", "lxml", "playwright", "pyromark", "requests", "rich", "sqlite_utils"}
WORKING |= {"filelock", "tinycss2", "urllib3", *UNUSED}
WORKING_ROOMS = (
    "archiver.export", "archiver.media", "archiver.dom", "archiver.coverage", "archiver.notes.find",
    "archiver.render.surroundings", "archiver.reader.site", "archiver.reader.pages", "archiver.rewriting.look_into",
    "archiver.rewriting.noteindex", "archiver.rewriting.orphans", "archiver.rewriting.planner",
    "archiver.store.listings",
)  # fmt: skip
Line = tuple[list[str], dict[str, str]]


def tab(*words: str, shell: str = "bash") -> Line:
    """What a shell calls when the TAB key is pressed at the end of `words`. (Fish gives the last word alone.)"""
    last = words[-1] if shell == "fish" else str(len(words) - 1)
    return [], {"_ARCHIVER_COMPLETE": f"{shell}_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": last}


def run(lines: list[Line], folder: Path) -> tuple[list[str], list[tuple[int, set[str]]]]:
    """What the command lines print, and of each the exit code and what it loaded that is heavy."""
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(PROJECT)!r})\n{PROBE}", json.dumps(lines)]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    *printed, told = done.stdout.splitlines()
    return printed, [(code, {name for name in loaded if is_heavy(name)}) for code, loaded in json.loads(told)]


def is_heavy(module: str) -> bool:
    package, _, rest = module.partition(".")
    return package in HEAVY or (package == "archiver" and bool(rest) and rest.split(".")[0] not in LIGHT_ROOMS)


def test_help_version_and_completion_load_nothing_but_click(tmp_path: Path) -> None:
    lines: list[Line] = [(["--help"], {}), (["--version"], {}), ([], {})]
    lines += [tab("archiver", ""), tab("archiver", "sync", "--"), tab("archiver", "schedule", "p", shell="zsh")]
    lines += [([*path.split()[1:], "--help"], {}) for path, _ in COMMANDS]
    _, told = run(lines, tmp_path)
    found = [(line, code, heavy - UNUSED) for line, (code, heavy) in zip(lines, told, strict=True)]  # click has its own
    assert [each for each in found if each[1:] != (0, set())] == []


@pytest.mark.skipif(sys.platform != "linux", reason="it forks")
def test_each_command_is_loaded_by_itself() -> None:
    """In whatever order modules come: other tests have loaded all of them, or fork from a process that has."""
    command = [sys.executable, "-c", LOADER, json.dumps(LIBRARIES)]
    done = subprocess.run(command, cwd=PROJECT, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_nothing_is_collected_while_a_command_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "loaded_once.py").write_text("import gc\n\nwas_enabled = gc.isenabled\nwhile_loaded = gc.isenabled()\n")
    (tmp_path / "not_loaded.py").write_text("import gc\n\nraise ImportError(gc.isenabled())\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert LazyCommand("name", "loaded_once:was_enabled", "", []).load()()
    assert not sys.modules.pop("loaded_once").while_loaded
    with pytest.raises(ImportError, match="False"):
        LazyCommand("name", "not_loaded:nothing", "", []).load()
    assert gc.isenabled()


def at_its_end(value: str, argument: str, folder: Path) -> int:
    """What an expression is when the program has done what it was told, and ends."""
    code = f"import atexit, gc; atexit.register(lambda: print({value})); from archiver.cli import main; main()"
    command = [sys.executable, "-c", code, argument]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])


def test_the_program_seldom_searches_for_circles(world: World) -> None:
    """A first night loads some hundred modules, and makes objects of a page: nearly all stay, or are let go of."""
    Vault(world.root, world.replica).write(("article", 0), ("image", 1))
    searched = at_its_end("gc.get_stats()[0]['collections']", "sync", world.root)
    assert len(world.articles()) == 1
    assert searched < 60  # 130 as Python has it set


def test_the_program_ends_without_another_search_for_circles(tmp_path: Path) -> None:
    left = at_its_end("len(gc.get_objects())", "--version", tmp_path)
    assert left < 100  # what is left to be searched, of some ten thousand


def test_the_probe_sees_what_a_command_loads(tmp_path: Path) -> None:
    _, told = run([(["status"], {})], tmp_path)
    (code, heavy) = told[0]
    assert code == 2  # no configuration
    assert heavy >= {"sqlite3", "archiver.tasks.status"}


def test_a_night_without_work_loads_nothing_that_works(world: World) -> None:
    """No network, no parser of pages or notes, nothing that writes an article, a page or a table."""
    vault = Vault(world.root, world.replica)
    vault.write(("article", 0), ("image", 1))
    for _ in range(4):
        vault.sync()
    lines: list[Line] = [(["sync", "--json"], {}), (["sync", "--dry-run"], {})]
    told = [run([line], world.root)[1][0] for line in lines]
    assert [code for code, _ in told] == [0, 0]
    loaded = {module for _, heavy in told for module in heavy}
    assert {module.partition(".")[0] for module in loaded} & WORKING == set()
    assert {module for module in loaded if module.startswith(WORKING_ROOMS)} == set()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_names_commands_options_and_files(shell: str, tmp_path: Path) -> None:
    lines = [tab("archiver", "sta", shell=shell), tab("archiver", "sync", "--dry", shell=shell)]
    lines += [tab("archiver", *words, "no", shell=shell) for words in (("restore",), ("sync", "--rewrite"))]
    printed, told = run([*lines, ([], {"_ARCHIVER_COMPLETE": f"{shell}_source"})], tmp_path)
    assert {code for code, _ in told} == {0}
    text = "\n".join(printed)
    assert "status" in text
    assert "--dry-run" in text
    kind = {"bash": "file,no", "zsh": "file\nno\n", "fish": "file,no"}[shell]
    assert text.count(kind) == 2
    assert f"_ARCHIVER_COMPLETE={shell}_complete" in text


@pytest.mark.parametrize(("path", "command"), COMMANDS)
def test_a_command_is_done_by_a_function_that_takes_its_options(path: str, command: click.Command) -> None:
    assert isinstance(command, LazyCommand), path
    first, *own = inspect.signature(command.load()).parameters.values()
    assert first.name.lstrip("_") == "shared"
    wanted = {param.name for param in command.params} - {field.name for field in fields(Shared)}
    named = {param.name for param in own if param.kind is not param.VAR_KEYWORD}
    assert named == wanted if len(named) == len(own) else named < wanted


def test_help_lists_every_command_once_with_a_whole_sentence() -> None:
    context = click.Context(app, info_name="archiver", terminal_width=80)
    shown = " ".join(app.get_help(context).split())
    listed = [command for commands in app.sections.values() for command in commands]
    assert sorted(str(command.name) for command in listed) == sorted(app.commands)
    for command in listed:
        said = summary(command)
        assert said[0].isupper(), said
        assert said.endswith("."), said
        assert f" {command.name} {said} " in shown


@pytest.mark.parametrize("command", [app, app.commands["sync"]], ids=["archiver", "sync"])
def test_help_ends_with_what_the_exit_codes_mean(command: click.Command) -> None:
    context = click.Context(command, info_name="archiver", terminal_width=80)
    _, _, table = command.get_help(context).partition("Exit codes:\n")
    shown = " ".join(table.split())
    assert shown == " ".join(f"{code.value} {code.meaning[0].upper()}{code.meaning[1:]}." for code in ExitCode)
