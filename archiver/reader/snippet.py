"""The place in a text that a search found, with the hits told apart. search.js does the same for the static site."""

from __future__ import annotations

from collections.abc import Sequence

from archiver.folding import fold, fold_map

BEFORE, LENGTH = 30, 150


def snippet(body: str, terms: Sequence[str]) -> list[tuple[str, bool]]:
    """Pieces of the first line that holds most of the folded `terms`, each with whether it is a hit.

    Empty where no line holds any: then the hits are in the title.
    """
    best, most = "", 0
    for line in body.split("\n"):
        folded = fold(line)
        count = sum(term in folded for term in terms)
        if count > most:
            best, most = line, count
        if most == len(terms):
            break
    return _pieces(best, terms) if most else []


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
