"""Times of whole commands, and the two sides of a comparison one after the other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.places import PROJECT

LONGEST = 3600  # seconds of a command; what takes longer hangs
_STOPWATCH = str(Path(__file__).with_name("stopwatch.py"))


# To set aside: what loading the program alone takes; beside it: a loop that reads and hashes every file of a folder.
START = [sys.executable, "-c", "import archiver.cli.sync, archiver.tasks.sync"]
_HASH = """
import hashlib, os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            hashlib.sha256(file.read()).hexdigest()
"""


class FailedCommandError(Exception):
    """A command ended with another exit code than it should."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of one run or of several together."""

    wall: float
    cpu: float

    def __add__(self, other: Times) -> Times:
        return Times(self.wall + other.wall, self.cpu + other.cpu)


def hashing(folder: str) -> list[str]:
    """The command that reads and hashes every file of a folder."""
    return [sys.executable, "-c", _HASH, folder]


def surroundings(given: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a measured program: no proxies or certificates but those given, modules compiled as users have
    them, and this checkout as `archiver`."""
    left_out = ("_PROXY", "_CA_BUNDLE", "SSL_CERT_FILE")
    kept = {name: value for name, value in os.environ.items() if not name.upper().endswith(left_out)}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {"PYTHONPATH": str(PROJECT)} | dict(given or {})


def timed(
    command: Sequence[str],
    folder: Path,
    given: str = "",
    environment: Mapping[str, str] | None = None,
    codes: Sequence[int] = (0,),
) -> tuple[Times, str]:
    """Run a command in a folder with `given` as its standard input; its times, those of all processes that it started
    included, and what it printed. Raises `FailedCommandError` where its exit code is none of `codes`, and
    `subprocess.TimeoutExpired` after LONGEST."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as file:
        with subprocess.Popen(
            [sys.executable, "-S", "-P", _STOPWATCH, file.name, *command],
            cwd=folder,
            env=surroundings(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as run:
            try:
                printed, _ = run.communicate(given, timeout=LONGEST)
            except BaseException:
                os.killpg(run.pid, signal.SIGKILL)
                raise
        found = json.loads(file.read() or "{}")
    if found.get("code") not in codes:
        raise FailedCommandError(f"{' '.join(command)[:200]}: {found.get('code')}\n{printed[-2000:]}")
    return Times(found["wall"], found["cpu"]), printed


def compared(pairs: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """`ours`, `theirs` and `ratio` of a row, out of interleaved pairs: each the median over the pairs."""
    return {
        "ours": median(mine for mine, _ in pairs),
        "theirs": median(theirs for _, theirs in pairs),
        "ratio": median(mine / theirs for mine, theirs in pairs),
    }


def alternating(rounds: int, ours: Callable[[], Times], theirs: Callable[[], Times]) -> list[tuple[Times, Times]]:
    """Runs of both sides in turns."""
    return [(ours(), theirs()) for _ in range(rounds)]


def judged(value: float, sign: str, target: float, what: str = "") -> dict[str, Any]:
    """`target` and `met` of a row; `what` says of what the target speaks where it is not of `ours`."""
    met = value <= target if sign == "≤" else value >= target
    return {"target": f"{what} {sign} {target:g}".strip(), "met": met}
