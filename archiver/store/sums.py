"""SHA256SUMS: one file for each folder of article folders, as coreutils' `sha256sum -c` reads it.

It lists every file of every article below it, but no full capture: those are not in git, so a clone lacks them.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path

from archiver.models.values import dataclass
from archiver.store.files import disk_errors, write_atomic, write_if_changed
from archiver.store.layout import FULL_CAPTURE, SUMS

NEVER_LISTED = frozenset({FULL_CAPTURE})
_LINE = re.compile(r"([0-9a-f]{64})  ([^/\n]+/[^/\n]+)")
_PATH = len(f"{'':64}  ")  # where in a line its path begins


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


def _changed(data: bytes, name: str, lines: bytes) -> bytes:
    """The text of a SHA256SUMS that is in order, with these lines as those of the article folder `name`."""

    def path_at(place: int) -> str:
        start = data.rfind(b"\n", 0, place) + 1
        return data[start + _PATH : data.index(b"\n", start)].decode("utf-8", "surrogateescape")

    places = range(len(data))
    start = bisect_left(places, f"{name}/", key=path_at)
    end = bisect_left(places, f"{name}{chr(ord('/') + 1)}", start, key=path_at)
    view = memoryview(data)
    return data if view[start:end] == lines else b"".join((view[:start], lines, view[end:]))


class Checksums:
    """The SHA256SUMS files of the archive at `root`; folders are POSIX and relative to it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        # Folder -> SHA-256 of the file as it was left here: then it is in order, and need not be taken apart to change
        # the lines of one article of hundreds.
        self._left: dict[str, bytes] = {}

    def read(self, parent: str) -> SumsFile:
        """That of a folder of article folders; an empty one when it is missing. Raises StoreError."""
        return parse_sums(self._bytes(parent))

    def put(self, folder: str, files: Mapping[str, bytes]) -> None:
        """List exactly `files` (name -> bytes) for an article's folder. Raises StoreError."""
        parent, _, name = folder.rpartition("/")
        new = {f"{name}/{file}": hashlib.sha256(data).hexdigest() for file, data in files.items() if is_listed(file)}
        data = self._bytes(parent)
        if hashlib.sha256(data).digest() == self._left.get(parent):
            changed = _changed(data, name, sums_text(new))
            if changed is not data:
                write_atomic(self._root / parent / SUMS, changed)
                self._left[parent] = hashlib.sha256(changed).digest()
            return
        kept = {path: sha for path, sha in parse_sums(data).sums.items() if not path.startswith(f"{name}/")}
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

    def _bytes(self, parent: str) -> bytes:
        path = self._root / parent / SUMS
        with disk_errors(path, "read"):
            return path.read_bytes() if path.is_file() else b""

    def _write(self, parent: str, sums: Mapping[str, str]) -> None:
        data = sums_text(sums)
        write_if_changed(self._root / parent / SUMS, data)
        self._left[parent] = hashlib.sha256(data).digest()

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
