"""Damaged files are quarantined: they are kept, under the day of the repair, for whoever wants to look at them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from archiver.errors import StoreError
from archiver.store.files import disk_errors, make_folder, sync_folder, write_atomic
from archiver.store.guard import is_inside
from archiver.store.layout import QUARANTINE


class Quarantine:
    """The folder quarantine/<date>/ of the archive at `root`; it is not in git."""

    def __init__(self, root: Path, now: datetime) -> None:
        self._root = root
        self._folder = root / QUARANTINE / f"{now:%Y-%m-%d}"

    def take(self, path: str) -> Path:
        """Move a file there; where it is now. Raises StoreError."""
        target = self._free(path)
        with disk_errors(self._root / path, "move"):
            make_folder(target.parent)
            (self._root / path).rename(target)
            sync_folder(target.parent)
        return target

    def copy(self, path: str, data: bytes) -> None:
        """Keep the bytes of a file that is about to be written again. Raises StoreError."""
        write_atomic(self._free(path), data)

    def keep(self, path: str) -> None:
        """Keep what is about to be written again, if it is there: a copy, or the thing itself where the disk does not
        give its bytes, or where it is a folder. Raises StoreError."""
        try:
            data = (self._root / path).read_bytes()
        except FileNotFoundError:
            return
        except OSError:
            self.take(path)
        else:
            self.copy(path, data)

    def keep_folder(self, folder: str) -> None:
        """`keep` all that lies in a folder, if it is there. Raises StoreError."""
        place = self._root / folder
        with disk_errors(place, "list"):
            names = sorted(item.name for item in place.iterdir()) if place.is_dir() else []
        for name in names:
            self.keep(f"{folder}/{name}")

    def _free(self, path: str) -> Path:
        target = self._folder / path
        number = 1
        while target.exists():
            number += 1
            target = self._folder / f"{path}.{number}"
        if not is_inside(self._root, target.parent.relative_to(self._root).as_posix()):
            raise StoreError(f"{path} cannot be kept at {target}: a symbolic link leads away from there; remove it")
        return target
