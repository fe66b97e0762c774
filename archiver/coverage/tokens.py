"""HTML as tags and the text between them, read by one pattern: without a tree, and without the library that makes the
trees from which the copies come, so that what that one passes over is noticed here."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

# No tag goes on over a `<` that is not in quotes: each start is tried once, however many tags are never closed.
_NAME = r"[a-zA-Z][^\s/<>]*+"
_VALUE = r"""(?:'[^']*+'|"[^"]*+"|(?!['"])[^<>\s]*+)"""
_TOKEN = re.compile(
    rf"<(?:(?P<start>{_NAME})(?P<given>(?:[\s/]*+[^\s/<>][^\s/=<>]*+(?:\s*+=\s*+{_VALUE})?+)*+)[\s/]*+>"
    rf"|/(?P<end>{_NAME})[^<>]*+>|!--(?:-?>|.*?(?:--!?>|\Z))|[!?/][^<>]*+>)",
    re.DOTALL,
)
_GIVEN = re.compile(r"""([^\s/<>][^\s/=<>]*+)(?:\s*+=\s*+(?:'([^']*+)'|"([^"]*+)"|(?!['"])([^<>\s]*+)))?+""")
_RAW = {name: re.compile(rf"</{name}\b[^>]*+>", re.IGNORECASE) for name in ("script", "style")}


class Token(NamedTuple):
    """A piece of a page. `text`: what is shown before the tag; `name`: of the element, in small letters, empty at the
    page's end; `given`: its attributes as they are written; `is_closed`: whether the tag ends in `/>`."""

    text: str
    name: str
    is_end: bool
    given: str = ""
    is_closed: bool = False


def tokens(page: str, start: int = 0) -> Iterator[Token]:
    """The tags of `page` from `start` on, each with the text before it, and at last the text that is left. Scripts and
    styles have no text."""
    parts: list[str] = []
    position = start
    while found := _TOKEN.search(page, position):
        if found.start() > position:
            parts.append(page[position : found.start()])
        position = found.end()
        name = found["start"]
        if name:
            yield Token(_text(parts), name.lower(), False, found["given"], page[position - 2] == "/")
            if raw := _RAW.get(name.lower()):
                close = raw.search(page, position)
                position = close.start() if close else len(page)
        elif found["end"]:
            yield Token(_text(parts), found["end"].lower(), True)
    parts.append(page[position:])
    yield Token(_text(parts), "", True)


def _text(parts: list[str]) -> str:
    """The text of `parts`, which is empty then."""
    text = "".join(parts)
    parts.clear()
    return html.unescape(text) if "&" in text else text


def attributes(given: str) -> dict[str, str]:
    """Name in small letters -> value, of attributes as a tag has them; the first of a name counts."""
    found: dict[str, str] = {}
    for name, single, double, bare in _GIVEN.findall(given):
        value = single or double or bare
        found.setdefault(name.lower(), html.unescape(value) if "&" in value else value)
    return found
