"""Folding, the tokens of the full-text index, and the static index's sketches."""

from __future__ import annotations

import random
import sqlite3
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archiver.folding import bigrams, fold, fold_map, hashes_in, keys, match_expression, may_hold, signature
from tests.reader.library import random_articles, texts_of

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
        db.executemany("insert into search(rowid, body) values (?, ?)", enumerate(map(bigrams, lines)))
        rows = db.execute("select rowid from search where search match ?", [match_expression(term)])
        found = {row for (row,) in rows}
    db.close()
    assert found == {n for n, some in enumerate(lines) if any(term in line for line in some)}


@given(st.lists(TEXT, max_size=5), st.data())
def test_a_sketch_never_denies_what_is_there(texts: list[str], data: st.DataObject) -> None:
    lines = [fold(text) for text in texts]
    sketch = signature(lines)
    assert sketch.isascii()
    assert not set(sketch) & set('"\\<\n')
    line = data.draw(st.sampled_from([line for line in lines if line] or [""]))
    if line:
        start = data.draw(st.integers(0, len(line) - 1))
        assert may_hold(sketch, line[start : start + 6])


@given(st.lists(TEXT, max_size=5))
def test_a_sketch_is_decoded_as_it_was_encoded(texts: list[str]) -> None:
    lines = [fold(text) for text in texts]
    places, hashes = hashes_in(signature(lines))
    wanted = {zlib.crc32(key.encode("utf-16-le")) % places for line in lines for key in keys(line)}
    assert hashes == sorted(wanted)


def test_a_sketch_mostly_denies_what_is_not_there() -> None:
    some = random.Random(8)
    (made,) = random_articles(1, paragraphs=40)
    lines = texts_of(made)
    sketch = signature(lines)
    letters = sorted(set("".join(lines)))
    pairs = {"".join(some.sample(letters, 2)) for _ in range(2000)}
    absent = [pair for pair in pairs if not any(pair in line for line in lines)]
    assert sum(may_hold(sketch, pair) for pair in absent[:500]) < 0.15 * 500  # 8 % are expected
    assert len(sketch) < 0.3 * len("\n".join(lines).encode())
