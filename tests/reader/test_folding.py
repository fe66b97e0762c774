"""Folding, and the tokens of the full-text index."""

from __future__ import annotations

import re
import sqlite3

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archiver.folding import fold, fold_lines, fold_map, match_expression, tokens
from archiver.reader.snippet import _becomes_han

# Characters that meet in real text, and those that folding does something to.
ALPHABET = (
    "的一是了模型图像ＡＢａbCc123１２ 　。，!！+-\"'*()~\\/_&<:ßẞΣσςİﬁｶﾞガé́́㎏①Ⅳ😀\n\u200b\u00ad\ufeff\ufe0f\u2060\u3164"
)
TEXT = st.text(st.sampled_from(ALPHABET), max_size=40)
TERM = st.text(st.sampled_from(ALPHABET), min_size=1, max_size=6).map(fold).filter(bool)


def test_width_and_case_do_not_count() -> None:
    assert fold("ＣＶＰＲ　２０２２ ｶﾞ Ⅳ ﬁne") == "cvpr 2022 ガ iv fine"
    assert fold("  a \n b ") == "a b"


def test_characters_that_show_nothing_do_not_count() -> None:
    assert fold("注意\u200b力\ufeff机\u00ad制\u2060，\u200eＡ\ufe0f\u3164") == "注意力机制,a"
    folded, places = fold_map("注\u200b意力")
    assert (folded, places) == ("注意力", [0, 2, 3, 4])


@pytest.mark.parametrize(
    "unseen",
    [
        "\u200b",
        "\u00ad",
        "\ufeff",
        "\u200d",
        "\u2060",
        "\u061c",
        "\u202e",
        "\u3164",
        "\ufe0f",
        "\U000e0041",
        "\U000e0100",
    ],
)
def test_a_word_that_holds_one_is_the_word(unseen: str) -> None:
    assert fold(f"注意{unseen}力机制") == fold(f"{unseen}注意力{unseen}机制") == "注意力机制"
    assert fold(f"Tran{unseen}s{unseen}former") == "transformer"


@given(TEXT)
@example("ΟΔΟΣ Σ")
@example("e\u0301\u0301")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXT)
@example("a\n\u0301b")
@example("ΟΔΟΣ\nΣ")
def test_lines_are_folded_together_as_alone(text: str) -> None:
    assert fold_lines(text) == [fold(line) for line in text.split("\n")]


@given(TEXT)
def test_lower_case_depends_on_nothing_around(text: str) -> None:
    letters = [fold(letter) for letter in text if not letter.isspace()]
    assert fold("".join(letters)) == fold("".join(text.split()))


@given(TEXT)
def test_places_lead_back_into_the_text(text: str) -> None:
    folded, places = fold_map(text)
    assert folded == fold(text)
    if places:
        assert len(places) == len(folded) + 1
        assert places == sorted(places)
        assert places[-1] == len(text)


@given(st.lists(TEXT, min_size=1, max_size=6), TERM)
@settings(max_examples=400)
@example(["a", "b"], "ab")
@example(["C++ 和 C"], "c++")
def test_the_index_finds_exactly_what_is_there(texts: list[str], term: str) -> None:
    lines = [[fold(line) for line in text.split("\n")] for text in texts]
    with sqlite3.connect(":memory:") as db:
        db.execute("create virtual table search using fts5(body, content='', tokenize='ascii')")
        db.executemany("insert into search(rowid, body) values (?, ?)", enumerate(map(tokens, lines)))
        rows = db.execute("select rowid from search where search match ?", [match_expression(term)])
        found = {row for (row,) in rows}
    db.close()
    assert found == {n for n, some in enumerate(lines) if any(term in line for line in some)}


def test_what_becomes_han_is_where_the_snippet_looks_for_it() -> None:
    """Else a line could hold a word only when folded, and not be shown."""
    han = re.compile("[\u4e00-\u9fff]")
    others = (
        chr(code)
        for code in (*range(0x30000), *range(0xE0000, 0xE1000))
        if not 0xD800 <= code < 0xE000 and not 0x4E00 <= code < 0xA000
    )
    becoming = [letter for letter in others if not letter.isspace() and (not fold(letter) or han.search(fold(letter)))]
    becoming = [
        letter for letter in becoming if not 0x10FE00 <= ord(letter) < 0x10FE80 and letter != "\0"
    ]  # no text has them
    assert len(becoming) > 1000
    assert all(map(_becomes_han, becoming))
