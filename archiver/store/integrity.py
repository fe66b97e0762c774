"""Read catalogue.db as it is, without mending or changing it."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import field
from pathlib import Path
from typing import Any

from archiver.errors import StoreError
from archiver.models.values import dataclass

Row = tuple[Any, ...]
# What article.json and links.jsonl determine. Columns are named, so that tables may gain others.
QUERIES = {
    "articles": "select folder, id, status, kind, url, title, account, author, published_at, biz, mid, idx, sn, digest,"
    " captured_at from articles",
    "aliases": "select folder, aliases.url from aliases join articles on articles.id = aliases.article",
    "shown": "select folder, position, key, article_images.url, error from article_images"
    " join articles on articles.id = article_images.article",
}


@dataclass(slots=True)
class IndexRows:
    """`rows` are those of each article's folder, in order; `images` maps an image's key to its file; `read_at` tells
    what each article.json looked like when it was read: modification time (ns) and size."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    read_at: dict[str, tuple[int, int]] = field(default_factory=dict)

    def of(self, folder: str) -> list[Row]:
        return self.rows.get(folder, [])


def index_rows(query: Callable[[str], Iterable[Row]]) -> IndexRows:
    """Read an index through `query`. Raises sqlite3.DatabaseError."""
    found = IndexRows()
    rows = defaultdict(list)
    for table, sql in QUERIES.items():
        for folder, *row in query(sql):
            rows[folder].append((table, *row))
    found.rows = {folder: sorted(values, key=repr) for folder, values in rows.items()}
    found.images = dict(query("select key, path from images"))
    found.read_at = {
        folder: (modified, size) for folder, modified, size in query("select folder, modified, size from files")
    }
    return found


_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DISK = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL})


_OF_ONE_ROW = (sqlite3.DataError, sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError)


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another program holds the database: that says nothing about what is in it."""
    return _code(error) in _BUSY


def is_outside(error: sqlite3.Error) -> bool:
    """Whether another program or the disk is in the way, rather than what is in the database."""
    return _code(error) in _BUSY | _DISK


def is_of_one_row(error: sqlite3.Error) -> bool:
    """Whether only what was to be written or asked was wrong, and not the database or what is around it."""
    return isinstance(error, _OF_ONE_ROW)


def _code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


@contextmanager
def index_errors(path: Path) -> Iterator[None]:
    """Translate what an index that is only read says, that of the archive at `path`, into StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"the index of {path} cannot be read: {error}") from error


def open_readonly(path: Path) -> sqlite3.Connection:
    """A connection by which nothing can be changed, nor a missing file made. Raises sqlite3.OperationalError."""
    return sqlite3.connect(readonly_uri(path), uri=True)


def readonly_uri(path: Path) -> str:
    """The name by which SQLite opens a database to read it only."""
    return f"{path.resolve().as_uri()}?mode=ro"


def read_index(path: Path) -> IndexRows:
    """Check the database file at `path` and read it. Raises sqlite3.DatabaseError for one that is damaged."""
    with closing(open_readonly(path)) as db:
        complaint = db.execute("pragma integrity_check(1)").fetchone()[0]
        if complaint != "ok":
            raise sqlite3.DatabaseError(complaint)
        pages, size = (db.execute(f"pragma {name}").fetchone()[0] for name in ("page_count", "page_size"))
        if pages * size != path.stat().st_size:
            raise sqlite3.DatabaseError("the file has another length than it says")
        return index_rows(lambda sql: db.execute(sql).fetchall())
