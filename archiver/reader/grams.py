"""Which texts of a segment hold which grams (runs of characters within a line), written so that a script reads it fast.

Every pair of neighbours is a gram. A longer one is kept only where both grams that it overlaps are frequent: so a word
is either a gram itself, or holds one that few texts hold, and those are read (as in the a-priori algorithm of Agrawal
and Srikant, 1994, and the variable-length grams of Kim et al., n-Gram/2L, 2005). Numbers are Rice codes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, groupby, pairwise
from operator import add, sub

END = "\x1f"  # behind each line: white space, of which folding leaves none but the space
LONGEST = 4  # characters of a gram
LEAST = 12  # texts that hold a gram, up to which it has no line of its own
SHARE = 20  # a gram is frequent that stands in more than one in so many texts
FULL = 48_000  # bytes after which another file begins
_ONES = 16  # of a quotient; then the whole number follows
_WHOLE = 21  # bits of that: any character has them
_CHARACTERS = 20_992  # of CJK, among which those that follow another are spread
# Those of ASCII that mean nothing in a template literal. Two stand for 13 bits, one at the end for six: a thirteenth
# less than in base64 (basE91 of J. Henke, 2000, packs a little closer).
_SIGNS = [sign for sign in map(chr, range(0x21, 0x7F)) if sign not in "\\`$"]
_CHUNK, _REST = 13, 6
_TWO = [one + other for one in _SIGNS for other in _SIGNS][: 1 << _CHUNK]

Grams = dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class GramFile:
    """A file of grams: all from the pair `first` on, up to the next file's. A line is a prefix, a tab and signs, which
    stand for bits."""

    first: str
    lines: str


def frequent(texts: int) -> int:
    """In how many of so many texts a gram may stand and is not frequent yet."""
    return max(LEAST, texts // SHARE)


def grams(texts: Sequence[str]) -> Grams:
    """The grams of folded texts, whose lines all end with `END`, and the numbers of those that hold each.

    A line's last character is in a pair with `END`; no longer gram holds that.
    """
    places: list[Sequence[int]] = [range(len(text) - 1) for text in texts]
    found: Grams = {}
    most = frequent(len(texts))
    for size in range(2, LONGEST + 1):
        new: defaultdict[str, list[int]] = defaultdict(list)
        for number, (text, starts) in enumerate(zip(texts, places, strict=True)):
            for gram in {text[at : at + size] for at in starts} if size > 2 else set(map(add, text, text[1:])):
                new[gram].append(number)
        found.update(new)
        often = {gram for gram, holders in new.items() if len(holders) > most and END not in gram}
        if not often:
            break
        places = [_overlapping(text, starts, size, often) for text, starts in zip(texts, places, strict=True)]
    return {gram: holders for gram, holders in found.items() if gram[0] != END}


def _overlapping(text: str, starts: Iterable[int], size: int, often: set[str]) -> list[int]:
    """Where a frequent gram is followed by the next one."""
    kept = [at for at in starts if text[at : at + size] in often]
    return [at for at, after in pairwise(kept) if after == at + 1]


@dataclass(slots=True)
class _Line:
    own: str = ""
    children: list[tuple[str, list[int]]] = field(default_factory=list)

    def bits(self, texts: int) -> str:
        width = _width(_CHARACTERS, len(self.children) or 1)
        parts, last = [self.own, _gamma(len(self.children) + 1)], -1
        for letter, holders in self.children:
            place = ord(letter)
            parts += (_code(place - last - 1, width), _gamma(len(holders)), _numbers(holders, texts))
            last = place
        return "".join(parts)


def gram_files(found: Grams, texts: int, most: int = FULL) -> Iterator[GramFile]:
    """Files of about `most` bytes; all grams that begin with a pair are in one."""
    lines: dict[str, _Line] = {}
    first, size = "", 0
    for pair, run in groupby(sorted(found), key=lambda gram: gram[:2]):
        if size > most:
            yield GramFile(first, _text(lines, texts))
            lines, size = {}, 0
        if not lines:
            first = pair
        for gram in run:
            size += _put(lines, gram, found[gram], texts)
    if lines:
        yield GramFile(first, _text(lines, texts))


def _put(lines: dict[str, _Line], gram: str, holders: list[int], texts: int) -> int:
    """Put a gram into its line; about how many bytes that takes."""
    if len(holders) <= LEAST:  # behind the characters before its last
        lines.setdefault(gram[:-1], _Line()).children.append((gram[-1], holders))
        return 1 + 2 * len(holders)
    own = _gamma(len(holders)) + _numbers(holders, texts)
    lines[gram] = _Line(own)
    return 10 + len(own) // 6


def _text(lines: dict[str, _Line], texts: int) -> str:
    return "".join(f"\n{prefix}\t{_signs(line.bits(texts))}" for prefix, line in sorted(lines.items()))


def _numbers(holders: list[int], texts: int) -> str:
    """Ascending numbers of texts, as their differences."""
    codes = _codes(_width(texts, len(holders)), texts)
    if len(holders) == 1:
        return codes[holders[0] + 1]
    return "".join(map(codes.__getitem__, map(sub, holders, chain((-1,), holders))))


def _width(size: int, count: int) -> int:
    """Bits of a remainder where `count` numbers are spread over `size` places: those of the mean difference, rounded
    down, are the best for such (Golomb, 1966)."""
    return max(0, (size // count).bit_length() - 1)


@cache
def _codes(width: int, size: int) -> list[str]:
    """Codes of differences, which begin with 1."""
    return ["", *(_code(value, width) for value in range(size))]


@cache
def _code(value: int, width: int) -> str:
    many = value >> width
    if many >= _ONES:
        return "1" * _ONES + f"{value:0{_WHOLE}b}"
    return "1" * many + "0" + (f"{value & ((1 << width) - 1):0{width}b}" if width else "")


@cache
def _gamma(number: int) -> str:
    """Elias's gamma code of a number from 1 on."""
    bits = f"{number:b}"
    return "0" * (len(bits) - 1) + bits


def _signs(bits: str) -> str:
    """Bits as signs; what is too much at the end is 0."""
    rest = len(bits) % _CHUNK
    whole = len(bits) - rest
    if rest > _REST:
        bits += "0" * (_CHUNK - rest)
        whole += _CHUNK
    last = _SIGNS[int(bits[whole:].ljust(_REST, "0"), 2)] if len(bits) > whole else ""
    return "".join(_TWO[int(bits[at : at + _CHUNK], 2)] for at in range(0, whole, _CHUNK)) + last
