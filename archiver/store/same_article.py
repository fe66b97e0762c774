"""Find in the catalogue the article that another page is too, and by what names an article is known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


_BY_IDS = "select folder from articles where biz = ? and mid = ? and idx = ?"
_BY_URL = "select folder from articles join aliases on aliases.article = articles.id where aliases.url = ?"
_NAMES = "select id, (select json_group_array(url) from aliases where article = id) from articles where folder = ?"


def names_of(db: Database, folder: str) -> tuple[str, list[str]] | None:
    """The id of the article in a folder, and the URLs under which it is known."""
    row = db.execute(_NAMES, [folder]).fetchone()
    return (str(row[0]), json.loads(row[1])) if row else None


def folder_of_same(db: Database, ids: tuple[str, str, str], url: str) -> str | None:
    """Folder of the article with these ids (biz, mid, idx). One that came from a file may be known by its canonical
    `url` alone; and where the ids are not known, it is whatever `url` leads to."""
    known = all(ids)
    row = db.execute(_BY_IDS, ids).fetchone() if known else None
    row = row or db.execute(f"{_BY_URL} and mid = ''" if known else _BY_URL, [url]).fetchone()
    return str(row[0]) if row else None
