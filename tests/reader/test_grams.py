"""The grams of the static search: another reader finds in them every text that holds a word, and few others."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.reader import grams
from archiver.reader.gram_files import GramFile, Line, Spool, gram_files, letter, lines_of, script
from archiver.reader.grams import AFTER, END, OWN, common, unit
from tests.work import LINEAR, growth, lines_run

LETTERS = "的一是了模型gptab12 ，é😀㐀*/"
LINES = st.lists(st.text(st.sampled_from(LETTERS), min_size=1, max_size=12), max_size=4)
SIGNS = [chr(code) for code in range(ord("!"), ord("~") + 1) if chr(code) not in "\\`*"]
TEXTS = st.lists(LINES, min_size=1, max_size=8)


class Reader:
    """Reads the numbers of a line, bit by bit, as docs/format.md says."""

    def __init__(self, text: str) -> None:
        numbers = [SIGNS.index(sign) for sign in text]
        whole = [f"{one * 91 + other:013b}" for one, other in zip(numbers[::2], numbers[1::2], strict=False)]
        self._bits = iter("".join([*whole, *(f"{numbers[-1]:06b}" for _ in range(len(numbers) % 2))]))

    def number(self, width: int) -> int:
        return int("0" + "".join(next(self._bits) for _ in range(width)), 2)

    def gamma(self) -> int:
        width = 0
        while next(self._bits) == "0":
            width += 1
        return (1 << width) + self.number(width)

    def rice(self, width: int) -> int:
        many = 0
        while many < 16 and next(self._bits) == "1":
            many += 1
        return self.number(21) if many == 16 else (many << width) + self.number(width)

    def ascending(self, count: int, size: int) -> Iterator[int]:
        width, last = max(0, (size // count).bit_length() - 1), -1
        for _ in range(count):
            last += 1 + self.rice(width)
            yield last


def bits_of_pieces(first: str) -> int:
    place = 0 if first.isascii() and first.isalnum() else common().get(first, 1000)
    return next((bits for most, bits in ((4, 8), (24, 10), (200, 12)) if place < most), 0)


def read(lines: Iterable[Line], texts: int, block: int = 0) -> dict[str, list[int]]:
    """All grams of a block, each with the texts that hold it."""
    found = {}
    for key, fields in lines:
        for field in fields:
            if field[0] not in (letter(block, OWN), letter(block, AFTER)):
                continue
            reader, prefix, start, size = Reader(field[1:]), key, 0, 20_992
            if field[0] == letter(block, OWN):
                found[key] = list(reader.ascending(reader.gamma(), texts))
            else:
                prefix, start = key[0], ord(key[1]) if len(key) > 1 else 0
                size = 1 << bits_of_pieces(prefix) if bits_of_pieces(prefix) else size
            count, last = reader.gamma() - 1, start - 1
            width = max(0, (size // max(1, count)).bit_length() - 1)
            for _ in range(count):
                last += 1 + reader.rice(width)
                found[prefix + chr(last)] = list(reader.ascending(reader.gamma(), texts))
    return found


def lines_in(bodies: list[str], block: int = 0) -> list[Line]:
    """What is written of a block."""
    made = grams.lines(grams.grams(bodies), len(bodies))
    return [(key, [letter(block, kind) + signs]) for key, kind, signs in made]


def some_bodies(seed: int, count: int, length: int) -> list[str]:
    some = random.Random(seed)
    return ["".join(some.choices(LETTERS, k=length)) + END for _ in range(count)]


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Grams are frequent soon, and a file is soon full."""
    monkeypatch.setattr(grams, "LEAST", 2)


@given(TEXTS)
@settings(max_examples=150)
def test_what_was_written_is_read(texts: list[list[str]]) -> None:
    bodies = ["".join(f"{line}{END}" for line in lines) for lines in texts]
    made = grams.grams(bodies)
    files = list(gram_files(lines_in(bodies), most=60))
    assert read(chain.from_iterable(lines_of(script("Grams", "x", file.text)) for file in files), len(bodies)) == made
    pairs = {f"{line}{END}"[n : n + 2] for lines in texts for line in lines for n in range(len(line))}
    letters = {letter for letter in set("".join(bodies)) if bits_of_pieces(letter)}
    assert {gram for gram in made if len(gram) == 2} == {p for p in pairs if p[1] != END or p[0] not in letters}
    assert {gram for gram in made if len(gram) == 1} == letters
    for gram, holders in made.items():
        assert holders == [n for n, body in enumerate(bodies) if gram in body]


