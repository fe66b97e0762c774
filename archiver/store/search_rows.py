"""What the static search needs of all articles: their order, their texts, and what can narrow a search."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archiver.store.catalogue import Catalogue
from archiver.store.listings import BY_TARGET, BY_URL

_NOTES = f"select folder, note, max(stars) from ({BY_TARGET} union all {BY_URL}) group by folder, note order by 1, 2"


@dataclass(slots=True)
class Facts:
    """What can narrow a search to an article: `date` is Beijing's, `stars` the best rating in its `notes`."""

    account: str
    date: str
    partial: bool
    stars: int
    notes: list[str]


def text_places(catalogue: Catalogue) -> Iterator[tuple[str, str, str, str]]:
    """Of every article, in the order of results: id, folder, when it was kept, and its text's checksum."""
    sql = (
        "select articles.id, folder, captured_at, coalesce(checksum, '') from articles"
        " left join texts on texts.article = articles.id order by published_at desc, folder desc"
    )
    yield from catalogue.db.execute(sql)


def texts_of(catalogue: Catalogue, ids: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    """Title, byline and body of articles, as they can be found: id -> the three."""
    found = dict.fromkeys(ids, ("", "", ""))
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        sql = f"select article, title, byline, body from texts where article in ({','.join('?' * len(some))})"
        for article, *three in catalogue.db.execute(sql, list(some)):
            found[article] = tuple(three)
    return found


def heads_of(catalogue: Catalogue, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Title and byline of articles, as they can be found: id -> the two."""
    found = dict.fromkeys(ids, ("", ""))
    sql = "select article, title, byline from texts where article in (select value from json_each(?))"
    found |= {article: (title, byline) for article, title, byline in catalogue.db.execute(sql, [json.dumps(list(ids))])}
    return found


def filter_facts(catalogue: Catalogue) -> dict[str, Facts]:
    """Of every article, by its folder."""
    rows = catalogue.db.execute("select folder, account, date, status = 'partial' from articles")
    found = {folder: Facts(account, date or "", bool(partial), 0, []) for folder, account, date, partial in rows}
    for folder, note, stars in catalogue.db.execute(_NOTES):
        facts = found[folder]
        facts.notes.append(note)
        facts.stars = max(facts.stars, stars)
    return found
