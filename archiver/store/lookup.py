"""Find files by the paths that notes give: exactly, or as they were meant."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path


class Lookup:
    """Looks names up in folder listings, which it remembers: also on file systems that ignore case it sees the case."""

    def __init__(self) -> None:
        self._names: dict[str, frozenset[str]] = {}

    def exact(self, path: str, *, folders: bool = False) -> bool:
        """Whether the absolute, normalised `path` is a file, or one of the `folders`, that has exactly this name in
        every part."""
        folder, name = os.path.split(path)
        while name:
            if name not in self._listing(folder):
                return False
            folder, name = os.path.split(folder)
        return self.is_file(path) or (folders and Path(path).is_dir())

    def is_file(self, path: str) -> bool:
        """Whether there is a file at the absolute `path`, whatever the case of its name."""
        return Path(path).is_file()

    def meant(self, path: str, below: str) -> str | None:
        """The one file that `path` means when case and Unicode normal form do not count in its parts under `below`.

        Both are absolute and normalised; None where there is none, or more than one.
        """
        if not path.startswith(below.rstrip(os.sep) + os.sep):
            return None
        found = [below]
        for part in os.path.relpath(path, below).split(os.sep):  # noqa: PTH206
            wanted = _loose(part)
            found = [
                os.path.join(folder, name)  # noqa: PTH118  # text all the way: tens of thousands of these
                for folder in found
                for name in self._listing(folder)
                if _loose(name) == wanted
            ]
        files = [one for one in found if Path(one).is_file()]
        return files[0] if len(files) == 1 else None

    def _listing(self, folder: str) -> frozenset[str]:
        if folder not in self._names:
            try:
                self._names[folder] = frozenset(os.listdir(folder))  # noqa: PTH208
            except OSError:
                # No folder, or one that may not be read: nothing is there for us.
                self._names[folder] = frozenset()
        return self._names[folder]


def _loose(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def repository_root(folder: Path) -> Path | None:
    """The working tree of git that holds `folder`, or None."""
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return candidate
    return None
