"""One run at a time on an archive. The operating system frees the lock when the process dies."""

from __future__ import annotations

import contextlib
import json
import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from archiver.errors import LockedError
from archiver.store.files import disk_errors, make_folder
from archiver.store.layout import LOCK, LOCK_OWNER
from archiver.store.ownership import refuse_foreign

_FOREVER = -1.0


@contextlib.contextmanager
def archive_lock(root: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold the archive at `root` (made when missing), after waiting for it if `wait`.

    Raises LockedError, which says who holds it, and NotAnArchiveError for a folder that is somebody else's."""
    refuse_foreign(root)
    with disk_errors(root, "make"):
        make_folder(root)
    lock = FileLock(root / LOCK)
    with disk_errors(root / LOCK, "lock"):
        try:
            lock.acquire(timeout=_FOREVER if wait else 0)
        except Timeout as error:
            raise LockedError(
                f"another archiver is at work on {root}{lock_owner(root)}; try again when it is done, or use --wait"
            ) from error
    owner = root / LOCK_OWNER
    try:
        with disk_errors(owner, "write"):
            # Only for people: what counts is the lock, which a crash cannot leave behind. Made anew ("x"), so that a
            # symbolic link in its place is not written through.
            owner.unlink(missing_ok=True)
            with owner.open("x", encoding="utf-8") as file:
                file.write(json.dumps(_myself()))
        yield
    finally:
        with contextlib.suppress(OSError):
            owner.unlink(missing_ok=True)
        lock.release()


def lock_owner(root: Path) -> str:
    """Who holds the archive, for a message: ` (process 4711 on laptop, since 2026-11-22 02:45 UTC)`, or nothing where
    that is not known. Tells nothing unless somebody does hold it."""
    try:
        owner = json.loads((root / LOCK_OWNER).read_text("utf-8"))
        return f" (process {owner['process']} on {owner['host']}, since {owner['since']} UTC)"
    except (OSError, ValueError, KeyError, TypeError):
        return ""  # it has not written its name yet, or has just taken it away


def _myself() -> dict[str, str | int]:
    return {
        "process": os.getpid(),
        "host": platform.node(),
        "since": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
    }
