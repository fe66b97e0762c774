"""Files under their own SHA-256, images/ab/<sha256>.<extension> and media/…: written once, never changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from archiver.errors import DamageError, StoreError
from archiver.models import ImageFile
from archiver.models.media import MediaFile
from archiver.store.files import FolderSyncs, disk_errors, remove_synced, write_atomic
from archiver.store.guard import is_inside
from archiver.store.layout import ASIDE, BLOB, IMAGES, MEDIA, blob_path


def read_blob(root: Path, path: str) -> bytes:
    """An image, audio or video file, which is what its name says. Raises StoreError or DamageError."""
    match = BLOB.fullmatch(path)
    if match is None or not is_inside(root, path):
        raise StoreError(f"{path} is no image or media file of the archive")
    with disk_errors(root / path, "read"):
        data = (root / path).read_bytes()
    if hashlib.sha256(data).hexdigest() != match[3]:
        raise DamageError(f"{path} is damaged: archiver verify --repair")
    return data


class Blobs:
    """The image and media files of the archive at `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._syncs = FolderSyncs()

    def put(self, file: ImageFile | MediaFile, *, at_once: bool = False) -> str:
        """Keep the file; its path, POSIX and relative to the archive's root. Raises StoreError.

        It lasts from the next `sync` on, or `at_once`. Nothing that lasts may name it before.
        """
        path = blob_path(IMAGES if isinstance(file, ImageFile) else MEDIA, file.sha256, file.extension)
        if not self._holds(path, len(file.data)):
            write_atomic(self._root / path, file.data, sync=self._syncs.later)
        if at_once:
            self.sync()
        return path

    def sync(self) -> None:
        """Let every file that was kept so far last. An article of many images has its folders synced once. Raises
        StoreError."""
        self._syncs.now()

    def has(self, path: str) -> bool:
        """Whether the file of a path that `put` gave is there."""
        return is_inside(self._root, path) and (self._root / path).is_file()

    def set_aside(self, path: str) -> None:
        """Hide a file that is not what it should be, so that the image is fetched again. Raises StoreError."""
        target = self._root / path
        with disk_errors(target, "rename"):
            target.rename(target.with_name(f"{ASIDE}{target.name}"))

    def settle(self) -> None:
        """Delete the files set aside of which there is a new one, and put the others back. Raises StoreError."""
        self.sync()
        for old in sorted((self._root / IMAGES).glob(f"*/{ASIDE}*")):
            target = old.with_name(old.name.removeprefix(ASIDE))
            with disk_errors(old, "rename"):
                if target.exists():
                    old.unlink()
                else:
                    old.rename(target)

    def remove(self, path: str) -> None:
        """Delete the file of a path that `put` gave, and its folder if that was the last in it. Raises StoreError."""
        target = self._root / path
        with disk_errors(target, "delete"):
            remove_synced(target)
            if target.parent.is_dir() and not any(target.parent.iterdir()):
                target.parent.rmdir()

    def _holds(self, path: str, size: int) -> bool:
        target = self._root / path
        with disk_errors(target, "read"):
            return not target.is_symlink() and target.is_file() and target.stat().st_size == size
