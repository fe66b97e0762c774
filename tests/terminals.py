"""`archiver` in a terminal of its own: what it shows there, and the keys that somebody presses."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tests.conditions import until
from tests.forkserver import environment
from tests.world import World

INTERRUPT = b"\x03"  # Ctrl-C
# What Rich and click draw with: colours, moves of the cursor and whether it shows.
_DRAWING = re.compile(r"\x1b\[[?0-9;]*[A-Za-z]")


class Terminal:
    """A terminal with a process in it, which leads the group of processes that gets its keys."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self._process = process
        self._master = master
        self._got = bytearray()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.pid = process.pid

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # Linux's way to say that nobody has it open any more
            while data := os.read(self._master, 65536):
                self._got += data

    @property
    def shown(self) -> str:
        """All that was written to it, drawings included."""
        return bytes(self._got).decode("utf-8", "replace")

    @property
    def screen(self) -> str:
        """What a person sees at the end, line by line."""
        lines = [""]
        row = 0
        for part in re.split(r"(\x1b\[[?0-9;]*[A-Za-z]|\r|\n)", self.shown):
            if part == "\n":
                row += 1
                lines += [""] * (row + 1 - len(lines))
            elif up := re.fullmatch(r"\x1b\[(\d*)A", part):
                row = max(0, row - int(up[1] or 1))
            elif part == "\x1b[2K":
                lines[row] = ""
            elif part and part[0] not in "\r\x1b":
                lines[row] += part
        return "\n".join(lines)

    @property
    def undrawn(self) -> str:
        """What was written to it without what programs draw with."""
        return _DRAWING.sub("", self.shown).replace("\r", "")

    def press(self, key: bytes) -> None:
        """Press a key."""
        os.write(self._master, key)

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for something that the process does or brings about."""
        until(lambda: condition() or self._process.poll() is not None)
        assert condition(), f"it ended before: {self.screen}"

    def wait(self) -> int:
        """The exit code, when all is shown."""
        code = self._process.wait()
        self._reader.join()
        return code


@contextmanager
def terminal(world: World, *arguments: str, given: Mapping[str, str] | None = None) -> Iterator[Terminal]:
    """`archiver …` in the folder of `world` in a terminal. What still runs at the end of the block is killed."""
    import pty

    master, slave = pty.openpty()
    command = [sys.executable, "-c", _LEADER, *arguments]
    process = subprocess.Popen(
        command, cwd=world.root, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        env={**environment(), "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40", **(given or {})},
    )  # fmt: skip
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(master)


# A shell's part: the new session's leader takes its terminal, in which it stands in the foreground then.
_LEADER = """
import fcntl, runpy, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
sys.argv[0] = "archiver"
runpy.run_module("archiver", run_name="__main__")
"""
