"""Where the site's files go: into the archive, or nowhere, to be told only what would be written."""

from __future__ import annotations

from pathlib import Path

from archiver.errors import StoreError
from archiver.store.files import disk_errors, remove_synced, write_atomic
from archiver.store.ownership import is_ours


class SiteFiles:
    """The files of the site below `root`; paths are POSIX and relative to it. `foreign` are those in whose place there
    is what archiver did not make, which stays as it is."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.foreign: set[str] = set()

    def put(self, path: str, data: bytes) -> bool:
        """Write a file, unless it holds just that; whether it did not. Raises StoreError."""
        there = self.read(path)
        if there == data or self._is_foreign(path, there, data):
            return False
        write_atomic(self._root / path, data)
        return True

    def drop(self, path: str) -> bool:
        """Remove a file; whether it was there. Raises StoreError."""
        target = self._root / path
        if not target.is_file() or self._is_foreign(path, self.read(path)):
            return False
        with disk_errors(target, "remove"):
            remove_synced(target)
        return True

    def read(self, path: str) -> bytes | None:
        """What a file holds; None: there is none. Raises StoreError."""
        with disk_errors(self._root / path, "read"):
            try:
                return (self._root / path).read_bytes()
            except FileNotFoundError:
                return None

    def _is_foreign(self, path: str, there: bytes | None, new: bytes = b"") -> bool:
        if there is None or is_ours(there, new):
            return False
        self.foreign.add(path)
        return True


class UntouchedFiles(SiteFiles):
    """The same answers, with nothing written or removed."""

    def put(self, path: str, data: bytes) -> bool:
        """Whether the file does not hold just that; one that cannot be read does not."""
        there = self.read(path)
        return there != data and not self._is_foreign(path, there, data)

    def drop(self, path: str) -> bool:
        """Whether the file is there."""
        return (self._root / path).is_file() and not self._is_foreign(path, self.read(path))

    def read(self, path: str) -> bytes | None:
        """What a file holds; None: there is none, or it cannot be read."""
        try:
            return super().read(path)
        except StoreError:
            return None
