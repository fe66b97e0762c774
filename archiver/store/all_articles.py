"""What `Catalogue.folder_of_url` and `folder_of_id` know, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def folders_by_url(db: Database) -> dict[str, str]:
    """Every URL under which an article is known, with its folder."""
    sql = "select aliases.url, folder from articles join aliases on aliases.article = articles.id"
    return dict(db.execute(sql).fetchall())


def folders_by_id(db: Database) -> dict[str, str]:
    """Every article's id, with its folder."""
    return dict(db.execute("select id, folder from articles").fetchall())


def count_articles(db: Database) -> int:
    """How many there are."""
    return int(db.execute("select count(*) from articles").fetchone()[0])
