"""One run at a time on an archive. The operating system frees the lock when the process dies."""

from __future__ import annotations

import contextlib
import json
import os
import platform
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

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
    with disk_errors(root / LOCK, "lock"):
        try:
            release = _flock(root / LOCK, wait=wait) or _lock_otherwise(root / LOCK, wait=wait)
        except BlockingIOError as error:
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
        release()


def _flock(path: Path, *, wait: bool) -> Callable[[], None] | None:
    """Lock a file as filelock does on most systems, which takes longer to load than an idle run has for its notes; what
    unlocks it. None where system or disk cannot. Raises BlockingIOError where it is locked, or OSError."""
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            if os.fstat(handle).st_nlink:  # else it was deleted meanwhile, and locks nothing
                return partial(_release, handle)
        except BlockingIOError:
            os.close(handle)
            raise
        except OSError:
            os.close(handle)
            return None
        except BaseException:  # interrupted while it waits
            os.close(handle)
            raise
        os.close(handle)


def _release(handle: int) -> None:
    """Unlock a file, and close it. To close it is not enough while a child that another thread is just starting has it,
    too: until its program begins it has all that is open here."""
    import fcntl

    with contextlib.suppress(OSError):  # it is closed all the same
        fcntl.flock(handle, fcntl.LOCK_UN)
    os.close(handle)


def _lock_otherwise(path: Path, *, wait: bool) -> Callable[[], None]:
    """Lock a file where that needs to be known better. Raises BlockingIOError where it is locked, or OSError."""
    from filelock import FileLock, Timeout

    lock = FileLock(path)
    try:
        lock.acquire(timeout=_FOREVER if wait else 0)
    except Timeout as error:
        raise BlockingIOError from error
    return lock.release


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
