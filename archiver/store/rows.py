"""Records as rows of catalogue.db."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from datetime import UTC
from typing import TYPE_CHECKING, Any

from archiver.models import ArticleRecord, StoredImage
from archiver.models.media import Original
from archiver.store.names import BEIJING

if TYPE_CHECKING:
    from sqlite_utils import Database


def article_row(record: ArticleRecord) -> dict[str, Any]:
    """The columns of `articles`."""
    # In UTC, so that the texts sort as the times do.
    published = record.published_at.astimezone(UTC).isoformat() if record.published_at else ""
    shown = [image.path for image in record.images if image.path]
    cover = next((image.path for image in record.images if image.path and image.key == record.cover), None)
    plain = ("id", "folder", "url", "title", "account", "author", "biz", "mid", "idx", "sn", "digest")
    return {
        **{name: getattr(record, name) for name in plain},
        "status": record.status.value,
        "kind": record.kind.value,
        "published_at": published,
        "date": f"{record.published_at.astimezone(BEIJING):%Y-%m-%d}" if record.published_at else "",
        "cover": cover or next(iter(shown), ""),
        "coverage": record.coverage.lowest if record.coverage else None,
        "captured_at": record.captured_at.astimezone(UTC).isoformat(),
        "via": found.service if (found := record.provenance) else None,
        "archived": found.day if found else None,
    }


def image_row(image: StoredImage) -> dict[str, Any]:
    """The columns of `images`."""
    return {
        "key": image.key,
        "path": image.path,
        "sha256": image.sha256,
        "media_type": image.media_type,
        "width": image.width,
        "height": image.height,
        "damaged_at_source": int(image.damaged_at_source),
        "via": image.via or None,
        "original": json.dumps(astuple(image.original)) if image.original else None,
    }


def image_of(row: dict[str, Any]) -> StoredImage:
    """The image of a row of `images`."""
    original = Original(*json.loads(row["original"])) if row["original"] else None
    more = {"damaged_at_source": bool(row["damaged_at_source"]), "via": row["via"] or "", "original": original}
    return StoredImage(url="", **{**row, **more})


@contextmanager
def more_pages(db: Database) -> Iterator[None]:
    """Inside, rows are written, and more of the file is held in memory: ids come in no order, and go to pages all over
    it."""
    db.execute("pragma cache_size = -65536")  # KiB
    try:
        yield
    finally:
        db.execute("pragma cache_size = -2000")  # SQLite's own


def query(db: Database, sql: str, parameters: Sequence[Any] = ()) -> Iterator[dict[str, Any]]:
    """The rows that a question finds, by the names of their columns."""
    cursor = db.execute(sql, parameters)
    names = [column for column, *_ in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)


def insert(db: Database, table: str, rows: Iterable[Mapping[str, Any]], *, otherwise: str = "abort") -> None:
    """Insert rows, all with the same columns; `otherwise` is what SQLite does with one whose key is there already.
    For each of a million articles: sqlite-utils' own looks at the table first, and opens a savepoint."""
    found = list(rows)
    if found:
        columns = ", ".join(f"[{name}]" for name in found[0])
        places = ", ".join("?" * len(found[0]))
        sql = f"insert or {otherwise} into {table}({columns}) values ({places})"
        db.conn.executemany(sql, [tuple(row.values()) for row in found])
