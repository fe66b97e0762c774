"""What people type into the search box. The static site's search.js reads the same words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archiver.errors import QueryError
from archiver.folding import fold

FILTERS = ("account", "after", "before", "note", "stars", "is")
_WORD = re.compile(rf'(?:({"|".join(FILTERS)})[:：])?(?:["“”]([^"“”]*)["“”]?|([^\s"“”]+))', re.IGNORECASE)
# A word that was meant for a filter: one that is not known, or has no value. No address, nor C++.
_LIKE_FILTER = re.compile(r"[A-Za-z]{2,}[:：](?![:/\\])")
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Query:
    """Folded terms, all of which an article must hold, and conditions (names and values of `searching.CONDITIONS`).
    `unknown` are the terms, as they were typed, that look like a filter that there is not."""

    terms: tuple[str, ...]
    conditions: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms or self.conditions)


def parse_query(text: str) -> Query:
    """Read a query: terms apart by white space, `"…"` for one with spaces in it, and `account: after: before: note:
    stars: is:partial`, whose values may be quoted too.

    Dates are of Beijing; `after:` includes its day, `before:` does not; a month or year means its first day. Raises
    QueryError.
    """
    terms: dict[str, None] = {}
    conditions, unknown = [], dict[str, None]()
    for match in _WORD.finditer(text):
        name, quoted, word = match.groups()
        value = fold(quoted if quoted is not None else word)
        if not value:
            continue
        if name:
            conditions.append(_condition(name.lower(), value))
        else:
            terms[value] = None
            if quoted is None and _LIKE_FILTER.match(word):
                unknown[word] = None
    return Query(tuple(terms), tuple(conditions), tuple(unknown))


def _condition(name: str, value: str) -> tuple[str, str]:
    if name in ("after", "before") and not _DATE.fullmatch(value):
        raise QueryError(
            f"{name}: takes a date such as 2022, 2022-03 or 2022-03-05",
            f"{name}: 之后应为 2022、2022-03 或 2022-03-05 这样的日期",
        )
    if name == "stars" and value not in ("1", "2", "3", "4", "5"):
        raise QueryError("stars: takes 1 to 5", "stars: 之后应为 1 到 5")
    if name == "is" and value != "partial":
        raise QueryError("is: takes only partial", "is: 之后只有 partial")
    return ("partial", "") if name == "is" else (name, value)
