"""Files under their own SHA-256, images/ab/<sha256>.<extension> and media/…: written once, never changed."""

from __future__ import annotations

from pathlib import Path

from archiver.mediamodels import MediaFile
from archiver.models import ImageFile
from archiver.store.files import disk_errors, write_atomic


class Blobs:
    """The image and media files of the archive at `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, file: ImageFile | MediaFile) -> str:
        """Keep the file; its path, POSIX and relative to the archive's root. Raises StoreError."""
        folder = "images" if isinstance(file, ImageFile) else "media"
        path = f"{folder}/{file.sha256[:2]}/{file.sha256}.{file.extension}"
        if not self._holds(path, len(file.data)):
            write_atomic(self._root / path, file.data)
        return path

    def has(self, path: str) -> bool:
        """Whether the file of a path that `put` gave is there."""
        return (self._root / path).is_file()

    def _holds(self, path: str, size: int) -> bool:
        target = self._root / path
        with disk_errors(target, "read"):
            return target.is_file() and target.stat().st_size == size
