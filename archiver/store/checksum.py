"""A checksum of catalogue.db: SQLite keeps none, so that a flipped bit may say anything and mislead every run."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from archiver.store.database import open_database
from archiver.store.files import disk_errors, write_atomic
from archiver.store.layout import CATALOGUE_CHECKSUM
from archiver.store.notewalk import look_at
from archiver.store.remembered import is_settled
from archiver.store.schema import refuse_newer

log = logging.getLogger(__name__)


@contextlib.contextmanager
def checksummed(root: Path, name: str) -> Iterator[None]:
    """Inside, the database `name` in the archive at `root` may be used and changed. Before, it is thrown away if it is
    not as the last run left it; a run that was killed leaves no checksum, and SQLite's own means have to do.

    Raises StoreError.
    """
    database, checksum = root / name, root / CATALOGUE_CHECKSUM
    began, look = time.time_ns(), look_at(root, name)
    left, now = _read(checksum), _digest(database)
    if left and now and now != left:
        if now.rpartition(" ")[2] != left.rpartition(" ")[2]:
            _refuse_newer(database)
        log.warning("%s was changed by something else than archiver: it is made again", database)
        with disk_errors(database, "remove"):
            for path in (database, database.with_name(f"{name}-journal")):
                path.unlink(missing_ok=True)
    broken = checksum.with_suffix(".broken")  # kept meanwhile, so that an idle run leaves the very same file
    with disk_errors(checksum, "rename"):
        if left:
            checksum.replace(broken)
    yield
    is_same = is_settled(look, began) and look == look_at(root, name)
    digest = now if is_same else _digest(database)
    with disk_errors(checksum, "rename"):
        if left and digest == left:
            broken.replace(checksum)
            return
        broken.unlink(missing_ok=True)
    write_atomic(checksum, digest.encode())


def is_intact(root: Path, name: str) -> bool:
    """Whether the database `name` is as the last run left it, and no run is at work on it. Raises StoreError."""
    left = _read(root / CATALOGUE_CHECKSUM)
    return bool(left) and left == _digest(root / name)


def _read(checksum: Path) -> str:
    with disk_errors(checksum, "read"):
        try:
            return checksum.read_text("ascii")
        except (FileNotFoundError, UnicodeDecodeError):
            return ""


def _digest(database: Path) -> str:
    """A hash of the file, and SQLite's count of the changes made to it; empty where there is no file."""
    with disk_errors(database, "read"):
        if not database.is_file():
            return ""
        with database.open("rb") as file:
            digest = hashlib.file_digest(file, "blake2b").hexdigest()
            file.seek(24)  # https://www.sqlite.org/fileformat2.html#file_change_counter
            return f"{digest} {int.from_bytes(file.read(4))}"


def _refuse_newer(database: Path) -> None:
    """Raise StoreError where it was a newer archiver that has written the file."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(database)) as connection:
        refuse_newer(open_database(connection))
