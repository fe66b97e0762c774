"""What the image files hold that notes show: remembered in catalogue.db, so that they are not read in every run."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from archiver.models.values import dataclass
from archiver.store.rows import query

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What was found in a file that had this modification time (ns) and size (bytes); type and digest if of use."""

    modified: int
    size: int
    verdict: str
    why: str = ""
    sha256: str = ""
    extension: str = ""


def create(db: Database) -> None:
    """Make the table."""
    columns = {"path": str, "modified": int, "size": int, "verdict": str, "why": str, "sha256": str, "extension": str}
    db.table("file_checks").create(columns, pk="path")


def get(db: Database, path: str, modified: int, size: int) -> FileCheck | None:
    """What is known of the file at `path`, POSIX and relative to the notes folder, if it has not changed since."""
    for row in query(db, "select * from file_checks where path = ?", [path]):
        del row["path"]
        check = FileCheck(**row)
        return check if (check.modified, check.size) == (modified, size) else None
    return None


def put(db: Database, path: str, check: FileCheck) -> None:
    """Remember what a file holds."""
    db.table("file_checks").upsert({"path": path, **asdict(check)}, pk="path")
