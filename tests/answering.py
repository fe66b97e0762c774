"""Programs of the tests that answer each line of JSON with one."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

from tests.forkserver import AT_IMPORT, PROJECT, environment

Ask = Callable[[Mapping[str, Any]], dict[str, Any]]
_running: dict[str, subprocess.Popen[str]] = {}


def answering(module: str) -> Ask:
    """A function that gives the program (`python -m module`) an order, and returns its answer. All tests of a process
    talk to the same program: it has a second of imports behind it when it answers, and forks a child for every order.
    """

    def ask(order: Mapping[str, Any]) -> dict[str, Any]:
        process = _running.get(module) or _start(module)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
            answer: dict[str, Any] = json.loads(process.stdout.readline())
        except BaseException:  # a test that met its timeout: the next one begins anew
            _end(module)
            raise
        return answer

    return ask


def _start(module: str) -> subprocess.Popen[str]:
    _running[module] = subprocess.Popen(
        [sys.executable, "-m", module],
        cwd=PROJECT, env=environment(AT_IMPORT), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return _running[module]


def _end(module: str) -> None:
    with _running.pop(module) as process:
        process.kill()


@atexit.register
def _end_all() -> None:
    for module in [*_running]:
        _end(module)
