"""Writes down what the disk is told during a run, for `tests.runs.powercut`."""

from __future__ import annotations

import os
import pickle
import resource
import stat
import threading
from pathlib import Path
from typing import Any

from tests.runs.effects import Effects
from tests.runs.powercut import Entries, Recording


class Recorder(Effects):
    """Writes down each effect with the names before it, and each fsync with what it made last."""

    def __init__(self, root: str) -> None:
        super().__init__(root, 0, "")
        self._lock = threading.RLock()
        self._open: list[int] = []  # so that no inode of what was synced is given to another file
        self._names: dict[int, Entries] = {}
        self.recording = Recording(Path(root).stat().st_ino, files=_contents(Path(root)))

    def install(self) -> None:
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self._look()
        self.recording.folders.update(self._names)
        super().install()

    def _effect(self, event: str, path: Any, handle: int = -1) -> None:
        with self._lock:
            before = len(self.seen)
            super()._effect(event, path, handle)
            if len(self.seen) > before:
                self.recording.steps.append(("effect", self.seen[-1], self._look()))

    def _on_fsync(self, handle: int) -> None:
        with self._lock:
            before = len(self.seen)
            super()._on_fsync(handle)
            if len(self.seen) == before:
                return
            self._open.append(os.dup(handle))
            found = os.fstat(handle)
            if stat.S_ISDIR(found.st_mode):
                self.recording.steps.append(("folder", found.st_ino, _entries(handle)))
            else:
                data = Path(f"/proc/self/fd/{handle}").read_bytes()
                self.recording.steps.append(("file", found.st_ino, data))

    def save(self, into: Path) -> None:
        into.write_bytes(pickle.dumps(self.recording))

    def _look(self) -> dict[int, Entries]:
        """The folders whose entries are others than at the last look."""
        seen = {Path(place).stat().st_ino: _entries(place) for place, _, _ in os.walk(self.root)}
        changed = {inode: entries for inode, entries in seen.items() if self._names.get(inode) != entries}
        self._names = seen
        return changed


def _entries(folder: str | int) -> Entries:
    with os.scandir(folder) as found:
        return {entry.name: (entry.inode(), entry.is_dir(follow_symlinks=False)) for entry in found}


def _contents(root: Path) -> dict[int, bytes]:
    return {path.stat().st_ino: path.read_bytes() for path in root.rglob("*") if path.is_file()}
