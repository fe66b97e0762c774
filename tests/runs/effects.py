"""What a run does to the disk below a folder, one effect after the other, and its end at one of them."""

from __future__ import annotations

import errno
import os
import signal
import stat
import sys
from pathlib import Path
from typing import Any

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
