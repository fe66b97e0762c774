"""Files that are whole or not there: every write goes to a temporary file first."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from archiver.errors import NoHandlesError, StoreError, is_out_of_handles
from archiver.store.layout import TEMPORARY

_making = threading.Lock()  # who finds a folder there may count on it to last


@contextlib.contextmanager
def disk_errors(path: Path, doing: str) -> Iterator[None]:
    """Translate what the disk says about `path` into StoreError, or NoHandlesError."""
    try:
        yield
    except OSError as error:
        if is_out_of_handles(error):
            raise NoHandlesError from error
        raise StoreError(f"cannot {doing} {path}: {error.strerror or error}") from error


def disk_words(error: StoreError) -> str:
    """What the disk said, without the path and what was done to it."""
    cause = error.__cause__
    return (cause.strerror or str(cause)) if isinstance(cause, OSError) else str(error)


class FolderSyncs:
    """Folders whose fsync waits until something names what is in them, so that each is synced once for many files."""

    def __init__(self) -> None:
        self._pending: dict[Path, None] = {}

    def later(self, folder: Path) -> None:
        """Sync it with `now`."""
        self._pending[folder] = None

    def now(self) -> None:
        """Let the disk have the names of all files that were written so far. Raises StoreError."""
        while self._pending:
            folder = next(iter(self._pending))
            with disk_errors(folder, "write"):
                sync_folder(folder)
            del self._pending[folder]


def write_atomic(
    path: Path, data: bytes, by_way_of: Path | None = None, sync: Callable[[Path], None] | None = None
) -> None:
    """Replace `path` by `data`, or leave it as it was; its folder is made. The order is write, fsync, rename, fsync of
    the folder, so that no crash leaves half a file. `by_way_of`: the folder, on the same disk, for the temporary file;
    that of `path` if not given. `sync`: what syncs the folders, or sees to it. Raises StoreError."""
    sync = sync or sync_folder
    temporary = (by_way_of or path.parent) / f"{TEMPORARY}{os.urandom(6).hex()}"
    with disk_errors(path, "write"):
        make_folder(path.parent, sync)
        try:
            write_synced(temporary, data)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        sync(path.parent)


def write_if_changed(path: Path, data: bytes) -> bool:
    """`write_atomic` unless `path` holds just that; whether it wrote. Raises StoreError."""
    with disk_errors(path, "read"), contextlib.suppress(FileNotFoundError):
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            return False
    write_atomic(path, data)
    return True


def write_if_missing(path: Path, data: bytes) -> None:
    """`write_atomic` unless there is a file already: what the user made of it stays. Raises StoreError."""
    if not path.exists():
        write_atomic(path, data)


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file and wait until the disk has it. Raises OSError."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def append_synced(path: Path, data: bytes) -> None:
    """Append to `path` (made when missing) and wait until the disk has it. Raises StoreError."""
    with disk_errors(path, "write"):
        make_folder(path.parent)
        is_new = not path.exists()
        with open(path, "ab", opener=_open_itself) as file:  # Path.open takes no opener
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            sync_folder(path.parent)


def make_folder(folder: Path, sync: Callable[[Path], None] | None = None) -> None:
    """Make a folder, and what is missing above it, so that a power cut leaves them there. Raises OSError.

    Only an fsync of the folder above makes a new folder last; without it, all that is synced inside may be gone.
    """
    with _making:
        missing = [folder]
        while not missing[-1].is_dir():
            missing.append(missing[-1].parent)
        for made in reversed(missing[:-1]):
            made.mkdir(exist_ok=True)
            (sync or sync_folder)(made.parent)


def _open_itself(path: str, flags: int) -> int:
    """Opens a file, not what a symbolic link in its place leads to (there is no such flag on Windows)."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)


def remove_tree(path: Path, *, ignore_errors: bool = False) -> None:
    """`shutil.rmtree`, which an idle run need not load. Raises OSError."""
    import shutil

    shutil.rmtree(path, ignore_errors=ignore_errors)


def remove_synced(path: Path) -> None:
    """Delete a file or a whole folder, if it is there, so that no power cut brings it back. Raises OSError."""
    if path.is_dir() and not path.is_symlink():
        remove_tree(path)
    elif path.parent.is_dir():
        path.unlink(missing_ok=True)
    else:
        return
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename inside `folder` last (POSIX; Windows has no such call and does not need it)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
