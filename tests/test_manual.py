"""The manual page and the completion that archiver prints are what man and the shells read."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from archiver.cli.command import SectionGroup
from archiver.cli.manual import manual
from archiver.errors import ExitCode
from tests.forkserver import environment, run_fresh
from tests.reference.commands import commands

GROFF = shutil.which("groff")


def shown(page: str, *arguments: str) -> str:
    """A page as man shows it on 80 columns, without bold letters."""
    command = ["groff", "-k", "-man", "-ww", "-Tutf8", "-rLL=80n", "-P-c", *arguments]
    done = subprocess.run(command, input=page.encode(), capture_output=True, check=True)
    assert done.stderr == b""
    return re.sub(r".\x08", "", done.stdout.decode())


@pytest.mark.skipif(GROFF is None, reason="no groff")
def test_the_page_holds_every_command_option_and_exit_code(tmp_path: Path) -> None:
    done = run_fresh(["man"], tmp_path)
    assert done.returncode == 0
    assert done.stderr.startswith("# ")
    text = " ".join(re.sub(r"‐\n\s*", "", shown(done.stdout)).split())
    for path, command in commands():
        assert path in text
        for param in command.params:
            assert all(name in text for name in param.opts if isinstance(param, click.Option)), (path, param.opts)
    for code in ExitCode:
        assert f"{code.value} {code.meaning[0].upper()}{code.meaning[1:]}." in text


@pytest.mark.skipif(GROFF is None, reason="no groff")
@pytest.mark.parametrize("said", [".md files and 'quotes'", "'tis", r"C:\new\fB and \-", '--option "x" …', "中文"])
def test_text_stays_text(said: str) -> None:
    group = SectionGroup({"Set up": [click.Command("x", help=said)]}, name="archiver", help="About it.")
    assert said in " ".join(shown("\n".join(manual(group)) + "\n").split())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed(shell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = run_fresh(["completion", shell], tmp_path)
    monkeypatch.setenv("SHELL", f"/usr/bin/{shell}")
    mine = run_fresh(["completion"], tmp_path)
    assert (named.returncode, named.stdout) == (mine.returncode, mine.stdout) == (0, named.stdout)
    assert f"_ARCHIVER_COMPLETE={shell}_complete" in named.stdout
    assert f"archiver completion {shell}" in named.stderr
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=named.stdout, text=True, check=True)


def test_completion_for_another_shell_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/usr/bin/tcsh")
    done = run_fresh(["completion"], tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "bash, zsh, fish" in done.stderr


BASH = shutil.which("bash")
PRESS_TAB = """
PATH="$PWD:$PATH"; . ./script; COMP_WORDS=(archiver sy); COMP_CWORD=1; _archiver_completion archiver
echo "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(BASH is None, reason="no bash")
def test_bash_completes_with_what_is_printed(tmp_path: Path) -> None:
    (tmp_path / "script").write_text(run_fresh(["completion", "bash"], tmp_path).stdout)
    program = tmp_path / "archiver"
    program.write_text(f"#!{sys.executable}\nfrom archiver.cli import main\nmain()\n")
    program.chmod(0o755)
    command = [str(BASH), "-c", PRESS_TAB]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["sync"]
