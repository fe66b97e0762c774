"""Markup as a browser reads it, where the DOM library reads it otherwise.

Browsers carry a format over the edge of a block: of `<b><p>甲</b>乙</p>` they show 甲 bold. The DOM library ends the
format at the block, or lets it run on behind it. So formats are written inside the blocks before it sees them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

_ATTRIBUTES = r"""(?:[^"'<>]++|"[^"]*+"|'[^']*+')*+"""
_BREAK = re.compile(r"</br\s*/?>", re.IGNORECASE)
_FORMATS = "strong|b|em|i|u|del|s|strike"
_CLOSED_BY = "p|h[1-6]"  # these end an open format in the DOM library
_BLOCKS = f"{_CLOSED_BY}|div|section|blockquote|ul|ol|li|table|tr|td|th"
_TAG = re.compile(
    rf"<(?P<end>/?)(?:(?P<format>{_FORMATS})|(?P<block>{_BLOCKS}))(?=[\s>/]){_ATTRIBUTES}>", re.IGNORECASE
)
_FORMAT = re.compile(rf"<(?:{_FORMATS})[\s>]", re.IGNORECASE)
_MOST = 8  # formats in each other that are carried on; nobody can tell more apart


def as_browsers_read(markup: str) -> str:
    """`markup` with `</br>` as the line break that it is, and with formats around blocks written inside them."""
    markup = _BREAK.sub("<br>", markup)
    return "".join(_carried(markup)) if _is_crossed(markup) else markup


def _is_crossed(markup: str) -> bool:
    """Whether a format holds a block that ends it, or ends within a block that it holds."""
    if not _FORMAT.search(markup):
        return False
    opened: list[str] = []  # names of formats, "" for blocks
    counts: Counter[str] = Counter()  # of formats
    formats = 0
    for end, opens, block in _TAG.findall(markup):
        name = opens.lower()
        if not end:
            if formats and not name and re.fullmatch(_CLOSED_BY, block, re.IGNORECASE):
                return True
            opened.append(name)
        elif opened and opened[-1] == name:
            opened.pop()
        elif counts[name] if name else formats:
            return True
        else:
            continue
        if name:
            step = -1 if end else 1
            counts[name] += step
            formats += step
    return False


class _Block:
    """An open block: its name, and the formats that are open in it, with their start tags."""

    __slots__ = ("inside", "name")

    def __init__(self, name: str, inside: list[tuple[str, str]]) -> None:
        self.name = name
        self.inside = inside


def _carried(markup: str) -> Iterator[str]:
    """The pieces of `markup`, every format ended before the edge of a block and begun again at the next words."""
    blocks = [_Block("", [])]
    open_now: list[tuple[str, str]] = []
    position = 0
    for tag in _TAG.finditer(markup):
        piece = markup[position : tag.start()]
        position = tag.end()
        if piece.strip():
            yield _switch(open_now, blocks[-1].inside)
        yield piece
        if tag["format"]:
            _note(tag, tag["format"].lower(), blocks[-1].inside)
            continue
        yield _switch(open_now, [])
        yield tag[0]
        _enter_or_leave(blocks, tag["block"].lower(), bool(tag["end"]))
    yield _switch(open_now, blocks[-1].inside if markup[position:].strip() else [])
    yield markup[position:]


def _enter_or_leave(blocks: list[_Block], name: str, ends: bool) -> None:
    if not ends:
        blocks.append(_Block(name, blocks[-1].inside[-_MOST:]))
    elif any(block.name == name for block in blocks[-_MOST:]):
        # What was ended in the block is no longer open behind it; what was begun there is.
        inside = blocks[-1].inside
        while blocks[-1].name != name:
            blocks.pop()
        blocks.pop()
        blocks[-1].inside = inside


def _switch(open_now: list[tuple[str, str]], wanted: list[tuple[str, str]]) -> str:
    """The tags that lead from the formats that are open now to those that are wanted."""
    same = 0
    while same < min(len(open_now), len(wanted)) and open_now[same] == wanted[same]:
        same += 1
    tags = "".join(f"</{name}>" for name, _ in reversed(open_now[same:])) + "".join(tag for _, tag in wanted[same:])
    open_now[same:] = wanted[same:]
    return tags


def _note(tag: re.Match[str], name: str, inside: list[tuple[str, str]]) -> None:
    if not tag["end"]:
        if len(inside) < _MOST:
            inside.append((name, tag[0]))
        return
    at = next((i for i in range(len(inside) - 1, -1, -1) if inside[i][0] == name), None)
    if at is not None:
        del inside[at]
