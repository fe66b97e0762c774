"""Whether a copy is a text with something put in between: nothing is missing then, and that is seen at a glance."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

GRAM = 8  # characters that two texts share where they are the same
_MOST = 20_000_000  # characters that are searched for it
_STEP = 64


class _Piece(NamedTuple):
    """A stretch of a text that stands in a copy, too. `before`: how many characters more are equal before both; those
    are the piece's as well as that of the one before it."""

    at: int
    there_at: int
    length: int
    before: int


def has_all(wanted: str, there: str) -> bool:
    """Whether all of `wanted` stands in `there`, so plainly that `archiver.coverage.match` would find it all; both
    differ in their first character.

    The pieces of `wanted` that stand in `there` one behind the other are found first. It is plain if no stretch of GRAM
    characters over their edges is one that both texts have once only, and if of any two pieces side by side one has
    such a stretch: all of these stand where they should then, and between two of them there are at most two edges,
    where nothing can be taken for anything else.
    """
    pieces = list(_pieces(wanted, there))
    if not pieces or pieces[-1].at + pieces[-1].length < len(wanted) or len(pieces) * len(there) > _MOST:
        return False
    if any(later.before >= min(earlier.length, _STEP) for earlier, later in pairwise(pieces)):
        return False
    if any(_stands_over(wanted, there, piece) for piece in pieces[1:]):
        return False
    sure = [_is_sure(wanted, there, piece) for piece in pieces]
    return any(sure) and all(one or other for one, other in pairwise(sure))


def _pieces(wanted: str, there: str) -> Iterator[_Piece]:
    """Up to the one that is not there."""
    at = place = 0
    while at < len(wanted):
        place = there.find(wanted[at : at + GRAM], place)
        if place < 0:
            return
        length = _alike(wanted, at, there, place)
        before = 0
        while before < min(at, _STEP) and wanted[at - before - 1] == there[place - before - 1]:
            before += 1
        yield _Piece(at, place, length, before)
        at, place = at + length, place + length


def _alike(wanted: str, at: int, there: str, there_at: int) -> int:
    """How many characters are equal from there on: looked at in steps that grow, and are halved at the end."""
    same, step = 0, _STEP
    while step:
        one = wanted[at + same : at + same + step]
        if len(one) == step and one == there[there_at + same : there_at + same + step]:
            same, step = same + step, step * 2
        else:
            step //= 2
    return same


def _stands_over(wanted: str, there: str, piece: _Piece) -> bool:
    """Whether both texts have once only a stretch that goes over the edge of a piece, and that of the one before it."""
    start = piece.at - piece.before
    if wanted[start - 1 : piece.at + 1] not in there:
        return False
    for at in range(max(piece.at + 1 - GRAM, 0), min(start, len(wanted) - GRAM + 1)):
        gram = wanted[at : at + GRAM]
        if there.count(gram) == 1 and _is_only(wanted, gram, at):
            return True
    return False


def _is_sure(wanted: str, there: str, piece: _Piece) -> bool:
    """Whether both texts have once only a stretch of the piece."""
    last = piece.length - GRAM
    for offset in {0, last // 2, last} if last >= 0 else ():
        gram = wanted[piece.at + offset : piece.at + offset + GRAM]
        if _is_only(wanted, gram, piece.at + offset) and _is_only(there, gram, piece.there_at + offset):
            return True
    return False


def _is_only(text: str, gram: str, at: int) -> bool:
    return text.find(gram) == at and text.find(gram, at + 1) < 0
