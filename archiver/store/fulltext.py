"""The full-text index in catalogue.db: FTS5 over single letters with their places, so that it finds Chinese.

FTS5 splits at spaces, of which Chinese has none; its trigram tokenizer finds nothing shorter than three characters.
Over letters a term of any length is a phrase, and finds exactly the texts that hold it. Letters of alphabets, of which
each is in nearly every text, are indexed in pairs: see `folding.tokens`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from archiver.models.values import dataclass

if TYPE_CHECKING:
    from sqlite_utils import Database

COLUMNS = ("body", "title", "byline")  # of the first one the index needs not say which it is
# The one that is searched, and one that tells soon which titles hold a term.
_INDEXES = (("search", COLUMNS), ("search_titles", ("title",)))
_AT_ONCE = 100  # texts that are indexed together
_GATHERED = 16 << 20  # bytes of index that FTS5 gathers before it writes: the more, the less has to be merged
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
    for name, columns in _INDEXES:
        db.execute(f"drop table if exists {name}")
        db.execute(f"create virtual table {name} using fts5({', '.join(columns)}, content='', tokenize='ascii')")
    db.execute("insert into search(search, rank) values ('hashsize', ?)", [_GATHERED])


class Texts:
    """The texts of a catalogue. What is put is to be indexed at the end of the transaction: at each savepoint FTS5
    writes what it has gathered so far, and then merges it over and over."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._pending: set[int] = set()

    def begin(self) -> None:
        """A transaction begins: nothing of what is pending is there, where the last one failed."""
        self._pending.clear()

    def put(self, article: str, text: Text) -> None:
        """Keep an article's text; `article` is its id, which must not have one yet."""
        plain = [getattr(text, name) for name in COLUMNS]
        checksum = hashlib.sha256("\0".join(plain).encode(errors="surrogatepass")).hexdigest()[:_DIGITS]
        sql = f"insert into texts(article, checksum, {', '.join(COLUMNS)}) values (?, ?, ?, ?, ?)"
        doc = self._db.execute(sql, [article, checksum, *plain]).lastrowid
        assert doc is not None
        self._pending.add(doc)

    def forget(self, article: str) -> None:
        """Take an article's text out, and out of the index."""
        sql = f"select doc, {', '.join(COLUMNS)} from texts where article = ?"
        for doc, *plain in self._db.execute(sql, [article]).fetchall():
            if doc not in self._pending:  # and if it is, so stays its number: another text may get it
                # An index without text of its own has to be told what to take out.
                self._change([(doc, *plain)], is_there=True)
            self._db.execute("delete from texts where doc = ?", [doc])

    def index(self) -> None:
        """Index what is pending and still there."""
        docs = sorted(self._pending)
        for start in range(0, len(docs), _AT_ONCE):
            sql = f"select doc, {', '.join(COLUMNS)} from texts where doc in (select value from json_each(?))"
            rows = self._db.execute(sql, [json.dumps(docs[start : start + _AT_ONCE])]).fetchall()
            self._change(rows, is_there=False)
        self._pending.clear()

    def _change(self, rows: Iterable[Sequence[Any]], *, is_there: bool) -> None:
        """Put texts (number and columns) into the indexes, or take out what is there."""
        from archiver.folding import fold_lines, tokens

        found = [(doc, *(tokens(fold_lines(value)) for value in plain)) for doc, *plain in rows]
        for name, columns in _INDEXES:
            head, places = (f"{name}, rowid", "'delete', ?") if is_there else ("rowid", "?")
            sql = f"insert into {name}({head}, {', '.join(columns)}) values ({places}{', ?' * len(columns)})"
            at = [0, *(1 + COLUMNS.index(column) for column in columns)]
            self._db.conn.executemany(sql, [[row[n] for n in at] for row in found])


def holding(db: Database, terms: Sequence[str]) -> set[int]:
    """The numbers of the texts that hold all of the folded `terms`."""
    from archiver.folding import match_expression

    return _match(db, "search", " AND ".join(match_expression(term) for term in terms))


def in_titles(db: Database, term: str) -> set[int]:
    """The numbers of the texts whose title holds a folded term."""
    from archiver.folding import match_expression

    return _match(db, "search_titles", match_expression(term))


def _match(db: Database, table: str, expression: str) -> set[int]:
    # As one value: ten thousand rows take longer to come than to be found.
    sql = f"select json_group_array(rowid) from {table} where {table} match ?"
    return set(json.loads(db.execute(sql, [expression]).fetchone()[0]))
