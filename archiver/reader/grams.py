"""Which texts of a block hold which grams (runs of characters within a line), written so that a script reads it fast.

Every pair of neighbours is a gram. A longer one is kept only where both grams that it overlaps are frequent: so a word
is either a gram itself, or holds one that few texts hold, and those are read (as in the a-priori algorithm of Agrawal
and Srikant, 1994, and the variable-length grams of Kim et al., n-Gram/2L, 2005). Numbers are Rice codes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain, groupby, pairwise, product
from operator import add, itemgetter, sub

from archiver.reader.assets import letters_in
from archiver.render import sitemap

END = "\x1f"  # behind each line: white space, of which folding leaves none but the space
LONGEST = 4  # characters of a gram
LEAST = 12  # texts that hold a gram, up to which it has no list of its own
SHARE = 20  # a gram is frequent that stands in more than one in so many texts
OWN, AFTER = 0, 1  # kinds of fields: a gram's list and what follows it; what follows a letter, from another letter on
# What follows the most frequent letters is in several lines: in pieces of 2 ** 8 code points, of 2 ** 10, of 2 ** 12.
_APART = ((4, 8), (24, 10), (200, 12))
_ONES = 16  # of a quotient; then the whole number follows
_WHOLE = 21  # bits of that: any character has them
_CHARACTERS = 20_992  # of CJK, among which those that follow another are spread
# Those of ASCII that cannot end a comment, and mean nothing in a string. Two stand for 13 bits, one at the end for six:
# a thirteenth less than in base64 (basE91 of J. Henke, 2000, packs a little closer).
_SIGNS = [sign for sign in map(chr, range(0x21, 0x7F)) if sign not in "\\`*"]
_CHUNK, _REST = 13, 6
_TWO = {f"{n:0{_CHUNK}b}": one + other for n, (one, other) in enumerate(product(_SIGNS, repeat=2)) if n >> _CHUNK == 0}

Grams = dict[str, list[int]]


def frequent(texts: int) -> int:
    """In how many of so many texts a gram may stand and is not frequent yet."""
    return max(LEAST, texts // SHARE)


def grams(texts: Sequence[str]) -> Grams:
    """The grams of folded texts, whose lines all end with `END`, and the numbers of those that hold each.

    A letter is one where its pairs may be in several files. A line's last character is in a pair with `END` where it is
    none itself; no longer gram holds that.
    """
    places: list[Sequence[int]] = [range(len(text) - 1) for text in texts]
    letters = _letters(texts)
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
    for gram in [gram for gram in found if gram[0] == END or (gram[1] == END and gram[0] in letters)]:
        del found[gram]
    return found | letters


def _letters(texts: Sequence[str]) -> Grams:
    """Those that are looked up by themselves."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    apart = {letter for letter in set().union(*texts) if _apart(letter)}
    for number, text in enumerate(texts):
        for letter in apart.intersection(text):
            found[letter].append(number)
    return found


def _overlapping(text: str, starts: Iterable[int], size: int, often: set[str]) -> list[int]:
    """Where a frequent gram is followed by the next one."""
    kept = [at for at in starts if text[at : at + size] in often]
    return [at for at, after in pairwise(kept) if after == at + 1]


def unit(key: str) -> str:
    """What of a gram or a line's key decides in which file it is: all that begins with it is in one."""
    bits = _apart(key[0]) if len(key) > 1 else 0
    start = ord(key[1]) >> bits << bits if bits else 0
    return key[0] + chr(start) if start else key[0]


@cache
def common() -> dict[str, int]:
    """Frequent letters, the most frequent first, with their places. They stand in search.js."""
    return {letter: place for place, letter in enumerate(letters_in(sitemap.SEARCH_SCRIPT, "LETTERS"))}


@cache
def _apart(letter: str) -> int:
    """Bits of the pieces in which is what follows a letter; 0: it is in one."""
    place = 0 if letter.isascii() and letter.isalnum() else common().get(letter, len(common()))
    return next((bits for most, bits in _APART if place < most), 0)


def lines(found: Grams, texts: int) -> Iterator[tuple[str, int, str]]:
    """Keys, kinds of fields and their signs, which stand for bits, in order. Nothing is left of `found`."""
    for _, some in groupby(sorted(found), key=itemgetter(0)):
        yield from _of_letter(((gram, found.pop(gram)) for gram in some), texts)


def _of_letter(some: Iterable[tuple[str, list[int]]], texts: int) -> Iterator[tuple[str, int, str]]:
    """The lines of grams that begin with the same letter."""
    ones = _singles(texts)
    own: dict[str, str] = {}
    after: defaultdict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
    for gram, holders in some:
        listed = ones[holders[0]] if len(holders) == 1 else _gamma(len(holders)) + _numbers(holders, texts)
        if len(gram) == 1 or len(holders) > LEAST:
            own[gram] = listed
        else:
            above = (gram[:-1], OWN) if len(gram) > 2 else (unit(gram), AFTER)
            after[above].append((ord(gram[-1]), listed))
    for key, kind in sorted(after.keys() | {(gram, OWN) for gram in own}):
        start, size = _room(key) if kind == AFTER else (0, _CHARACTERS)
        bits = _following(after.get((key, kind), []), start, size)
        yield key, kind, _signs(own[key] + bits if kind == OWN else bits)


def _room(key: str) -> tuple[int, int]:
    """Where the characters begin that may follow a letter in a line, and over how many they are spread."""
    bits = _apart(key[0])
    return ord(key[1]) if len(key) > 1 else 0, 1 << bits if bits else _CHARACTERS


def _following(letters: list[tuple[int, str]], start: int, size: int) -> str:
    width = _width(size, len(letters) or 1)
    parts, last = [_gamma(len(letters) + 1)], start - 1
    for place, listed in letters:
        parts += (_code(place - last - 1, width), listed)
        last = place
    return "".join(parts)


def _numbers(holders: list[int], texts: int) -> str:
    """Ascending numbers of texts, as their differences."""
    codes = _codes(_width(texts, len(holders)), texts.bit_length())
    return "".join(map(codes.__getitem__, map(sub, holders, chain((-1,), holders))))


@cache
def _width(size: int, count: int) -> int:
    """Bits of a remainder where `count` numbers are spread over `size` places: those of the mean difference, rounded
    down, are the best for such (Golomb, 1966)."""
    return max(0, (size // count).bit_length() - 1)


@lru_cache(2)
def _singles(texts: int) -> list[str]:
    """What is written for a gram that one text alone holds, by its number: so it is of most grams."""
    return [_gamma(1) + code for code in _codes(_width(texts, 1), texts.bit_length())[1:]]


@cache
def _codes(width: int, most: int) -> list[str]:
    """Codes of differences, which begin with 1 and have no more than so many bits."""
    return ["", *(_code(value, width) for value in range(1 << most))]


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
    return "".join([_TWO[bits[at : at + _CHUNK]] for at in range(0, whole, _CHUNK)]) + last
