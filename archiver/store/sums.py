"""SHA256SUMS: one file for each folder of article folders, as coreutils' `sha256sum -c` reads it.

It lists every file of every article below it, but no full capture: those are not in git, so a clone lacks them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path

from archiver.models.values import dataclass
from archiver.store.files import disk_errors, write_if_changed
from archiver.store.layout import FULL_CAPTURE, SUMS

NEVER_LISTED = frozenset({FULL_CAPTURE})
_LINE = re.compile(r"([0-9a-f]{64})  ([^/\n]+/[^/\n]+)")


@dataclass(slots=True)
class SumsFile:
    """One SHA256SUMS: `sums` maps `<article>/<file>` to SHA-256; `bad` are the numbers of lines that say nothing."""

    sums: dict[str, str] = field(default_factory=dict)
    bad: list[int] = field(default_factory=list)

    def of(self, name: str) -> dict[str, str]:
        """The files of one article folder."""
        return {path.partition("/")[2]: sha for path, sha in self.sums.items() if path.startswith(f"{name}/")}


def parse_sums(data: bytes) -> SumsFile:
    """Read the text of a SHA256SUMS. Never raises: what cannot be read is among `bad`."""
    found = SumsFile()
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        if match and number < len(lines) and match[2] not in found.sums:
            found.sums[match[2]] = match[1]
        elif line:
            found.bad.append(number)
    return found


def sums_text(sums: Mapping[str, str]) -> bytes:
    """The text of a SHA256SUMS."""
    return "".join(f"{sha}  {path}\n" for path, sha in sorted(sums.items())).encode("utf-8", "surrogateescape")


class Checksums:
    """The SHA256SUMS files of the archive at `root`; folders are POSIX and relative to it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, parent: str) -> SumsFile:
        """That of a folder of article folders; an empty one when it is missing. Raises StoreError."""
        path = self._root / parent / SUMS
        with disk_errors(path, "read"):
            return parse_sums(path.read_bytes() if path.is_file() else b"")

    def put(self, folder: str, files: Mapping[str, bytes]) -> None:
        """List exactly `files` (name -> bytes) for an article's folder. Raises StoreError."""
        parent, _, name = folder.rpartition("/")
        known = self.read(parent).sums
        kept = {path: sha for path, sha in known.items() if not path.startswith(f"{name}/")}
        new = {f"{name}/{file}": hashlib.sha256(data).hexdigest() for file, data in files.items() if is_listed(file)}
        self._write(parent, kept | new)

    def drop(self, folder: str) -> None:
        """Take the lines of an article's folder out, and the file with the last of them. Raises StoreError."""
        parent, _, name = folder.rpartition("/")
        kept = {path: sha for path, sha in self.read(parent).sums.items() if not path.startswith(f"{name}/")}
        if kept:
            self._write(parent, kept)
            return
        with disk_errors(self._root / parent / SUMS, "delete"):
            (self._root / parent / SUMS).unlink(missing_ok=True)

    def put_files(self, parent: str, files: Mapping[str, bytes]) -> None:
        """Change the lines of `files` (`<article>/<file>` -> bytes), of those articles that have lines at all.

        Raises StoreError.
        """
        known = self.read(parent).sums
        listed = {path.partition("/")[0] for path in known}
        new = {
            path: hashlib.sha256(data).hexdigest() for path, data in files.items() if path.partition("/")[0] in listed
        }
        self._write(parent, known | new)

    def _write(self, parent: str, sums: Mapping[str, str]) -> None:
        write_if_changed(self._root / parent / SUMS, sums_text(sums))

    def refresh(self, folder: str) -> None:
        """List the files of an article's folder as they are on the disk: to be called only where they were just
        written, or checked by other means. Raises StoreError."""
        path = self._root / folder
        with disk_errors(path, "read"):
            files = {p.name: p.read_bytes() for p in sorted(path.iterdir()) if p.is_file() and is_listed(p.name)}
        self.put(folder, files)

    def add_missing(self, folders: Iterable[str]) -> list[str]:
        """List those of the article folders that no line names: a run died before it could. Raises StoreError."""
        names: dict[str, set[str]] = {}
        added = []
        for folder in folders:
            parent, _, name = folder.rpartition("/")
            if parent not in names:
                names[parent] = {path.partition("/")[0] for path in self.read(parent).sums}
            if name not in names[parent]:
                self.refresh(folder)
                added.append(folder)
        return added


def is_listed(name: str) -> bool:
    """Whether a file of an article's folder has a line in SHA256SUMS."""
    return name not in NEVER_LISTED and not name.startswith(".")
