"""The place in a text that a search found, with the hits told apart. search.js does the same for the static site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from archiver.folding import fold, fold_map

BEFORE, LENGTH = 30, 150
_HAN = re.compile("[\u4e00-\u9fff]+")
# Blocks with signs that show nothing, or that are Han letters in another form.
_WHERE = (
    *(range(0x80, 0x3400), range(0xF900, 0x10000), range(0x1BCA0, 0x1BCA4), range(0x1D173, 0x1D17B)),
    *(range(0x1F200, 0x1F300), range(0x2F800, 0x2FA20), range(0xE0000, 0xE1000)),
)


def snippet(body: str, terms: Sequence[str]) -> list[tuple[str, bool]]:
    """Pieces of the first line that holds most of the folded `terms`, each with whether it is a hit.

    Empty where no line holds any: then the hits are in the title.
    """
    is_han = all(map(_HAN.fullmatch, terms))
    most, best = 0, ""
    for line in body.split("\n"):
        # Han letters stay what they are: mostly a line need not be folded to be looked through.
        text = line if is_han and not _becomes_han(line) else fold(line)
        held = sum(term in text for term in terms)
        if held > most:
            most, best = held, line
            if most == len(terms):
                break
    return _pieces(best, terms) if most else []


def _becomes_han(text: str) -> bool:
    """Whether anything in it becomes a Han letter, or nothing, when it is folded."""
    return not _unstable().isdisjoint(text)


@cache
def _unstable() -> frozenset[str]:
    letters = (chr(code) for codes in _WHERE for code in codes)
    return frozenset(letter for letter in letters if not (folded := fold(letter)) or _HAN.search(folded)) - {*" \t\n"}


def _spans(text: str, terms: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    folded, places = fold_map(text)
    if not places:  # then the folded text is shown
        text, places = folded, list(range(len(folded) + 1))
    spans = []
    for term in terms:
        at = folded.find(term)
        while at >= 0:
            spans.append((places[at], places[at + len(term)]))
            at = folded.find(term, at + len(term))
    return text, sorted(spans)


def _pieces(text: str, terms: Sequence[str]) -> list[tuple[str, bool]]:
    text, spans = _spans(text, terms)
    begin = max(0, spans[0][0] - BEFORE) if spans else 0
    end = min(len(text), begin + LENGTH)
    pieces = [("…", False)] if begin else []
    at = begin
    for start, stop in spans:
        if at <= start < end:
            pieces += [(text[at:start], False), (text[start:stop], True)]
            at = stop
    end = max(at, end)
    pieces.append((text[at:end], False))
    if end < len(text):
        pieces.append(("…", False))
    return [piece for piece in pieces if piece[0]]
