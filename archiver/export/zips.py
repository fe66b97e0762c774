"""Zip files that hold the same bytes for the same contents."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

_PACKED = (".jpg", ".png", ".gif", ".webp", ".avif", ".mp3", ".m4a", ".aac", ".ogg", ".mp4", ".webm", ".flv", ".gz")
_NEVER = (1980, 1, 1, 0, 0, 0)  # the earliest that the format knows


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

    def add(self, name: str, data: bytes | str, *, packed: bool = True) -> None:
        """Add a file, unless there is one of that name; `packed`: compressed, where that helps."""
        if name in self._names:
            return
        self._names.add(name)
        info = zipfile.ZipInfo(name, _NEVER)
        info.create_system = 3  # the same on Windows
        info.external_attr = 0o644 << 16
        stored = not packed or name.endswith(_PACKED)
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        self._zip.writestr(info, data, compresslevel=6)
