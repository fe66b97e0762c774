"""Runs commands that end at the n-th effect on the disk. A program of its own: `python -m tests.runs.killer`.

It reads orders, one a line, and answers each with a line of JSON. For every order it forks a child that loads
`root`/config.toml and runs `command`; the child ends right before its effect number `last` below the root: a file
opened for writing, an fsync, a rename, a removal, a folder made. `end` says how: it is killed (SIGKILL); `torn`: the
file whose fsync that is loses its last bytes first, as in a power cut; `interrupt`: Ctrl-C; `error`, or the name of an
errno: what a full disk says, or so. With `last` = 0 nothing ends it and the effects are listed. `into`: a file outside
of the root that takes a recording of an undisturbed run, for `tests.runs.powercut`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from archiver.config import load_config
from archiver.errors import ArchiverError
from archiver.tasks.forget import forget, plan_forgetting
from archiver.tasks.gc import collect_garbage
from archiver.tasks.mend import mend_archive
from archiver.tasks.repair import repair
from archiver.tasks.reparse import reparse_archive
from archiver.tasks.restore import restore_notes
from archiver.tasks.run import open_run
from archiver.tasks.sync import Options
from tests.forkserver import prepare
from tests.runs.effects import Effects
from tests.runs.recorder import Recorder
from tests.world import Night, sync


def _run(root: str, command: list[str]) -> int:
    config, (name, *arguments) = load_config(Path(root) / "config.toml"), command
    if name == "sync":
        return sync(config, Options(), lambda _event: None).exit_code
    if name == "gc":
        collect_garbage(config, delete=True)
        return 0
    if name == "mend":
        return sum(finding.damage for finding in mend_archive(config).findings)
    with open_run(config, clock=Night().timing) as context:
        if name == "repair":
            return repair(context)[0].exit_code
        if name == "reparse":
            return int(bool(reparse_archive(context, lambda _folder, _names: None).failed))
        if name == "restore":
            restore_notes(context, arguments)
        else:
            forget(context, plan_forgetting(context, arguments))
    return 0


def _child(root: str, last: int, end: str, command: list[str], answer: int, into: str = "") -> None:
    effects = Recorder(root) if into else Effects(root, last, end)
    effects.install()
    found: dict[str, Any] = {}
    try:
        found["exit_code"] = _run(root, command)
    except (KeyboardInterrupt, ArchiverError) as error:
        found["ended_by"] = type(error).__name__
    with os.fdopen(answer, "w", encoding="utf-8") as file:
        json.dump({**found, "effects": effects.seen if not last else []}, file)
    if isinstance(effects, Recorder):
        effects.save(Path(into))
    os._exit(0)


def main() -> None:
    prepare()  # once, and not in every child
    for line in sys.stdin:
        order = json.loads(line)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                _child(**order, answer=writer)
            finally:
                os._exit(70)
        os.close(writer)
        with os.fdopen(reader, encoding="utf-8") as file:
            text = file.read()
        _, status = os.waitpid(child, 0)
        found = json.loads(text) if text else {}
        print(json.dumps({"status": os.waitstatus_to_exitcode(status), **found}), flush=True)


if __name__ == "__main__":
    main()
