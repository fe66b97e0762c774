"""Lines broken between words for a terminal that is narrower than they are; it would break them anywhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Behind what a line goes on when it is broken: its label, or that of a list; else two columns in.
_LABELS = re.compile(r"\s*(?:[^\s:]+:\s+|\S+\s{2,}|- |\[\d+/\d+\] )?")
_LABEL_BEHIND = re.compile(r"[^\s:][^:]{0,20}:\s+")  # such as the second one of `ok    last sync:  none`
_WORD = re.compile(r"\s*\S+")
_MOST_INDENTED = 24  # columns
_NOT_FIRST = frozenset("、。，．！？：；…」』）》〉】〕”’%,.!?:;)]}")  # of a line
_NOT_LAST = frozenset("「『（《〈【〔“‘([{")


def width_of(text: str) -> int:
    """How many columns a text takes in a terminal."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if _is_wide(char) else 1


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def break_line(text: str, columns: int) -> Iterator[tuple[int, int, int]]:
    """The lines of a text: how far each is indented, and from where to where in `text` it goes.

    A word that is longer than a line, such as a path, is left whole: it would be no path any more.
    """
    if width_of(text) <= columns:
        yield 0, 0, len(text)
        return
    hanging = indent_of(text)
    indent, start, used, end = 0, 0, 0, 0
    for first, last in _pieces(text):
        piece = text[first:last]
        word = piece.lstrip()
        if used and used + width_of(piece) > columns >= hanging + width_of(word):
            yield indent, start, end
            indent, start, used, piece = hanging, last - len(word), hanging, word
        used += width_of(piece)
        end = last
    yield indent, start, end


def indent_of(text: str) -> int:
    """How far the lines are indented that a line is broken into, behind its first."""
    margin = len(text) - len(text.lstrip())
    first = _LABELS.match(text)
    end = first.end() if first else 0
    if end > margin and text[:end].endswith("  ") and (second := _LABEL_BEHIND.match(text, end)):
        end = second.end() if width_of(text[: second.end()]) <= _MOST_INDENTED else end
    if end > margin and width_of(text[:end]) <= _MOST_INDENTED:
        return width_of(text[:end])
    return margin + 2 if margin else 0


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """What is not to be broken: words, each with the space before it, and in Chinese each character, but for paths."""
    for word in _WORD.finditer(text):
        start = word.start()
        if "/" in word[0] or "\\" in word[0]:
            yield start, word.end()
            continue
        for place in range(word.end() - len(word[0].lstrip()) + 1, word.end()):
            before, behind = text[place - 1], text[place]
            if (_is_wide(before) or _is_wide(behind)) and behind not in _NOT_FIRST and before not in _NOT_LAST:
                yield start, place
                start = place
        yield start, word.end()
