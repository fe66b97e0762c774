"""`archiver` in a process of its own, and waiting for what it does."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conditions import until
from tests.forkserver import environment
from tests.world import World

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")


class Running:
    """A process whose channels can be read while it runs."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process = process
        self._folder = folder
        self.pid = process.pid
        self.signal = process.send_signal
        self.kill = process.kill

    @property
    def out(self) -> str:
        return (self._folder / "out").read_text("utf-8", "replace")

    @property
    def said(self) -> str:
        """What is on its standard error."""
        return (self._folder / "err").read_text("utf-8", "replace")

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for something that this process does or brings about."""
        until(lambda: condition() or self.ended)
        assert condition(), f"it ended before: {self.said}"

    def wait(self) -> int:
        """The exit code."""
        return self._process.wait()


@contextmanager
def started(world: World, *arguments: str) -> Iterator[Running]:
    """`archiver …` in the folder of `world`, while the test goes on. What still runs at the end of the block is killed,
    so that a test that fails leaves nothing behind."""
    with (
        tempfile.TemporaryDirectory(prefix="archiver-") as channels,
        Path(channels, "out").open("wb") as out,
        Path(channels, "err").open("wb") as err,
        subprocess.Popen(
            [sys.executable, "-m", "archiver", *arguments], cwd=world.root, env=environment(), stdout=out, stderr=err
        ) as process,
    ):
        try:
            yield Running(process, Path(channels))
        finally:
            process.kill()


def descendants(ancestor: int) -> dict[int, str]:
    """The processes that a process has started, and those that these have: process id -> command line."""
    command = ["ps", "-ww", "-eo", "pid=,ppid=,args="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    children: dict[int, dict[int, str]] = {}
    for line in listed.splitlines():
        pid, parent, *program = line.split(None, 2)
        children.setdefault(int(parent), {})[int(pid)] = program[0] if program else ""
    found: dict[int, str] = {}
    todo = [ancestor]
    while todo:
        more = children.get(todo.pop(), {})
        found |= more
        todo += more
    return found


def alive(process: int) -> bool:
    """Whether the process runs; one that has ended and was not yet waited for by whoever inherited it does not."""
    command = ["ps", "-o", "stat=", "-p", str(process)]
    state = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return bool(state) and not state.startswith("Z")


def browsers(ancestor: int) -> list[int]:
    """Process ids of the browsers (not of their helpers) among the descendants of a process."""
    return [
        pid
        for pid, program in descendants(ancestor).items()
        if "headless" in program.partition(" ")[0] and "--type=" not in program and "<defunct>" not in program
    ]
