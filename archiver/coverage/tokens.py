"""HTML as tags and the text between them, read by one pattern: without a tree, and without the library that makes the
trees from which the copies come, so that what that one passes over is noticed here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from archiver.dom.entities import unescaped

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


# A piece of a page: the text that is shown before a tag; the element's name in small letters, empty at the page's end;
# whether it is an end tag; its attributes as they are written; whether the tag ends in `/>`.
Token: TypeAlias = tuple[str, str, bool, str, bool]


def tokens(page: str, start: int = 0) -> Iterator[Token]:
    """The tags of `page` from `start` on, each with the text before it, and at last the text that is left. Scripts and
    styles have no text."""
    parts: list[str] = []
    position = start
    while found := _TOKEN.search(page, position):
        if found.start() > position:
            parts.append(page[position : found.start()])
        position = found.end()
        name, given, end = found.group("start", "given", "end")
        if name:
            name = name.lower()
            yield _text(parts) if parts else "", name, False, given, page[position - 2] == "/"
            if raw := _RAW.get(name):
                close = raw.search(page, position)
                position = close.start() if close else len(page)
        elif end:
            yield _text(parts) if parts else "", end.lower(), True, "", False
    parts.append(page[position:])
    yield _text(parts), "", True, "", False


def _text(parts: list[str]) -> str:
    """The text of `parts`, which is empty then."""
    text = "".join(parts)
    parts.clear()
    return unescaped(text)


def attributes(given: str) -> dict[str, str]:
    """Name in small letters -> value, of attributes as a tag has them; the first of a name counts."""
    found: dict[str, str] = {}
    for name, single, double, bare in _GIVEN.findall(given):
        value = single or double or bare
        found.setdefault(name.lower(), unescaped(value))
    return found
