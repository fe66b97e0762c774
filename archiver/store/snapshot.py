"""Copies of catalogue.db in memory: they can be brought up to date and asked while the file stays as it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from archiver.errors import StoreError
from archiver.store.catalogue import Catalogue
from archiver.store.database import open_database
from archiver.store.integrity import open_readonly, readonly_uri
from archiver.store.schema import is_current, refuse_newer

if TYPE_CHECKING:
    from sqlite_utils import Database


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
        usable = is_current(copy.db)
    except (sqlite3.DatabaseError, StoreError):
        usable = False
    if not usable:
        copy.db.close()
    return copy if usable else None


def borrow(catalogue: Catalogue, path: Path, *, articles: bool) -> None:
    """Let a catalogue in memory take over what the one at `path` knows of notes and of the image files that they show,
    so that they need not be read again, which images there are, as a run would find it, and the `articles` without
    their texts. Of one made by another version nothing is taken."""
    tables = ["notes", "links", "file_checks", "images"]
    tables += ["articles", "aliases", "article_images", "article_links", "files"] if articles else []
    db = catalogue.db
    with suppress(sqlite3.Error):
        with closing(open_readonly(path)) as lender:
            if not is_current(open_database(lender)):
                return
        db.conn.execute("attach ? as lender", [readonly_uri(path)])
        try:
            with db.conn:
                for table in tables:
                    mine, theirs = (_columns(db, place, table) for place in ("main", "lender"))
                    # Of tables that are the same, SQLite takes rows and indexes over without a look at each.
                    into, names = (table, "*") if mine == theirs else (f"{table} ({mine})", mine)
                    db.conn.execute(f"insert into main.{into} select {names} from lender.{table}")
        finally:
            db.conn.execute("detach lender")


def _columns(db: Database, place: str, table: str) -> str:
    return ", ".join(name for _, name, *_ in db.execute(f"pragma {place}.table_info({table})"))
