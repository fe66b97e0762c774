"""Talks to `tests.runs.killer`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.forkserver import PROJECT, environment


class Killer:
    """Talks to `tests.runs.killer`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def sync(self, root: Path, last: int = 0, *, torn: bool = False) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{last} {int(torn)} {root}\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def start_killer() -> Iterator[Killer]:
    command = [sys.executable, "-m", "tests.runs.killer"]
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Killer(process)
        assert process.stdin is not None
        process.stdin.close()
