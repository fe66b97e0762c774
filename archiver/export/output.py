"""Where an export goes: to a file that is whole or not there, over nothing of somebody else's."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from archiver.errors import UsageError
from archiver.store.files import disk_errors, sync_folder
from archiver.store.layout import TEMPORARY

_LOOKED_AT = 1024  # bytes at either end of a file


def check_target(path: Path, mark: bytes, *, force: bool) -> None:
    """Whether an export may be written to `path`: to a new or empty file, over an earlier export, which holds `mark`,
    or, by `force`, over any file. Raises UsageError or StoreError."""
    with disk_errors(path, "look at"):
        if not path.exists():
            return
        if path.is_dir():
            raise UsageError(f"{path} is a folder: name a file")
        if not path.is_file():
            raise UsageError(f"{path} is no file that could be replaced")
        if force or not path.stat().st_size or _holds(path, mark):
            return
    raise UsageError(f"{path} is there, and is no such export: name another file, or --force writes over it")


def _holds(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT)
        file.seek(max(0, path.stat().st_size - _LOOKED_AT))
        return mark in head or mark in file.read()


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file that takes the place of `path` when all is well, and is not there otherwise. Raises StoreError."""
    target = path.resolve()  # what a symbolic link leads to, not the link
    temporary = target.with_name(f"{TEMPORARY}{secrets.token_hex(6)}")
    with disk_errors(path, "write"):
        try:
            with temporary.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(target.parent)
