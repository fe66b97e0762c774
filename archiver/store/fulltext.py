"""The full-text index in catalogue.db: FTS5 over overlapping pairs of characters, so that it finds Chinese.

FTS5 splits at spaces, of which Chinese has none; its trigram tokenizer finds nothing shorter than three characters.
Over pairs a term of any length is a phrase (of one character: a prefix), and finds exactly the texts that hold it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from archiver.folding import bigrams, fold_lines, match_expression

COLUMNS = ("body", "title", "byline")  # of the first one the index needs not say which it is: a fourth less
_DIGITS = 16  # of a checksum that tells whether a text has changed


@dataclass(frozen=True, slots=True)
class Text:
    """What of an article can be found: `byline` is account and author, `body` the page's text, each a line a block."""

    title: str
    byline: str
    body: str


def create(db: Database) -> None:
    """Make the tables: the texts themselves, and the index, which holds no text of its own."""
    columns = {"doc": int, "article": str, **dict.fromkeys(COLUMNS, str), "checksum": str}
    db.table("texts").create(columns, pk="doc")
    db.table("texts").create_index(["article"], unique=True)
    create_index(db)


def create_index(db: Database) -> None:
    """Make the index alone, without any text in it."""
    db.execute(f"create virtual table search using fts5({', '.join(COLUMNS)}, content='', tokenize='ascii')")


def put(db: Database, article: str, text: Text) -> None:
    """Index an article's text; `article` is its id, which must not be indexed yet."""
    plain = [getattr(text, name) for name in COLUMNS]
    folded = [fold_lines(value) for value in plain]
    checksum = hashlib.sha256("\0".join(plain).encode(errors="surrogatepass")).hexdigest()[:_DIGITS]
    sql = f"insert into texts(article, checksum, {', '.join(COLUMNS)}) values (?, ?, ?, ?, ?)"
    doc = db.execute(sql, [article, checksum, *plain]).lastrowid
    db.execute(f"insert into search(rowid, {', '.join(COLUMNS)}) values (?, ?, ?, ?)", [doc, *map(bigrams, folded)])


def forget(db: Database, article: str) -> None:
    """Take an article's text out of the index."""
    for row in list(db.table("texts").rows_where("article = ?", [article])):
        # An index without text of its own has to be told what to take out.
        tokens = [bigrams(fold_lines(row[name])) for name in COLUMNS]
        sql = f"insert into search(search, rowid, {', '.join(COLUMNS)}) values ('delete', ?, ?, ?, ?)"
        db.execute(sql, [row["doc"], *tokens])
        db.table("texts").delete(row["doc"])


def holding(db: Database, terms: Sequence[str]) -> set[int]:
    """The numbers of the texts that hold all of the folded `terms`."""
    return _match(db, " AND ".join(match_expression(term) for term in terms))


def in_titles(db: Database, term: str) -> set[int]:
    """The numbers of the texts whose title holds a folded term."""
    return _match(db, f"title : {match_expression(term)}")


def _match(db: Database, expression: str) -> set[int]:
    return {doc for (doc,) in db.execute("select rowid from search where search match ?", [expression])}