@given(st.tuples(TEXTS, TEXTS, TEXTS))
@settings(max_examples=50)
def test_blocks_are_put_together_as_they_are(texts: tuple[list[list[str]], ...]) -> None:
    """And again with others; what is not wanted any more is left out."""
    blocks = [["".join(f"{line}{END}" for line in lines) for lines in some] for some in texts]
    with Spool() as first, Spool() as second:
        for number in (0, 1):
            first.put(lines_in(blocks[number], number))
        second.put(first.merged(), {letter(1, kind): letter(0, kind) for kind in (OWN, AFTER)})
        second.put(lines_in(blocks[2], 14))
        lines = list(second.merged())
    assert [key for key, _ in lines] == sorted({key for key, _ in lines})
    assert read(lines, len(blocks[1]), 0) == grams.grams(blocks[1])
    assert read(lines, len(blocks[2]), 14) == grams.grams(blocks[2])
    assert all(len(fields) <= 4 for _, fields in lines)


def test_no_block_is_taken_apart_to_be_put_beside_others() -> None:
    """The work goes with the lines, whatever is in them."""

    def together(length: int) -> int:
        runs = [lines_in(some_bodies(seed, 30, length), seed) for seed in range(4)]
        with Spool() as spool:
            for run in runs:
                spool.put(run)
            size = sum(map(len, runs))
            return lines_run(lambda: list(gram_files(spool.merged()))) // size

    assert together(60) <= together(15) <= 20


@pytest.mark.usefixtures("eager")
def test_a_frequent_gram_is_longer_where_both_that_it_overlaps_are_frequent() -> None:
    found = grams.grams([f"{line}{END}" for line in (*["abc"] * 3, *["bcd"] * 2, "cd", "xbc")])
    assert found["abc"] == [0, 1, 2]
    assert found["bcd"] == [3, 4]
    assert "xbc" not in found
    assert grams.frequent(1000) == 1000 // grams.SHARE


def test_a_file_begins_where_its_first_unit_does() -> None:
    """So a gram and all that is looked at for it are in the file whose beginning is the last before it."""
    bodies = some_bodies(4, 30, 60)
    lines = lines_in(bodies)
    files = list(gram_files(lines, most=200))
    assert len(files) > 3
    cuts = [file.first for file in files]
    assert cuts == sorted(set(cuts))
    for n, file in enumerate(files):
        inside = read(lines_of(script("Grams", "x", file.text)), len(bodies))
        last = cuts[n + 1] if n + 1 < len(cuts) else chr(0x10FFFF)
        assert all(file.first <= unit(gram) < last and file.first <= gram for gram in inside)


def test_what_follows_a_frequent_letter_is_in_several_files() -> None:
    """Else one file grows with all articles."""
    assert {unit(f"的{letter}") for letter in "一是模a"} == {"的", "的\u4e00", "的\u6600", "的\u6a00"}
    assert unit("的") == "的"
    assert unit("型一") == unit("型") == "型"
    assert unit("a的模") == "a\u7600"
    files = list(gram_files(lines_in(some_bodies(7, 40, 200)), most=300))
    assert len([file for file in files if file.first.startswith("的")]) > 1


def test_no_file_can_end_its_comment() -> None:
    content = script("Grams", "x", "".join(file.text for file in gram_files(lines_in([f"*/*/a*{END}", f"/*/{END}"]))))
    assert content.count("*/") == 1
    assert set(read(lines_of(content), 2)) >= {"*/", "/*", "a*", "a"}


def test_the_bytes_stay_as_they_are() -> None:
    """Else `search_index.FORMAT` has to be raised, so that every archive's index is made anew."""
    lines = lines_in([*[f"模型的{END}"] * 13, f"模型{END}一{END}"])
    assert list(gram_files(lines)) == [
        GramFile("一", "\n一\t0o9\n型\t18P}S\n型的\t0+/!B\n模型\t0+q!2\n模型的\t0+/!B\n的\t0+/!B")
    ]


def test_the_work_grows_with_the_texts() -> None:
    assert growth(lambda count: list(gram_files(lines_in(some_bodies(2, count, 40)))), 20) < LINEAR
