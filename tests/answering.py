"""A program of the tests that answers each line of JSON with one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.forkserver import PROJECT, environment

Ask = Callable[[Mapping[str, Any]], dict[str, Any]]


@contextmanager
def answering(module: str) -> Iterator[Ask]:
    """A function that gives the program (`python -m module`) an order, and returns its answer."""
    command = [sys.executable, "-m", module]
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        orders, answers = process.stdin, process.stdout

        def ask(order: Mapping[str, Any]) -> dict[str, Any]:
            orders.write(json.dumps(order) + "\n")
            orders.flush()
            answer: dict[str, Any] = json.loads(answers.readline())
            return answer

        yield ask
        orders.close()
