"""What makes a file what it is beside its bytes: another file takes its place only where all of that can be kept."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from pathlib import Path

from archiver.errors import NoteKeptError

_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_OF_SYSTEM = ("security.", "trusted.")  # labels that the system itself gives to every file
_NONE_HERE = (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


def check_replaceable(root: Path, path: str) -> None:
    """Raises NoteKeptError for a note that is to stay as it is, and OSError where the disk does not even tell that."""
    status = (root / path).stat()
    if not status.st_mode & _WRITABLE or not os.access(root / path, os.W_OK):
        raise NoteKeptError("left as it is: it is write-protected")
    if status.st_nlink > 1:
        raise NoteKeptError(
            f"left as it is: it has {status.st_nlink} names (hard links), of which one would get the new text"
        )


def copy_attributes(source: Path, target: Path) -> None:
    """Give `target` the permissions, owner and extended attributes of `source`. Raises NoteKeptError where that is not
    allowed, OSError where the disk refuses."""
    old, new = source.stat(), target.stat()
    try:
        if hasattr(os, "chown") and (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
            os.chown(target, old.st_uid, old.st_gid)
    except PermissionError as error:
        raise NoteKeptError("left as it is: it would not belong to its owner any more") from error
    shutil.copymode(source, target)
    for name, value in _extended(source).items():
        try:
            os.setxattr(target, name, value)
        except OSError as error:
            if not name.startswith(_OF_SYSTEM):
                raise NoteKeptError(f"left as it is: its attribute {name} cannot be kept") from error


def _extended(path: Path) -> dict[str, bytes]:
    """The extended attributes of a file, access control lists among them; none where the system has no such thing."""
    if not hasattr(os, "listxattr"):
        return {}
    try:
        return {name: os.getxattr(path, name) for name in os.listxattr(path)}
    except OSError as error:
        if error.errno in _NONE_HERE:
            return {}
        raise
