"""Zip files that hold the same bytes for the same contents."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import BinaryIO

_PACKED = (".jpg", ".png", ".gif", ".webp", ".avif", ".mp3", ".m4a", ".aac", ".ogg", ".mp4", ".webm", ".flv", ".gz")
_NEVER = (1980, 1, 1, 0, 0, 0)  # the earliest that the format knows


_PORTION = 1_000_000  # bytes


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _NEVER)
    info.create_system = 3  # the same on Windows
    info.external_attr = 0o644 << 16
    return info


class Zip:
    """A zip file that is being put together; each name is taken once. A context manager."""

    def __init__(self, file: BinaryIO, comment: str = "") -> None:
        self._zip = zipfile.ZipFile(file, "w")
        self._zip.comment = comment.encode()
        self._names: set[str] = set()

    def __enter__(self) -> Zip:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def add_file(self, name: str, path: Path) -> tuple[str, int]:
        """Add a file from the disk as it is; its SHA-256 (hexadecimal) and size."""
        digest, size = hashlib.sha256(), path.stat().st_size
        info = _info(name)
        info.file_size = size
        with path.open("rb") as source, self._zip.open(info, "w") as target:
            while portion := source.read(_PORTION):
                digest.update(portion)
                target.write(portion)
        self._names.add(name)
        return digest.hexdigest(), size

    def add(self, name: str, data: bytes | str, *, packed: bool = True) -> None:
        """Add a file, unless there is one of that name; `packed`: compressed, where that helps."""
        if name in self._names:
            return
        self._names.add(name)
        info = _info(name)
        stored = not packed or name.endswith(_PACKED)
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        self._zip.writestr(info, data, compresslevel=6)
