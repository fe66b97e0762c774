"""The part of one sequence that another has, in the same order."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from difflib import SequenceMatcher
from operator import lt

from archiver.coverage.pieces import GRAM, has_all

_UNSEEN = re.compile(
    r"[\s\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]+"
)
# What NFKC makes of the signs that fill Chinese pages; and those that it leaves as they are, whatever is beside them.
_USUAL = (*((chr(0xFEE0 + ord(sign)), sign) for sign in ",:;!?()"), ("\xa0", " "), ("\u3000", " "), ("\u2026", "..."))
_OTHERS = re.compile(r"[^\x00-\x7f\u2014\u2018\u2019\u201c\u201d\u3001-\u3020\u4e00-\u9fff]+")
_SMALL = 60_000  # pairs of characters that are compared one by one


def visible(text: str) -> str:
    """`text` as it is compared: NFKC, without white space and what shows nothing."""
    return _UNSEEN.sub("", "".join(normal(text).split()))


def normal(text: str) -> str:
    """`text` in NFKC. To look up each sign of an article takes long: that is done only with those that may change, and
    with the one before them, to which they may be added."""
    if text.isascii():
        return text
    for sign, meant in _USUAL:
        text = text.replace(sign, meant)
    parts: list[str] = []
    done = 0
    for found in _OTHERS.finditer(text):
        start = max(found.start() - 1, 0)
        parts += (text[done:start], unicodedata.normalize("NFKC", text[start : found.end()]))
        done = found.end()
    return "".join([*parts, text[done:]])


def matched(wanted: str, there: str) -> int:
    """How many characters of `wanted` stand in `there` in the same order, in time that grows with their lengths."""
    if wanted in there:
        return len(wanted)
    alike = _start_alike(wanted, there)
    wanted, there = wanted[alike:], there[alike:]
    return alike + (len(wanted) if has_all(wanted, there) else _matched(wanted, there))


def _start_alike(left: str, right: str) -> int:
    """How many characters at their starts are equal: halved until it is found, since equal stretches are compared at
    once."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _matched(wanted: str, there: str) -> int:
    total = 0
    start, there_start = 0, 0
    for at, there_at, length in [*_anchors(wanted, there), (len(wanted), len(there), 0)]:
        if at < start or there_at < there_start:  # a run that was prolonged goes over it
            cut = max(start - at, there_start - there_at)
            at, there_at, length = at + cut, there_at + cut, length - cut
            if length <= 0:
                continue
        total += _between(wanted[start:at], there[there_start:there_at]) + length
        start, there_start = at + length, there_at + length
    return total


def matched_items(wanted: Sequence[str], there: Sequence[str]) -> int:
    """How many of `wanted` stand in `there` in the same order."""
    start = _alike(wanted, there)
    wanted, there = wanted[start:], there[start:]
    end = _alike(wanted[::-1], there[::-1])
    wanted, there = wanted[: len(wanted) - end], there[: len(there) - end]
    if len(wanted) * len(there) > _SMALL:
        return start + end + _next_ones(wanted, there)
    blocks = SequenceMatcher(None, wanted, there, autojunk=False).get_matching_blocks()
    return start + end + sum(block.size for block in blocks)


def _alike(left: Sequence[str], right: Sequence[str]) -> int:
    """How many items at their starts are equal."""
    return next(
        (i for i, (one, other) in enumerate(zip(left, right, strict=False)) if one != other), min(len(left), len(right))
    )


def _next_ones(wanted: Sequence[str], there: Sequence[str]) -> int:
    """At least so many stand in the same order: each is looked for behind the last one that was found."""
    places: dict[str, list[int]] = {}
    for i, item in enumerate(there):
        places.setdefault(item, []).append(i)
    count, position = 0, 0
    for item in wanted:
        known = places.get(item, [])
        at = bisect_left(known, position)
        if at < len(known):
            count, position = count + 1, known[at] + 1
    return count


def _anchors(wanted: str, there: str) -> list[tuple[int, int, int]]:
    """Runs that both texts have once only, as many as stand in the same order: (place, place there, length)."""
    places = _once(there)
    pairs = [(at, place) for gram, at in _once(wanted).items() if (place := places.get(gram)) is not None]
    runs: list[tuple[int, int, int]] = []
    first, end, shift = 0, -1, 0
    for at, there_at in _rising(pairs):
        if at <= end and at - there_at == shift:
            end = at + GRAM
            continue
        if end >= 0:
            runs.append((first, first - shift, end - first))
        first, end, shift = at, at + GRAM, at - there_at
    return [*runs, (first, first - shift, end - first)] if end >= 0 else runs


def _once(text: str) -> dict[str, int]:
    """Where each stretch is that the text has once only, in the order of the text."""
    count = len(text) - GRAM + 1
    grams = [text[i : i + GRAM] for i in range(count)]
    last = dict(zip(grams, range(count), strict=False))  # a negative count is an empty range
    if len(last) == max(count, 0):
        return last
    first = dict(zip(reversed(grams), range(count - 1, -1, -1), strict=False))
    return {gram: at for gram, at in last.items() if first[gram] == at}


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of `pairs` whose second members rise."""
    places = [there_at for _, there_at in pairs]
    if all(map(lt, places, places[1:])):  # as in nearly every copy
        return pairs
    ends: list[int] = []  # the smallest end of a rising part, by its length
    at_end: list[int] = []  # its pair
    before: list[int] = []
    for i, there_at in enumerate(places):
        length = bisect_left(ends, there_at)
        before.append(at_end[length - 1] if length else -1)
        ends[length : length + 1] = [there_at]
        at_end[length : length + 1] = [i]
    found = []
    i = at_end[-1] if at_end else -1
    while i >= 0:
        found.append(pairs[i])
        i = before[i]
    return found[::-1]


def _between(wanted: str, there: str) -> int:
    """The characters that two stretches without a run in common have in the same order."""
    if not wanted or not there:
        return 0
    return len(wanted) if wanted in there else matched_items(wanted, there)
