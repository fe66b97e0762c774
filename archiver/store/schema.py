"""The tables of catalogue.db, version by version."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from archiver.errors import StoreError
from archiver.store import dirty, filechecks, fulltext, manifest, views
from archiver.store.database import Migrations, open_database
from archiver.store.integrity import open_readonly

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations = Migrations("archiver")


@migrations()
def first(db: Database) -> None:
    """Tables of version 0.1."""
    db.table("articles").create(
        {
            "id": str,
            "folder": str,
            "status": str,
            "kind": str,
            "url": str,
            "title": str,
            "account": str,
            "author": str,
            "published_at": str,
            "biz": str,
            "mid": str,
            "idx": str,
            "sn": str,
            "digest": str,
            "captured_at": str,
        },
        pk="id",
    )
    db.table("articles").create_index(["published_at"])
    db.table("aliases").create({"url": str, "article": str}, pk="url")
    db.table("aliases").create_index(["article"])
    db.table("images").create(
        {"key": str, "path": str, "sha256": str, "media_type": str, "width": int, "height": int}, pk="key"
    )
    db.table("article_images").create(
        {"article": str, "position": int, "key": str, "url": str, "error": str}, pk=("article", "position")
    )
    db.table("article_images").create_index(["key"])
    db.table("notes").create({"path": str, "sha256": str}, pk="path")
    db.table("links").create(
        {"note": str, "line": int, "start": int, "kind": str, "url": str, "target": str}, pk=("note", "start")
    )
    db.table("links").create_index(["url"])
    db.table("links").create_index(["target"])
    # What each article.json looked like when it was read: tells which ones changed, without opening them.
    db.table("files").create({"folder": str, "modified": int, "size": int}, pk="folder")


@migrations()
def inner_links(db: Database) -> None:
    """Which articles and albums of WeChat an article links to."""
    db.table("article_links").create({"article": str, "url": str, "target": str}, pk=("article", "url"))
    db.table("article_links").create_index(["url"])
    db.table("article_links").create_index(["target"])
    db.execute("delete from files")  # so that every article.json is read again


@migrations()
def reader(db: Database) -> None:
    """What the offline reader needs: covers, ratings, texts, and what changed since the site was written."""
    db.table("articles").add_column("date", str)
    db.table("articles").add_column("cover", str)
    db.table("articles").create_index(["folder"], unique=True)
    db.table("articles").create_index(["account"])
    db.table("links").add_column("stars", int)
    fulltext.create(db)
    dirty.create(db)
    for table in ("files", "notes", "links"):  # read again: what was indexed before lacks the new columns
        db.execute(f"delete from {table}")


@migrations()
def file_checks(db: Database) -> None:
    """What is known of the image files that notes show."""
    filechecks.create(db)


@migrations()
def site(db: Database) -> None:
    """How the site's files looked when they were written; and to count what is incomplete without reading all."""
    manifest.create(db)
    db.table("articles").create_index(["status"])


@migrations()
def coverage(db: Database) -> None:
    """How much of its page an article has."""
    db.table("articles").add_column("coverage", float)
    db.execute("delete from files")


@migrations()
def invisible_characters(db: Database) -> None:
    """Texts without the characters that show nothing: all are indexed again."""
    db.execute("delete from texts")
    db.execute("drop table search")
    fulltext.create_index(db)
    db.execute("delete from files")


@migrations()
def damaged_images(db: Database) -> None:
    """Which images are not whole where they come from either."""
    db.table("images").add_column("damaged_at_source", int, not_null_default=0)


@migrations()
def text_checksums(db: Database) -> None:
    """Texts with a checksum instead of a sketch: all are indexed again."""
    db.execute("drop table texts")
    db.execute("drop table search")
    fulltext.create(db)
    db.execute("delete from files")


@migrations()
def views_for_others(db: Database) -> None:
    """The views that do not change."""
    views.create(db)


@migrations()
def web_archive(db: Database) -> None:
    """Which articles and images are from a web archive, and since when they are there."""
    for table, columns in (("articles", ("via", "archived")), ("images", ("via",))):
        for column in columns:
            db.table(table).add_column(column, str)


@migrations()
def letters(db: Database) -> None:
    """Texts indexed by letters instead of pairs: all are indexed again."""
    db.execute("drop table texts")
    fulltext.create(db)
    db.execute("delete from files")


@migrations()
def compact_images(db: Database) -> None:
    """What the images came in of which a smaller file is kept."""
    db.table("images").add_column("original", str)


@migrations()
def by_message(db: Database) -> None:
    """To find the article that a page is too, without a look at all."""
    db.table("articles").create_index(["mid"])


@migrations()
def best_ratings(db: Database) -> None:
    """To find the best rating of an article without a look at all that it has."""
    for column in ("url", "target"):
        db.execute(f"drop index idx_links_{column}")
        db.table("links").create_index([column, "stars"])


_SHADOWS = ("_data", "_idx", "_content", "_docsize", "_config")  # of FTS5, which makes them itself


def make_like(db: Database, path: Path) -> None:
    """Make the tables of an empty database like those of the one at `path`, if that is as the migrations left it: much
    sooner done than by these."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(open_readonly(path)) as other, db.conn:
        lent = open_database(other)
        if not is_current(lent):
            return
        db.conn.execute("begin")
        made = other.execute("select name, sql from sqlite_master where sql != '' order by rowid").fetchall()
        virtual = [name for name, sql in made if sql.lower().startswith("create virtual ")]
        shadows = {f"{name}{end}" for name in virtual for end in _SHADOWS}
        for name, sql in made:
            if name not in shadows and not name.startswith("sqlite_"):
                db.conn.execute(sql)
        rows = other.execute("select * from _sqlite_migrations").fetchall()
        db.conn.executemany(f"insert into _sqlite_migrations values ({', '.join('?' * len(rows[0]))})", rows)
        db.conn.execute(f"pragma user_version = {_stamp(db)}")


def is_broken(db: Database) -> bool:
    """Whether tables or indexes are not as the migrations have left them: somebody dropped or changed one."""
    (found,) = db.execute("pragma user_version").fetchone()
    return bool(_schema(db)) and found != _stamp(db)


def is_current(db: Database) -> bool:
    """Whether tables and indexes are as this version of archiver makes them. Raises sqlite3.Error."""
    return not migrations.pending(db) and not is_broken(db)


def migrate(db: Database) -> None:
    """Make the tables as they are now, remember them in the field of the file that is free for the program, and give
    back the room of older ones."""
    is_older = bool(_schema(db))
    migrations.apply(db)
    db.execute(f"pragma user_version = {_stamp(db)}")
    if is_older:
        with contextlib.suppress(sqlite3.OperationalError):  # a full disk: the file is as good without
            db.execute("vacuum")


def _stamp(db: Database) -> int:
    return zlib.crc32(json.dumps(_schema(db)).encode()) >> 1  # the field is signed


def _schema(db: Database) -> list[tuple[str, str]]:
    # sqlite_sequence and the like come and go with their use.
    sql = "select name, coalesce(sql, '') from sqlite_master where name not like 'sqlite%' order by name"
    return db.execute(sql).fetchall()


def refuse_newer(db: Database) -> None:
    """Raise StoreError for a database that a newer version of archiver made."""
    if migrations.applied(db) - migrations.names:
        raise StoreError("catalogue.db was made by a newer archiver: upgrade, or delete it to have it rebuilt")
