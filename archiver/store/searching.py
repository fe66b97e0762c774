"""The full-text search over the catalogue: which articles, in which order, with their texts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from archiver.folding import fold
from archiver.store import fulltext, listings
from archiver.store.catalogue import Catalogue
from archiver.store.listings import BY_TARGET, BY_URL, Item

if TYPE_CHECKING:
    from sqlite_utils import Database

# What can narrow a search, as SQL over `articles`; each takes one value where it has a place for it.
CONDITIONS = {
    "account": "instr(fold(articles.account), ?)",
    "after": "articles.date >= ?",
    "before": "articles.date != '' and articles.date < ?",
    "note": (
        f"articles.folder in (select folder from (select note, folder from ({BY_TARGET}) union"
        f" select note, folder from ({BY_URL})) where instr(fold(note), ?))"
    ),
    "stars": (
        f"articles.folder in (select folder from ({BY_TARGET} union all {BY_URL}) where stars >= cast(? as integer))"
    ),
    "partial": "articles.status = 'partial'",
}
_STEPS = 4  # articles that are passed on the way from new to old while one is looked up


def search(
    catalogue: Catalogue,
    terms: Sequence[str],
    conditions: Sequence[tuple[str, str]],
    limit: int,
    offset: int = 0,
) -> tuple[int, list[tuple[Item, str]]]:
    """How many articles hold all folded `terms` and meet the `conditions` (see `CONDITIONS`), and of those at most
    `limit` from `offset` on, with their text: title before body, newer first."""
    db = catalogue.db
    found = _found(db, terms, conditions)
    titles = Counter(doc for term in terms for doc in fulltext.in_titles(db, term) & found)
    most = offset + limit
    docs: list[int] = []
    for held in sorted({*titles.values(), 0}, reverse=True):
        some = {doc for doc, count in titles.items() if count == held} if held else found - titles.keys()
        docs += _newest(db, some, most - len(docs))
    return len(found), _with_texts(catalogue, docs[offset:])


def matching(catalogue: Catalogue, terms: Sequence[str], conditions: Sequence[tuple[str, str]]) -> list[str]:
    """The folders of all articles that `search` finds: those without a date, then the oldest first. Without terms the
    texts need not be in the catalogue."""
    if not terms:
        where, values = _where(catalogue.db, conditions)
        sql = f"select folder from articles where {where} order by published_at, folder"
        return [folder for (folder,) in catalogue.db.execute(sql, values)]
    places = _places(catalogue.db, _found(catalogue.db, terms, conditions))
    return [folder for _, _, folder in sorted(places, key=lambda place: place[1:])]


def _found(db: Database, terms: Sequence[str], conditions: Sequence[tuple[str, str]]) -> set[int]:
    """The numbers of the texts that hold all terms and whose articles meet all conditions."""
    if terms and conditions:
        return fulltext.holding(db, terms) & _passing(db, conditions)
    return fulltext.holding(db, terms) if terms else _passing(db, conditions)


def _passing(db: Database, conditions: Sequence[tuple[str, str]]) -> set[int]:
    """The numbers of the texts whose articles meet all conditions."""
    where, values = _where(db, conditions)
    sql = f"select doc from texts join articles on articles.id = texts.article where {where}"
    return {doc for (doc,) in db.execute(sql, values)}


def _where(db: Database, conditions: Sequence[tuple[str, str]]) -> tuple[str, list[str]]:
    """The conditions as SQL over `articles`, and its values."""
    db.register_function(fold, deterministic=True, replace=True)
    where = " and ".join(CONDITIONS[name] for name, _ in conditions) or "true"
    return where, [value for name, value in conditions if "?" in CONDITIONS[name]]


def _places(db: Database, docs: Iterable[int]) -> list[tuple[int, str, str]]:
    """Number, moment and folder of texts."""
    sql = (
        "select doc, published_at, folder from texts join articles on articles.id = texts.article"
        " where doc in (select value from json_each(?))"
    )
    return db.execute(sql, [json.dumps(list(docs))]).fetchall()


def _newest(db: Database, docs: set[int], most: int) -> list[int]:
    """Of these texts the newest, in order."""
    if not docs or most <= 0:
        return []
    (all_texts,) = db.execute("select count(*) from texts").fetchone()
    # One of all_texts / len(docs) articles on the way is wanted: of many, enough are soon met.
    if len(docs) ** 2 * _STEPS < most * all_texts:
        places = sorted(_places(db, docs), key=lambda place: place[1:], reverse=True)
        return [doc for doc, *_ in places[:most]]
    found: list[int] = []
    for (doc,) in db.execute(
        "select doc from articles cross join texts on texts.article = articles.id"
        " order by published_at desc, folder desc"
    ):
        if doc in docs:
            found.append(doc)
            if len(found) == most:
                break
    return found


def _with_texts(catalogue: Catalogue, docs: Sequence[int]) -> list[tuple[Item, str]]:
    sql = (
        "select folder, body from texts join articles on articles.id = texts.article"
        " where doc in (select value from json_each(?))"
    )
    bodies = dict(catalogue.db.execute(sql, [json.dumps(docs)]).fetchall())
    items = listings.by_folder(catalogue, list(bodies))
    order = {doc: folder for doc, _, folder in _places(catalogue.db, docs)}
    return [(items[order[doc]], bodies[order[doc]]) for doc in docs]
