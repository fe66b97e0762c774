"""The index of the static search: for each month one file of titles and one of text sketches, as classic scripts.

A page opened from disk may load scripts and nothing else. By month, because then a new article changes two small files,
and because the search goes from new to old and mostly stops early.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from archiver.reader.pages import Page
from archiver.render import sitemap
from archiver.render.text import one_line, title_of
from archiver.store import listings
from archiver.store.articles import BEIJING, folder_name
from archiver.store.catalogue import Catalogue
from archiver.store.layout import SEARCH_INDEX, id_of
from archiver.store.listings import Item

MANIFEST = f"{SEARCH_INDEX}/index.js"
ID_LETTERS = 12
# Of these characters Python and JavaScript think alike whether they are letters.
_PLAIN = re.compile("[\\x20-\\x7e\u4e00-\u9fa5，。、：；！？（）《》「」『』【】“”‘’…—·｜]*")


def manifest(months: Iterable[str]) -> Page:
    """The list of months, newest first; given as folders."""
    return Page(MANIFEST, f"archiverMonths({_lines([sitemap.month_name(folder) for folder in months])});\n")


def month_files(catalogue: Catalogue, folder: str) -> list[Page]:
    """The files of a month's folder; empty where there is no article."""
    items = listings.in_month(catalogue, folder)
    if not items:
        return []
    name = sitemap.month_name(folder)
    linked = listings.notes_of_month(catalogue, folder)
    notes = sorted({note for found in linked.values() for note in found})
    accounts = sorted({one_line(item.account) for item in items})
    rows = [_row(item, accounts, [notes.index(note) for note in linked.get(item.folder, ())]) for item in items]
    sketches = listings.signatures(catalogue, folder)
    head = {"month": name, "folder": folder, "accounts": accounts, "notes": [one_line(note) for note in notes]}
    data = f'{_json(head)[:-1]},"rows":{_lines(rows)}}}'
    texts = _lines([sketches[item.folder] for item in items])
    return [
        Page(f"{SEARCH_INDEX}/{name}.js", f"archiverMonth({_json(name)},{data});\n"),
        Page(f"{SEARCH_INDEX}/{name}.text.js", f"archiverText({_json(name)},{texts});\n"),
    ]


def _row(item: Item, accounts: list[str], notes: list[int]) -> list[Any]:
    """What search.js's `read` takes apart."""
    title, account, author = title_of(item.title), one_line(item.account), one_line(item.author)
    if author == account:
        author = ""
    row = [_name(item, title, account), title, accounts.index(account), item.date]
    row += [item.stars, int(item.partial), notes, author]
    while not row[-1] and len(row) > 4:
        row.pop()
    return row


def _name(item: Item, title: str, account: str) -> str:
    """The article's id where search.js makes the folder's name from it, else the name."""
    name = item.folder.rpartition("/")[2]
    article_id = id_of(name)
    date = datetime.fromisoformat(item.date).replace(tzinfo=BEIJING) if item.date else None
    plain = _PLAIN.fullmatch(title + account) and len(article_id) == ID_LETTERS
    expected = folder_name(article_id, date, account, title).rpartition("/")[2] if plain else ""
    return article_id if name == expected else name


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _lines(values: list[Any]) -> str:
    """A JSON list with one value a line: git's differences stay small."""
    return "[\n" + ",\n".join(map(_json, values)) + "\n]"
