"""Full-text search over the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archiver.reader.query import Query
from archiver.reader.snippet import snippet
from archiver.store import searching
from archiver.store.catalogue import Catalogue
from archiver.store.listings import Item


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found; `pieces` are those of its snippet, each with whether it is a hit."""

    item: Item
    pieces: Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Results:
    """How many articles there are, and some of them in order."""

    total: int
    hits: tuple[Hit, ...]


def search(catalogue: Catalogue, query: Query, limit: int, offset: int = 0) -> Results:
    """The articles that hold all terms of a query and meet its conditions: title before body, newer first.

    Finds a term exactly where it stands in the title, in account or author, or within a block of the text.
    """
    total, rows = searching.search(catalogue, query.terms, query.conditions, limit, offset)
    return Results(total, tuple(Hit(item, snippet(body, query.terms)) for item, body in rows))
