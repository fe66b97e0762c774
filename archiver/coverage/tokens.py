"""HTML as tags and the text between them, read by one pattern: without a tree, and without the library that makes the
trees from which the copies come, so that what that one passes over is noticed here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from archiver.dom.entities import unescaped

# No tag goes on over a `<` that is not in quotes: each start is tried once, however many tags are never closed.
_NAME = r"[a-zA-Z][^\s/<>]*+"
_VALUE = r"""(?:'[^']*+'|"[^"]*+"|(?!['"])[^<>\s]*+)"""
_TOKEN = re.compile(
    rf"<(?:(?P<start>{_NAME})(?P<given>(?:[\s/]*+[^\s/<>][^\s/=<>]*+(?:\s*+=\s*+{_VALUE})?+)*+)[\s/]*+>"
    rf"|/(?P<end>{_NAME})[^<>]*+>|!--(?:-?>|.*?(?:--!?>|\Z))|[!?/][^<>]*+>)",
    re.DOTALL,
)
# A tag up to its first `>`, of which that is certainly all: every quote is one of a value that ends in it.
_PLAIN = re.compile(
    rf"(?P<start>{_NAME})(?P<given>(?:[\s/]*+[^\s/<>=\"'][^\s/<>=\"']*+(?:\s*+=\s*+{_VALUE})?+)*+)[\s/]*+|/(?P<end>{_NAME})[^<>]*+",
)
_LONGEST = 500  # characters of a tag; what is longer is hardly ever written twice
_GIVEN = re.compile(r"""([^\s/<>][^\s/=<>]*+)(?:\s*+=\s*+(?:'([^']*+)'|"([^"]*+)"|(?!['"])([^<>\s]*+)))?+""")
_RAW = {name: re.compile(rf"</{name}\b[^>]*+>", re.IGNORECASE) for name in ("script", "style")}


# A piece of a page: the text that is shown before a tag; the element's name in small letters, empty at the page's end;
# whether it is an end tag; its attributes as they are written; whether the tag ends in `/>`.
Token: TypeAlias = tuple[str, str, bool, str, bool]


class _Tag(NamedTuple):
    """A tag: its name, whether it is an end tag, its attributes as they are written, whether it ends in `/>`."""

    name: str
    is_end: bool
    given: str
    is_closed: bool


def _read(found: re.Match[str], is_closed: bool) -> _Tag | None:
    """What a pattern found: None for what is no tag."""
    name, given, end = found.group("start", "given", "end")
    if name:
        return _Tag(name.lower(), False, given, is_closed)
    return _Tag(end.lower(), True, "", False) if end else None


@lru_cache(maxsize=256)  # an editor writes the same few tags over and over
def _usual(tag: str) -> _Tag | None:
    """The tag that is written so between `<` and `>`; None where one has to look further."""
    found = _PLAIN.fullmatch(tag)
    return _read(found, tag[-1] == "/") if found else None


def tokens(page: str, start: int = 0) -> Iterator[Token]:
    """The tags of `page` from `start` on, each with the text before it, and at last the text that is left. Scripts and
    styles have no text."""
    before = ""  # text before what is no tag
    done = at = start
    while (at := page.find("<", at)) >= 0:
        shut = page.find(">", at, at + _LONGEST)
        tag = _usual(page[at + 1 : shut]) if shut > 0 else None
        if tag:
            end = shut + 1
        elif found := _TOKEN.match(page, at):
            end = found.end()
            tag = _read(found, page[end - 2] == "/")
        else:
            at += 1
            continue
        text, done, at = page[done:at], end, end
        if tag is None:
            before += text
            continue
        if before:
            text, before = before + text, ""
        yield unescaped(text), *tag
        if raw := None if tag.is_end else _RAW.get(tag.name):
            close = raw.search(page, end)
            done = at = close.start() if close else len(page)
    yield unescaped(before + page[done:]), "", True, "", False


def attributes(given: str) -> dict[str, str]:
    """Name in small letters -> value, of attributes as a tag has them; the first of a name counts."""
    found: dict[str, str] = {}
    for name, single, double, bare in _GIVEN.findall(given):
        value = single or double or bare
        found.setdefault(name.lower(), unescaped(value))
    return found
