"""A copy of catalogue.db in memory: it can be brought up to date and asked while the file stays as it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from archiver.errors import StoreError
from archiver.store.catalogue import Catalogue
from archiver.store.integrity import open_readonly
from archiver.store.schema import is_broken, migrations, refuse_newer


def copy_index(path: Path) -> Catalogue | None:
    """The index at `path`, copied; None: it cannot be read, or another version of archiver made its tables."""
    copy = Catalogue(None)
    try:
        with closing(open_readonly(path)) as file:
            # A lock of another program is met here, with a time limit: `backup` would wait for ever.
            file.execute("begin")
            file.execute("select 1 from sqlite_master").fetchone()
            file.backup(copy.db.conn)
        refuse_newer(copy.db)
        usable = not is_broken(copy.db) and not migrations.pending(copy.db)
    except (sqlite3.DatabaseError, StoreError):
        usable = False
    if not usable:
        copy.db.close()
    return copy if usable else None
