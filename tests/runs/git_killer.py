"""Runs commands that are killed at the n-th call of git. A program of its own: `python -m tests.runs.git_killer`.

It reads lines of JSON (`last`, `folder`, `arguments`) and answers each with one. For every line it forks a child that
is `archiver` with the arguments in the folder; the child is killed (SIGKILL) right before its `last`-th call of git.
With 0 nothing is killed and the calls are listed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from tests.answering import Ask, answering
from tests.forkserver import prepare, run_to_the_end


class GitKiller:
    """Talks to such a program."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def run(self, folder: Path, *arguments: str, last: int = 0) -> dict[str, Any]:
        """The exit code (-9: killed) and the calls of git until then."""
        return self._ask({"last": last, "folder": str(folder), "arguments": arguments})


def start_git_killer() -> GitKiller:
    return GitKiller(answering("tests.runs.git_killer"))


def _be(request: dict[str, Any], calls: int) -> None:
    seen = 0

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if event == "subprocess.Popen" and arguments[1][0] == "git":
            seen += 1
            if seen == request["last"]:
                os.kill(os.getpid(), signal.SIGKILL)
            os.write(calls, f"{' '.join(map(str, arguments[1][1:4]))}\n".encode())

    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    os.chdir(request["folder"])
    sys.addaudithook(audit)
    run_to_the_end(request["arguments"])


def main() -> None:
    prepare()
    for line in sys.stdin:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            _be(json.loads(line), writer)
            return
        os.close(writer)
        with os.fdopen(reader, encoding="utf-8", errors="replace") as file:
            calls = file.read().splitlines()
        _, status = os.waitpid(child, 0)
        print(json.dumps({"code": os.waitstatus_to_exitcode(status), "calls": calls}), flush=True)


if __name__ == "__main__":
    main()
