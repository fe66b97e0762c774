"""The grams of the static search: another reader finds in them every text that holds a word, and few others."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.reader import grams
from archiver.reader.grams import END, GramFile, gram_files
from tests.work import LINEAR, growth

LETTERS = "的一是了模型gptab12 ，é😀㐀"
LINES = st.lists(st.text(st.sampled_from(LETTERS), min_size=1, max_size=12), max_size=4)
SIGNS = [chr(code) for code in range(ord("!"), ord("~") + 1) if chr(code) not in "\\`$"]
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


def read(files: Sequence[GramFile], texts: int) -> dict[str, list[int]]:
    """All grams of files, each with the texts that hold it."""
    found = {}
    for file in files:
        for line in file.lines.split("\n")[1:]:
            prefix, _, code = line.partition("\t")
            reader = Reader(code)
            if len(prefix) > 1:
                found[prefix] = list(reader.ascending(reader.gamma(), texts))
            count, letter = reader.gamma() - 1, -1
            width = max(0, (20_992 // max(1, count)).bit_length() - 1)
            for _ in range(count):
                letter += 1 + reader.rice(width)
                found[prefix + chr(letter)] = list(reader.ascending(reader.gamma(), texts))
    return found


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Grams are frequent soon, and a file is soon full."""
    monkeypatch.setattr(grams, "LEAST", 2)


@given(TEXTS)
@settings(max_examples=150)
def test_what_was_written_is_read(texts: list[list[str]]) -> None:
    bodies = ["".join(f"{line}{END}" for line in lines) for lines in texts]
    made = grams.grams(bodies)
    files = list(gram_files(made, len(bodies), most=60))
    assert read(files, len(bodies)) == made
    pairs = {f"{line}{END}"[n : n + 2] for lines in texts for line in lines for n in range(len(line))}
    assert {gram for gram in made if len(gram) == 2} == pairs
    for gram, holders in made.items():
        assert holders == [n for n, body in enumerate(bodies) if gram in body]


@pytest.mark.usefixtures("eager")
def test_a_frequent_gram_is_longer_where_both_that_it_overlaps_are_frequent() -> None:
    found = grams.grams([f"{line}{END}" for line in (*["abc"] * 3, *["bcd"] * 2, "cd", "xbc")])
    assert found["abc"] == [0, 1, 2]
    assert found["bcd"] == [3, 4]
    assert "xbc" not in found
    assert grams.frequent(1000) == 1000 // grams.SHARE


def test_a_file_begins_where_its_first_pair_does() -> None:
    some = random.Random(4)
    bodies = ["".join(some.choices(LETTERS, k=60)) + END for _ in range(30)]
    made = grams.grams(bodies)
    files = list(gram_files(made, len(bodies), most=200))
    assert len(files) > 3
    cuts = [file.first for file in files]
    assert cuts == sorted(cuts)
    for n, file in enumerate(files):
        inside = read([file], len(bodies))
        last = cuts[n + 1] if n + 1 < len(cuts) else chr(0x10FFFF)
        assert all(file.first <= gram[:2] < last for gram in inside)


def test_the_bytes_stay_as_they_are() -> None:
    """Else `search_index.FORMAT` has to be raised, so that every archive's index is made anew."""
    made = gram_files(grams.grams([*[f"模型的{END}"] * 13, f"模型{END}一{END}"]), 14)
    assert list(made) == [
        GramFile("一\x1f", "\n一\t8P}S\n型\t8P}S\n型的\t+/!B\n模型\t+q!2\n模型的\t+/!B\n的\x1f\t+/!B")
    ]


def test_the_work_grows_with_the_texts() -> None:
    def index(count: int) -> object:
        some = random.Random(2)
        return list(gram_files(grams.grams(["".join(some.choices(LETTERS, k=40)) + END for _ in range(count)]), count))

    assert growth(index, 20) < LINEAR
