"""Image files under their own SHA-256: images/ab/<sha256>.<extension>. Written once, never changed."""

from __future__ import annotations

from pathlib import Path

from archiver.models import ImageFile
from archiver.store.files import disk_errors, write_atomic
from archiver.store.guard import is_inside


class Blobs:
    """The image files of the archive at `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, image: ImageFile) -> str:
        """Keep the image; its path, POSIX and relative to the archive's root. Raises StoreError."""
        path = f"images/{image.sha256[:2]}/{image.sha256}.{image.extension}"
        if not self._holds(path, len(image.data)):
            write_atomic(self._root / path, image.data)
        return path

    def has(self, path: str) -> bool:
        """Whether the file of a path that `put` gave is there."""
        return is_inside(self._root, path) and (self._root / path).is_file()

    def _holds(self, path: str, size: int) -> bool:
        target = self._root / path
        with disk_errors(target, "read"):
            return not target.is_symlink() and target.is_file() and target.stat().st_size == size
