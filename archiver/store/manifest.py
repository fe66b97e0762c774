"""How the files of the reader's site looked when they were written: whether somebody else touched one shows without
reading any. In catalogue.db.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def create(db: Database) -> None:
    """Make the tables."""
    db.table("written").create({"path": str, "modified": int, "size": int}, pk="path")
    db.table("builders").create({"print": str}, pk="print")


def paths(db: Database) -> set[str]:
    """The files that were written, relative to the archive's root."""
    return {path for (path,) in db.execute("select path from written")}


def untouched(db: Database, root: Path) -> bool:
    """Whether all of them are below `root` as they were written."""
    found = db.execute("select path, modified, size from written")
    return all(_look(root, path) == (modified, size) for path, modified, size in found)


def remember(db: Database, root: Path, there: Iterable[str], gone: Iterable[str]) -> None:
    """How the files that are `there` look now; forget those that are `gone`. Writes only what is news."""
    known = "select modified, size from written where path = ?"
    looks = ((path, look) for path in there if (look := _look(root, path)))
    news = [(path, *look) for path, look in looks if db.execute(known, [path]).fetchone() != look]
    with db.atomic():
        for row in news:
            db.execute("insert or replace into written(path, modified, size) values (?, ?, ?)", row)
        for path in gone:
            db.execute("delete from written where path = ?", [path])


def builder(db: Database) -> str:
    """What `set_builder` was told; empty at first."""
    row = db.execute("select print from builders").fetchone()
    return str(row[0]) if row else ""


def set_builder(db: Database, fingerprint: str) -> None:
    """Tell what made the site as it is: the same maker makes the same pages from the same archive."""
    db.execute("delete from builders")
    db.table("builders").insert({"print": fingerprint})


def _look(root: Path, path: str) -> tuple[int, int] | None:
    try:
        found = os.lstat(f"{root}/{path}")  # a Path for each of ten thousand takes longer than the disk
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
