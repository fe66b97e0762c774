"""Text as search sees it: width and case do not count, every other character does.

The static site's script does the same in JavaScript (`reader/assets/reader.js`); a test holds the two equal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from operator import add

# ASCII signs as characters that FTS5's `ascii` tokenizer takes for letters; `fold` drops these from texts.
_FIRST_SIGN = 0x10FE00
_SIGNS = {n: chr(_FIRST_SIGN + n) for n in range(128) if not chr(n).isalnum()}
_EDGE = _SIGNS[ord("\n")]  # beside a run of few letters, and between lines
_SMALL = re.compile("([^\u2e80-\U0010ffff]+)")  # letters of alphabets, digits: each of them is in nearly every text
# Characters that show nothing (Default_Ignorable_Code_Point of Unicode): a word that holds one is the word.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_DROPPED = re.compile(f"[{chr(_FIRST_SIGN)}-{chr(_FIRST_SIGN + 127)}\x00{_INVISIBLE}]")
# Signs of nearly every Chinese text. Without them most texts are normal already, and that is soon seen.
_USUAL = [(sign, unicodedata.normalize("NFKC", sign)) for sign in "，！：；？（）…％～\u3000\xa0"]
_CLUSTER = re.compile("[^\u0300-\u036f\u3099\u309a\uff9e\uff9f][\u0300-\u036f\u3099\u309a\uff9e\uff9f]*|.", re.DOTALL)


def fold(text: str) -> str:
    """`text` with full and half width, upper and lower case made one (NFKC, then lower case), white space collapsed,
    and without characters that show nothing."""
    return " ".join(_normal(text).split())


@lru_cache(10_000)  # writing has not many letters
def _fold_part(text: str) -> str:
    return " " if text.isspace() else fold(text)


def fold_lines(text: str) -> list[str]:
    """`fold` of each of a text's lines, at once: folding does not reach over a line feed."""
    return [" ".join(line.split()) for line in _normal(text).split("\n")]


def _normal(text: str) -> str:
    text = _DROPPED.sub("", text)
    for sign, plain in _USUAL:
        text = text.replace(sign, plain)
    plain = unicodedata.normalize("NFKC", text)
    # Greek sigma's final form depends on what follows, which a query does not know; no other letter's does.
    lower = plain.lower() if "\u03a3" not in plain else "".join(map(str.lower, plain))
    return unicodedata.normalize("NFKC", lower)


def fold_map(text: str) -> tuple[str, list[int]]:
    """`fold(text)`, and for each of its characters where it begins in `text`, with the text's length as the last.

    Where folding reaches over characters so that places cannot be told, the text that they refer to would differ: then
    the list is empty.
    """
    whole = fold(text)
    if len(text) == len(whole) and "".join(map(_fold_part, text)) == whole:
        return whole, list(range(len(text) + 1))  # nearly always: each letter has come to one
    folded: list[str] = []
    places: list[int] = []
    for match in _CLUSTER.finditer(text):
        part = match[0]
        new = _fold_part(part)
        if new == " " and (not folded or folded[-1] == " "):
            continue
        folded += new
        places += [match.start()] * len(new)
    if folded and folded[-1] == " ":
        folded.pop()
        places.pop()
    return whole, [*places, len(text)] if "".join(folded) == whole else []


def tokens(lines: Iterable[str]) -> str:
    """Folded lines as the tokens of the full-text index: each letter of a script that has many, as Chinese, and each
    sign; of a run of other letters every two neighbours, and its ends; a token of its own between lines."""
    return _tokens("\n".join(line for line in lines if line).translate(_SIGNS), _EDGE, _EDGE)


def _tokens(text: str, begin: str, end: str) -> str:
    """`begin` and `end` are what stands beside a run of few letters where the text does."""
    large_and_small = _SMALL.split(text)
    last = len(large_and_small) - 1
    found = []
    for n, part in enumerate(large_and_small):
        if n % 2:
            before = _EDGE if n > 1 or large_and_small[0] else begin
            run = f"{before}{part}{_EDGE if n < last - 1 or large_and_small[last] else end}"
            found.append(" ".join(map(add, run, run[1:])))
        elif part:
            found.append(" ".join(part))
    return " ".join(found)


def match_expression(term: str) -> str:
    """The FTS5 expression that finds exactly the texts that hold the folded `term`, which must not be empty."""
    text = term.translate(_SIGNS)
    if len(text) == 1 and _SMALL.match(text):
        return f'"{text}" *'  # every pair that begins with it
    return f'"{_tokens(text, "", "")}"'
