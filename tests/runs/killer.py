"""Runs commands that end at the n-th effect on the disk. A program of its own: `python -m tests.runs.killer`.

It reads orders, one a line, and answers each with a line of JSON. For every order it forks a child that loads
`root`/config.toml and runs `command`; the child ends right before its effect number `last` below the root: a file
opened for writing, an fsync, a rename, a removal, a folder made. `end` says how: it is killed (SIGKILL); `torn`: the
file whose fsync that is loses its last bytes first, as in a power cut; `interrupt`: Ctrl-C; `error`, or the name of an
errno: what a full disk says, or so. With `last` = 0 nothing ends it and the effects are listed.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import sys
from pathlib import Path
from typing import Any

from archiver.config import load_config
from archiver.errors import ArchiverError
from archiver.tasks.forget import forget, plan_forgetting
from archiver.tasks.mend import mend_archive
from archiver.tasks.repair import repair
from archiver.tasks.restore import restore_notes
from archiver.tasks.run import open_run
from archiver.tasks.sync import Options
from tests.forkserver import import_everything
from tests.world import Night, sync

TORN_BYTES = 7
_SAID = {name: number for number, name in errno.errorcode.items()} | {"error": errno.ENOSPC}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Effects:
    """Counts effects below a folder, and ends the process at one of them."""

    def __init__(self, root: str, last: int, end: str) -> None:
        self.root, self.last, self.end = root, last, end
        self.seen: list[str] = []
        self._fsync = os.fsync

    def install(self) -> None:
        sys.addaudithook(self._audit)
        os.fsync = self._on_fsync  # type: ignore[assignment]  # archiver calls it with handles only

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING:
            self._effect(event, arguments[0])
        elif event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir"):
            self._effect(event, arguments[1] if event == "os.rename" else arguments[0])

    def _on_fsync(self, handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink() if Path("/proc/self/fd").is_dir() else self.root
        self._effect("fsync", path, handle)
        self._fsync(handle)

    def _effect(self, event: str, path: Any, handle: int = -1) -> None:
        place = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
        if not place.startswith(self.root):
            return
        self.seen.append(f"{event} {place.removeprefix(self.root)}")
        if len(self.seen) == self.last:
            self._end(handle)

    def _end(self, handle: int) -> None:
        if self.end == "interrupt":
            raise KeyboardInterrupt
        if self.end in _SAID:
            raise OSError(_SAID[self.end], os.strerror(_SAID[self.end]))
        if self.end == "torn" and handle >= 0 and stat.S_ISREG(os.fstat(handle).st_mode):
            os.ftruncate(handle, max(0, os.fstat(handle).st_size - TORN_BYTES))
        os.kill(os.getpid(), signal.SIGKILL)


def _run(root: str, command: list[str]) -> int:
    config, (name, *arguments) = load_config(Path(root) / "config.toml"), command
    if name == "sync":
        return sync(config, Options(), lambda _event: None).exit_code
    if name == "mend":
        return sum(finding.damage for finding in mend_archive(config).findings)
    with open_run(config, clock=Night().timing) as context:
        if name == "repair":
            return repair(context)[0].exit_code
        if name == "restore":
            restore_notes(context, arguments)
        else:
            forget(context, plan_forgetting(context, arguments))
    return 0


def _child(root: str, last: int, end: str, command: list[str], answer: int) -> None:
    effects = Effects(root, last, end)
    effects.install()
    found: dict[str, Any] = {}
    try:
        found["exit_code"] = _run(root, command)
    except (KeyboardInterrupt, ArchiverError) as error:
        found["ended_by"] = type(error).__name__
    with os.fdopen(answer, "w", encoding="utf-8") as file:
        json.dump({**found, "effects": effects.seen if not last else []}, file)
    os._exit(0)


def main() -> None:
    import_everything()  # once, and not in every child
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
