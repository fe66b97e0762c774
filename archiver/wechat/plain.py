"""Markup as plain text: in data that are plain by right, and to see which of two sources is the fuller."""

from __future__ import annotations

import re
from functools import lru_cache

from archiver.dom import unescaped

_ENDS = re.compile(r"</(a|span|p|strong|b|em|i|font|section)\s*>", re.IGNORECASE)
_TAGS = re.compile(r"<(?:script|style)\b[^<>]*+>.*?(?:</(?:script|style)>|\Z)|<[^<>]*+>", re.DOTALL | re.IGNORECASE)
_CODE = re.compile(r"<(?:script|style)\b", re.IGNORECASE)
_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_IMAGE = re.compile(r"<img\b", re.IGNORECASE)
_OF_AN_IMAGE = 20  # characters
NOISE = 40  # characters that sources differ in without one being fuller: line numbers, lines of the frame
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def without_markup(words: str) -> str:
    """`words` without the markup that WeChat's editors write into them (links, line breaks), then on one line. Angle
    brackets that are no such markup stay."""
    names = {end[1].lower() for end in _ENDS.finditer(words)}
    if not names and not _BREAK.search(words):
        return words
    plain = _BREAK.sub(" ", words)
    if names:
        plain = re.sub(rf"</?(?:{'|'.join(sorted(names))})\b[^<>]*+>", "", plain, flags=re.IGNORECASE)
    return " ".join(plain.split())


def weight(markup: str) -> int:
    """How much there is to read and see, in characters; an image stands for some of them."""
    shown, images = _amount(markup)
    return shown + _OF_AN_IMAGE * images


def is_fuller(markup: str, other: str) -> bool:
    """Whether there is certainly more to read and see in `markup` than in the `other` one, be that empty. An image
    more is no noise."""
    noise = NOISE if other and _amount(markup)[1] <= _amount(other)[1] else 0
    return weight(markup) > weight(other) + noise


@lru_cache(maxsize=4)  # each source of a page is compared with the fullest so far
def _amount(markup: str) -> tuple[int, int]:
    """How many characters there are to read, and how many images to see."""
    words = "".join(unescaped(_without_tags(markup)).split())
    return len(_UNSEEN.sub("", words)), len(_IMAGE.findall(markup))


def _without_tags(markup: str) -> str:
    """To cut the text at each `<` takes a third of the time of looking for tags."""
    if _CODE.search(markup):
        return _TAGS.sub("", markup)
    first, *others = markup.split("<")
    return first + "".join([part[part.find(">") + 1 :] if ">" in part else f"<{part}" for part in others])
