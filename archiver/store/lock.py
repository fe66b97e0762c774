"""One run at a time on an archive. The operating system frees the lock when the process dies."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from archiver.errors import LockedError
from archiver.store.files import disk_errors

LOCK_FILE = ".lock"


@contextlib.contextmanager
def archive_lock(root: Path) -> Iterator[None]:
    """Hold the archive at `root` (made when missing). Raises LockedError at once when somebody else does."""
    with disk_errors(root, "make"):
        root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(root / LOCK_FILE)
    with disk_errors(root / LOCK_FILE, "lock"):
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise LockedError(f"another archiver is at work on {root}; try again when it is done") from error
    try:
        yield
    finally:
        lock.release()
