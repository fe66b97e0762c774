"""The parser: Markdown text to tokens with byte ranges, and where destinations stand in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

import pyromark
from pyromark import Options

from archiver.models.values import dataclass
from archiver.notes.escapes import unescape_markdown
from archiver.notes.metadata import front_matter_end

# Metadata blocks are not among the options: the parser sees one between any two `---` lines, not only at the top.
_OPTIONS = (
    Options.ENABLE_TABLES
    | Options.ENABLE_FOOTNOTES
    | Options.ENABLE_STRIKETHROUGH
    | Options.ENABLE_TASKLISTS
    | Options.ENABLE_MATH
    | Options.ENABLE_GFM
)
_MATH = frozenset({"InlineMath", "DisplayMath"})
_HOLDS_LINK = re.compile(rb"\]\([^()\r\n]*/|<https?://|<(?:a|img)[ \t\r\n]", re.IGNORECASE)
_NO_DOLLAR = b"^"
_MOST_ROUNDS = 8
_LONE_CR = re.compile(r"\r(?!\n)")  # the parser does not see that it ends a line of code or raw HTML
_FENCE, _FENCE_END = re.compile(rb"`{3,}|~{3,}"), re.compile(rb"[ \t>]*(`{3,}|~{3,})[ \t]*")


class Token(NamedTuple):
    """One parser event: `kind` is Start, End, Text, Html, …; `name` the element of a Start or End; offsets in UTF-8."""

    kind: str
    name: str
    value: Any
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Definition:
    """A link reference definition: `[label]: url "title"` from `start` to `end`."""

    label: str
    url: str
    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """Parsed Markdown. All offsets are bytes of `source`; front matter is not in `tokens`.

    `source` is the note's text in UTF-8, with a line feed for every lone carriage return.
    """

    source: bytes
    tokens: tuple[Token, ...]
    definitions: Mapping[str, Definition]  # by normalised label


def parse(text: str) -> Document:
    """Parse a note as GitHub does: CommonMark with tables, footnotes, strikethrough, task lists and math."""
    source = _LONE_CR.sub("\n", text).encode()
    skip = front_matter_end(source)
    body, tokens = _parsed(source[skip:], skip)
    found = pyromark.reference_definitions(body, options=_OPTIONS) if "]:" in body else {}
    definitions = {
        normal_label(label): Definition(
            label, item["dest"], item["title"] or "", item["span"]["start"] + skip, item["span"]["end"] + skip
        )
        for label, item in found.items()
    }
    return Document(source, tokens, definitions)


def _parsed(data: bytes, skip: int) -> tuple[str, tuple[Token, ...]]:
    """Parse what follows front matter of `skip` bytes; returns it as it was parsed too.

    The parser takes more for formulas than GitHub does, and with them the links between two sums of money. Dollars that
    make no formula on GitHub are put out of its sight, by a mark that means nothing and is as long.
    """
    for _ in range(_MOST_ROUNDS):
        body = data.decode()
        tokens = tuple(_tokens(body, skip, _OPTIONS))
        hidden = [token for token in tokens if token.kind in _MATH and _is_no_formula(data, token, skip)]
        if not hidden:
            return body, tokens
        changed = bytearray(data)
        for token in hidden:
            for place in (token.start - skip, token.end - skip - 1):
                changed[place : place + 1] = _NO_DOLLAR
        data = bytes(changed)
    return body, tuple(_tokens(body, skip, _OPTIONS & ~Options.ENABLE_MATH))


def _is_no_formula(data: bytes, token: Token, skip: int) -> bool:
    """Tell whether the stretch between two dollars is none to GitHub: it holds a link, or a letter or digit stands
    before the first dollar or behind the second."""
    start, end = token.start - skip, token.end - skip
    if _HOLDS_LINK.search(data, start, end):
        return True
    return token.kind == "InlineMath" and (data[start - 1 : start].isalnum() or data[end : end + 1].isalnum())


def wikilinks(document: Document) -> tuple[tuple[int, int], ...]:
    """Return the ranges of Obsidian's `[[…]]`, which GitHub shows as they are written."""
    if b"[[" not in document.source:
        return ()
    skip = front_matter_end(document.source)
    options = (_OPTIONS | Options.ENABLE_WIKILINKS) & ~Options.ENABLE_MATH
    tokens = _tokens(document.source[skip:].decode(), skip, options)
    return tuple(
        (token.start, token.end)
        for token in tokens
        if token.kind == "Start" and token.name in {"Link", "Image"} and isinstance(token.value["link_type"], dict)
    )


