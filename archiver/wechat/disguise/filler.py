"""Filler for texts, and stand-ins for identifiers.

Every letter of filler is one that occurs nowhere in the page, however it is escaped there; so no run of characters that
holds one can be the page's. What stays of a text is where its white space and punctuation stand, at most three signs in
a row. Which letter stands where depends on the order in which texts appear, not on what they say; equal texts get equal
filler, for the parser compares sources.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from archiver.errors import PageError
from archiver.wechat.disguise.vocabulary import BEGINNINGS, PHRASES

_LETTERS = 64  # of each width, at most
_RANGES = {
    "ideograph": (range(0x3400, 0x4DB6), range(0x4E00, 0x9FD6)),
    "wide": (range(0xAC00, 0xD7A4),),
    "narrow": (range(0x10D0, 0x10F1), range(0x0561, 0x0587), range(0x0430, 0x0450), range(0x03B1, 0x03CA),
               range(0x1200, 0x1380), range(0x13A0, 0x13F0), range(0x0531, 0x0557)),
}  # fmt: skip
_IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_PUNCTUATION = (
    r"""!-/:-@\[-`{-~\u2010-\u2027\u2030-\u205e\u3001-\u3003\u3008-\u3011\u3014-\u301f\uff01-\uff0f\uff1a-\uff20"""
)
_PUNCTUATION += r"""\uff3b-\uff40\uff5b-\uff65\u00b7"""
_UNSEEN = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_PIECE = re.compile(
    rf"(?P<entity>&(?:amp|lt|gt|quot|nbsp|\#39);)|(?P<space>\s)|(?P<unseen>[{_UNSEEN}])|(?P<sign>[{_PUNCTUATION}])"
    rf"|(?P<letters>[^\s{_UNSEEN}{_PUNCTUATION}]+)"
)
_SPACES = frozenset(" \n\r\t\xa0\u3000")
_MOST_PUNCTUATION = 3
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})")
_DATE = re.compile(r"\s*20\d\d[-年/]\d{1,2}[-月/]\d{1,2}日?(?:\s+\d{1,2}:\d{2})?\s*")
YEAR = "2099"
EPOCH = "4092595200"  # a day of that year
_TOKEN_LENGTH = 22


class Filler:
    """Makes the filler of one page. Raises PageError for a page in which all letters occur, which no article is."""

    def __init__(self, page: str) -> None:
        there = set().union(*map(set, _levels(page)))
        self._alphabets = {name: _absent(ranges, there) for name, ranges in _RANGES.items()}
        self._texts: dict[str, int] = {}
        self._identifiers: dict[str, int] = {}

    def text(self, text: str) -> str:
        """Filler for a text: as long, in letters as wide, with its white space and punctuation."""
        plain = " ".join(text.split())
        if not plain or plain in PHRASES:
            return text
        begun = next((words for words in BEGINNINGS if plain.startswith(words)), "")
        number = self._texts.setdefault(plain, len(self._texts))
        lead = len(text) - len(text.lstrip()) + len(begun)
        return text[:lead] + "".join(self._filled(text[lead:], _stream(number)))

    def date(self, text: str) -> str:
        """Another day, where the text is one, written in the same way; else filler."""
        if _DATE.fullmatch(text):
            return re.sub(r"\d+", lambda digits: YEAR if len(digits[0]) == 4 else "9".zfill(len(digits[0])), text)
        return self.text(text)

    def number_of(self, name: str) -> int:
        """The same for the same name, from 1 in the order of their appearance."""
        return self._identifiers.setdefault(name, len(self._identifiers) + 1)

    def identifier(self, value: str) -> str:
        """A stand-in for an identifier, of its shape; percent-encoded where it was."""
        plain = unquote(value)
        if not plain or (plain.isdigit() and len(plain) == 1):
            return plain
        number = self.number_of(plain)
        made = next((form.format(number) for shape, form in _SHAPES if shape.fullmatch(plain)), f"id{number:08d}")
        return made.replace("=", "%3D") if "%" in value else made

    def _filled(self, text: str, stream: Iterator[int]) -> Iterator[str]:
        in_a_row = 0
        for piece in _PIECE.finditer(text):
            kind, found = piece.lastgroup, piece[0]
            if kind == "letters" or (kind == "sign" and in_a_row >= _MOST_PUNCTUATION):
                in_a_row = 0
                yield from (self._letter(char, next(stream)) for char in _seen(found))
            elif kind == "space":
                yield found if found in _SPACES else " "
            elif kind == "unseen":
                yield "\u200b"
            else:
                in_a_row += 1
                yield found

    def _letter(self, char: str, number: int) -> str:
        wide = unicodedata.east_asian_width(char) in "WF"
        alphabet = self._alphabets["ideograph" if _IDEOGRAPH.match(char) else "wide" if wide else "narrow"]
        return alphabet[number % len(alphabet)]


_SHAPES = (
    (re.compile(r"wxv_\d+"), "wxv_{:019d}"),
    (re.compile(r"\d{2,}"), "2{:09d}"),
    (re.compile(r"[0-9a-fA-F]{8,}"), "{:032x}"),
    (re.compile(r"[A-Za-z0-9+/]+={1,2}"), "MzAw{:010d}=="),
    (re.compile(r"gh_\w+"), "gh_{:012d}"),
    (re.compile(r"[a-z0-9]{11}"), "v{:010d}"),
    (re.compile(rf"[\w-]{{{_TOKEN_LENGTH}}}"), "T{:021d}"),
)


def _seen(letters: str) -> str:
    """The letters as they are counted: what Unicode's NFKC makes of them."""
    return letters if letters.isascii() else re.sub(rf"[\s{_UNSEEN}]", "", unicodedata.normalize("NFKC", letters))


def _stream(number: int) -> Iterator[int]:
    """Numbers from 0 to 255 without an end that look random, the same for the same `number`."""
    block = 0
    while True:
        yield from hashlib.sha256(f"{number} {block}".encode()).digest()
        block += 1


def _levels(page: str) -> Iterator[str]:
    """The page, and what comes out where its escapes are undone."""
    for _ in range(4):
        yield page
        page = unquote(html.unescape(_ESCAPE.sub(_character, page)))


def _character(code: re.Match[str]) -> str:
    number = int(code[1] or code[2] or code[3], 16)
    return chr(number) if number < 0x110000 else ""


def _absent(ranges: Iterable[range], there: set[str]) -> str:
    """The first block of letters none of which is there. Single letters are not left out: that would tell them."""
    for numbers in ranges:
        for start in range(numbers.start, numbers.stop, _LETTERS):
            block = "".join(filter(str.isalpha, map(chr, numbers[start - numbers.start :][:_LETTERS])))
            if len(block) >= _LETTERS // 4 and there.isdisjoint(block):
                return block
    raise PageError("the page holds letters of all kinds, so that none are left to stand for them")
