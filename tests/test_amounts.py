"""How many, how large, how long: said by one room, in words that fit the number."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.amounts import counted, duration, size

PROGRAM = Path(__file__).parents[1] / "archiver"
# What the program counts. Behind a number none of them stands as it is: that number may be one.
NOUNS = (
    "accounts|addresses|albums|arguments|articles|bytes|characters|days|elements|errors|files|findings|images|lines|"
    "links|minutes|nights|notes|pages|places|pushes|results|runs|signs|tokens|videos|warnings"
)
_COUNTED = re.compile(rf" (?:(?!of |in |that |to |its )[\w'-]+ ){{0,2}}?(?:{NOUNS})\b")
_IN_TEMPLATE = re.compile(rf"\{{\w+:,\}}{_COUNTED.pattern}")
CONSTANTS = {"MAX_MEDIA", "MAX_IMAGES", "MAX_REDIRECTS", "FAILURES"}


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 notes"), (1, "1 note"), (2, "2 notes"), (1234567, "1,234,567 notes")]
)
def test_counts(number: int, said: str) -> None:
    assert counted(number, "note") == said


def test_counts_of_words_with_a_plural_of_their_own() -> None:
    assert [counted(n, "push", "pushes") for n in (1, 2)] == ["1 push", "2 pushes"]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1.0 kB"), (9949, "9.9 kB"), (9951, "10 kB"),
        (999_499, "999 kB"), (999_500, "1.0 MB"), (1_500_000, "1.5 MB"), (42e6, "42 MB"), (2.3e9, "2.3 GB"),
        (4e12, "4,000 GB"),
    ],
)  # fmt: skip
def test_sizes(number: float, said: str) -> None:
    assert size(number) == said


@given(st.integers(0, 10**13))
def test_a_size_is_short_and_close(number: int) -> None:
    value, unit = size(number).split()
    meant = float(value.replace(",", "")) * {"byte": 1, "bytes": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}[unit]
    assert meant == pytest.approx(number, rel=0.051)
    assert number >= 10**12 or len(value) <= 3


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "a minute"), (1.4, "a minute"), (1.5, "2 minutes"), (119, "119 minutes"), (150, "2.5 hours")],
)
def test_durations(minutes: float, said: str) -> None:
    assert duration(minutes) == said


def _numbers_and_nouns() -> Iterator[str]:
    """Where a text puts a noun in the plural behind a number by itself."""
    for path in sorted(PROGRAM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _IN_TEMPLATE.search(node.value):
                yield f"{path.name}: {node.value}"
            if isinstance(node, ast.JoinedStr):
                yield from (f"{path.name}: {said}" for said in _in(node))


def _in(text: ast.JoinedStr) -> Iterator[str]:
    for value, behind in zip(text.values, text.values[1:], strict=False):
        if not isinstance(value, ast.FormattedValue) or not isinstance(behind, ast.Constant):
            continue
        what = ast.unparse(value.value)
        is_number = value.format_spec is not None or re.match(r"(?:len|sum)\(|[\w.]*count\b", what)
        if is_number and what not in CONSTANTS and _COUNTED.match(str(behind.value)):
            yield f"{what}{behind.value!s}"


def test_no_text_counts_by_itself() -> None:
    assert [said for said in _numbers_and_nouns() if not said.startswith("amounts.py")] == []


@pytest.mark.parametrize(
    "text",
    ['f"{len(x)} notes"', 'f"{n:,} damaged lines"', 'f"{self.count} more files"', 'f"{n / 2:.0f} minutes of rest"'],
)
def test_such_a_text_would_be_seen(text: str) -> None:
    node = ast.parse(text, mode="eval").body
    assert isinstance(node, ast.JoinedStr)
    assert list(_in(node))
