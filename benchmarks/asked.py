"""What a search is asked, and what it has to find: for benchmarks.search and benchmarks.search_peers."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from archiver.folding import fold
from benchmarks.places import peer
from tests.reader.library import NOW, Made

LENGTHS = range(1, 7)  # characters
_TEXTS = Path(__file__).with_name("texts.py")


def articles(count: int) -> list[Made]:
    """The articles of `benchmarks.texts`."""
    command = [peer("search", "bin/python"), "-P", str(_TEXTS), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as run:
        assert run.stdout
        made = [_made(number, line) for number, line in enumerate(run.stdout)]
    assert run.returncode == 0
    assert len(made) == count
    return made


def _made(number: int, line: str) -> Made:
    title, account, minutes, lines = json.loads(line)
    return Made(title, lines, account=account, published=NOW - timedelta(minutes=minutes), token=f"T{number:021d}")


def terms(made: Sequence[Made], length: int, count: int, *, chinese: bool = False) -> Iterator[str]:
    """Runs of letters of the texts, of Chinese ones alone if wanted; of every fifth the letters in another order, so
    that it may be nowhere."""
    some = random.Random(length)
    while count:
        one = some.choice(made)
        line = fold(some.choice([one.title, *one.paragraphs]))
        start = some.randrange(max(1, len(line) - length + 1))
        term = line[start : start + length]
        if chinese and not all("\u4e00" <= letter <= "\u9fff" for letter in term):
            continue
        if count % 5 == 0:
            term = "".join(some.sample(term, len(term)))
        if len(term) == length and fold(term) == term and not set(term) & set('"“”'):
            count -= 1
            yield term


@dataclass(frozen=True)
class Answers:
    """What was found of what is there."""

    texts: Sequence[str]  # folded, a line between parts, in the order of the articles

    @classmethod
    def of(cls, made: Sequence[Made]) -> Answers:
        return cls(["\n".join(map(fold, (one.title, one.account, *one.paragraphs))) for one in made])

    @cached_property
    def _known(self) -> dict[str, frozenset[int]]:
        return {}

    def right(self, term: str) -> frozenset[int]:
        """The numbers of the articles that have the term, by looking everywhere."""
        if term not in self._known:
            self._known[term] = frozenset(n for n, text in enumerate(self.texts) if term in text)
        return self._known[term]

    def judge(self, found: dict[str, set[int]]) -> tuple[list[float], list[float]]:
        """Per length of a term: per cent of what is there that was found (recall), and of what was found that is there
        (precision); 100 where there is nothing of which to take a share."""
        recall, precision = [], []
        for length in LENGTHS:
            own = {term: numbers for term, numbers in found.items() if len(term) == length}
            both = sum(len(numbers & self.right(term)) for term, numbers in own.items())
            there, told = (sum(map(len, sets)) for sets in ([self.right(term) for term in own], own.values()))
            recall.append(100 * both / there if there else 100.0)
            precision.append(100 * both / told if told else 100.0)
        return recall, precision
