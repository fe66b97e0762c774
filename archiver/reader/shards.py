"""The index of the static search: for each month one file of titles and one of text sketches, as classic scripts.

A page opened from disk may load scripts and nothing else. By month, because then a new article changes two small files,
and because the search goes from new to old and mostly stops early.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from archiver.reader.pages import Page
from archiver.render import sitemap
from archiver.render.text import one_line, title_of
from archiver.store import shelves
from archiver.store.catalogue import Catalogue

FOLDER = "site/search"
MANIFEST = f"{FOLDER}/index.js"


def _call(name: str, *values: Any) -> str:
    """A call of one of search.js's functions with JSON values; one value a line keeps git's differences small."""
    parts = [json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in values[:-1]]
    last = json.dumps(values[-1], ensure_ascii=False, indent=0, separators=(",", ":"))
    return f"{name}({','.join([*parts, last])});\n"


def manifest(months: Iterable[str]) -> Page:
    """The list of months, newest first; given as folders."""
    return Page(MANIFEST, _call("archiverMonths", [sitemap.month_name(folder) for folder in months]))


def month_files(catalogue: Catalogue, folder: str) -> list[Page]:
    """The files of a month's folder; empty where there is no article."""
    items = shelves.in_month(catalogue, folder)
    if not items:
        return []
    name = sitemap.month_name(folder)
    linked = shelves.notes_of_month(catalogue, folder)
    notes = sorted({note for found in linked.values() for note in found})
    number = {note: n for n, note in enumerate(notes)}
    rows = [
        [
            item.folder.rpartition("/")[2],
            title_of(item.title),
            one_line(item.account),
            one_line(item.author),
            item.date,
            item.stars,
            int(item.partial),
            [number[note] for note in linked.get(item.folder, ())],
        ]
        for item in items
    ]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    head = json.dumps(
        {"month": name, "folder": folder, "notes": [one_line(note) for note in notes]}, ensure_ascii=False
    )
    data = f'archiverMonth({json.dumps(name)},{head[:-1]},"rows":[\n{lines}\n]}});\n'
    sketches = {key.rpartition("/")[2]: value for key, value in sorted(shelves.signatures(catalogue, folder).items())}
    return [
        Page(f"{FOLDER}/{name}.js", data),
        Page(f"{FOLDER}/{name}.text.js", _call("archiverText", name, sketches)),
    ]
