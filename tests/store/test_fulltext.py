"""The full-text index follows the texts, whatever becomes of a transaction."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archiver.archive.record import StoredFiles, make_record
from archiver.store import fulltext
from archiver.store.catalogue import Catalogue
from archiver.store.fulltext import Text
from tests.reader.library import Made, _capture, read

WORDS = ("甲乙丙", "子丑寅", "c++ and go")


def put(catalogue: Catalogue, name: str, body: str) -> None:
    made = Made(name, [body], token=f"{name:0>22}")
    record = replace(make_record(read(made), _capture(made), made.url, StoredFiles([])), folder=f"articles/{name}")
    catalogue.put_article(record, [made.url], (1, 1), {}, Text(name, "号", body))


def fail(catalogue: Catalogue, *names: str) -> None:
    """Put articles in a block that does not come to its end; the number of a text that goes may be given again."""
    with catalogue.together():
        for name in names:
            put(catalogue, name, "不留")
        raise ZeroDivisionError


def found(catalogue: Catalogue, term: str) -> list[str]:
    """The titles of the texts that the index finds, once for each row of it."""
    docs = fulltext.holding(catalogue.db, [term])
    sql = "select title from texts where doc = ?"
    return sorted(title for doc in docs for (title,) in catalogue.db.execute(sql, [doc]).fetchall() or [("nobody",)])


def vocabulary(catalogue: Catalogue, table: str) -> list[tuple[str, str, int]]:
    """Every term, the title of its text, and its place: also what no search would show."""
    catalogue.db.execute(f"create virtual table temp.{table}_words using fts5vocab(main, {table}, instance)")
    sql = f"select term, title, offset from temp.{table}_words as words left join texts on texts.doc = words.doc"
    rows: list[tuple[str, str, int]] = sorted(catalogue.db.execute(sql).fetchall(), key=repr)
    catalogue.db.execute(f"drop table temp.{table}_words")
    return rows


def test_texts_of_one_transaction_are_found_behind_it() -> None:
    with Catalogue(None) as catalogue:
        with catalogue.together():
            for number, body in enumerate(WORDS):
                put(catalogue, f"{number}", body)
            put(catalogue, "0", "换了")
        assert [found(catalogue, term) for term in ("甲", "换了", "丑寅", "c++", "d")] == [
            [],
            ["0"],
            ["1"],
            ["2"],
            ["2"],
        ]


@pytest.mark.parametrize("changed", ["0", "1"])
def test_a_transaction_that_fails_leaves_the_index_as_it_was(tmp_path: Path, changed: str) -> None:
    with Catalogue(tmp_path / "one.db") as catalogue, Catalogue(tmp_path / "other.db") as other:
        for one in (catalogue, other):
            put(one, "0", WORDS[0])
            put(one, "1", WORDS[1])
        with pytest.raises(ZeroDivisionError):
            fail(catalogue, changed, "3")
        for one in (catalogue, other):
            with one.together():
                put(one, changed, WORDS[2])
                put(one, "4", "戊")
        for table in ("search", "search_titles"):
            assert vocabulary(catalogue, table) == vocabulary(other, table) != []


def test_a_part_that_fails_takes_nothing_else_with_it() -> None:
    with Catalogue(None) as catalogue, Catalogue(None) as other:
        with catalogue.together():
            put(catalogue, "0", WORDS[0])
            with pytest.raises(ZeroDivisionError):
                fail(catalogue, "0")
            put(catalogue, "1", WORDS[1])
        put(other, "0", WORDS[0])
        put(other, "1", WORDS[1])
        for table in ("search", "search_titles"):
            assert vocabulary(catalogue, table) == vocabulary(other, table) != []
