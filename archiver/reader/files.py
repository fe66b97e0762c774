"""Where the site's files go: into the archive, or nowhere, to be told only what would be written."""

from __future__ import annotations

from pathlib import Path

from archiver.store.files import disk_errors, write_if_changed


class SiteFiles:
    """The files of the site below `root`; paths are POSIX and relative to it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, path: str, data: bytes) -> bool:
        """Write a file, unless it holds just that; whether it did not. Raises StoreError."""
        return write_if_changed(self._root / path, data)

    def drop(self, path: str) -> bool:
        """Remove a file; whether it was there. Raises StoreError."""
        target = self._root / path
        if not target.is_file():
            return False
        with disk_errors(target, "remove"):
            target.unlink()
        return True


class UntouchedFiles(SiteFiles):
    """The same answers, with nothing written or removed."""

    def put(self, path: str, data: bytes) -> bool:
        """Whether the file does not hold just that; one that cannot be read does not."""
        try:
            return (self._root / path).read_bytes() != data
        except OSError:
            return True

    def drop(self, path: str) -> bool:
        """Whether the file is there."""
        return (self._root / path).is_file()