def _tokens(body: str, skip: int, options: Options) -> Iterator[Token]:
    for event, place in pyromark.events_with_range(body, options=options):
        start, end = place["start"] + skip, place["end"] + skip
        if isinstance(event, str):
            yield Token(event, "", None, start, end)
            continue
        ((kind, value),) = cast("dict[str, Any]", event).items()
        if kind not in {"Start", "End"}:
            yield Token(kind, "", value, start, end)
        elif isinstance(value, str):
            yield Token(kind, value, None, start, end)
        else:
            ((name, data),) = value.items()
            yield Token(kind, name, data, start, end)


def is_open_fence(source: bytes, start: int, end: int) -> bool:
    """Tell whether a block of fenced code goes on to the end of the note because nothing closes it."""
    first, _, rest = source[start:end].rstrip().partition(b"\n")
    opened, last = _FENCE.match(first), _FENCE_END.fullmatch(rest.rpartition(b"\n")[2])
    return not source[end:].strip() and not (opened and last and last[1].startswith(opened[0]))


def normal_label(label: str) -> str:
    """Return a link label in the form in which CommonMark compares labels."""
    return " ".join(label.split()).casefold()


def inline_destination(source: bytes, text_end: int, link_end: int, url: str) -> tuple[int, int] | None:
    """Find the destination in `[text](destination "title")`.

    `text_end` is where the last element of the link's text ends, `link_end` where the link ends. Returns the range
    without angle brackets, or None where what stands there does not give the parser's `url`.
    """
    bracket = source.find(b"](", text_end, link_end)
    return _checked(source, bracket + 2, link_end, url) if bracket >= 0 else None


def definition_destination(source: bytes, definition: Definition) -> tuple[int, int] | None:
    """Find the destination in `[label]: destination "title"`, as inline_destination does."""
    label = re.compile(rb"\[(?:[^\[\]\\]|\\.)*+\]:", re.DOTALL).match(source, definition.start, definition.end)
    return _checked(source, label.end(), definition.end, definition.url) if label else None


_SPACE = re.compile(rb"[ \t]*+(?:\r?\n[ \t>]*+)?+")  # a line may go on behind the `>` of a block quote
_ANGLE = re.compile(rb"<((?:[^<>\\\r\n]|\\.)*+)>")
_PLAIN_PART = re.compile(rb"(?:[^\x00-\x20\x7f\\()]|\\[!-/:-@\[-`{-~]|\\(?![!-/:-@\[-`{-~]))*+")


def _checked(source: bytes, start: int, limit: int, url: str) -> tuple[int, int] | None:
    """Read a destination at `start`; None unless it is well-formed and means `url`."""
    space = _SPACE.match(source, start, limit)
    at = space.end() if space else start
    if angle := _ANGLE.match(source, at, limit):
        first, last = angle.span(1)
    else:
        first, last = at, _plain_end(source, at, limit)
    raw = source[first:last].decode(errors="replace")
    return (first, last) if unescape_markdown(raw) == url else None


def _plain_end(source: bytes, at: int, limit: int) -> int:
    """Return the end of a destination without angle brackets: white space, or the parenthesis that closes the link."""
    depth = 0
    while True:
        part = _PLAIN_PART.match(source, at, limit)
        at = part.end() if part else at
        mark = source[at : min(at + 1, limit)]
        if mark == b"(":
            depth += 1
        elif mark == b")" and depth:
            depth -= 1
        else:
            return at
        at += 1
