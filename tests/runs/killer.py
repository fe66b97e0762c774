"""Runs syncs that are killed at the n-th effect on the disk. A program of its own: `python -m tests.runs.killer`.

It reads lines `N TORN ROOT` and answers each with a line of JSON. For every line it forks a child that loads
ROOT/config.toml and syncs; the child is killed (SIGKILL) right before its N-th effect below ROOT: a file opened for
writing, an fsync, a rename, a removal, a folder made. With TORN = 1 the file whose fsync is the N-th effect loses its
last bytes first, as in a power cut. With N = 0 nothing is killed and the effects are listed.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
from pathlib import Path
from typing import Any

from archiver.config import load_config
from archiver.tasks.sync import Options
from tests.forkserver import import_everything
from tests.world import sync

TORN_BYTES = 7
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Effects:
    """Counts effects below a folder, and ends the process at one of them."""

    def __init__(self, root: str, last: int, *, torn: bool) -> None:
        self.root, self.last, self.torn = root, last, torn
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
            if self.torn and handle >= 0 and stat.S_ISREG(os.fstat(handle).st_mode):
                os.ftruncate(handle, max(0, os.fstat(handle).st_size - TORN_BYTES))
            os.kill(os.getpid(), signal.SIGKILL)


def _child(root: str, last: int, torn: bool, answer: int) -> None:
    effects = Effects(root, last, torn=torn)
    effects.install()
    summary = sync(load_config(Path(root) / "config.toml"), Options(), lambda _event: None)
    with os.fdopen(answer, "w", encoding="utf-8") as file:
        json.dump({"exit_code": summary.exit_code, "effects": effects.seen if not last else []}, file)
    os._exit(0)


def main() -> None:
    import_everything()  # once, and not in every child
    for line in sys.stdin:
        last, torn, root = line.rstrip("\n").split(" ", 2)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                _child(root, int(last), torn == "1", writer)
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
