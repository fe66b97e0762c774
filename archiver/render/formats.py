"""What an element of a body is in Markdown: apart from the text around it or in it, and in which format."""

from __future__ import annotations

import re
from collections.abc import Callable

from archiver.dom import Tag
from archiver.render.css import is_block, is_bold, is_inline, is_upright
from archiver.render.inline import Run
from archiver.render.text import words
from archiver.render.tree import BLOCKS

_FORMATS: dict[str, Callable[[Run], Run]] = {
    **dict.fromkeys(("strong", "b"), lambda style: style._replace(strong=True)),
    **dict.fromkeys(("em", "i", "cite"), lambda style: style._replace(emphasis=True)),
    **dict.fromkeys(("del", "s", "strike"), lambda style: style._replace(strike=True)),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), lambda style: style._replace(code=True)),
}
DRAWING_TEXT = words("text foreignobject svg")  # an SVG's texts stand apart from each other
_ALL_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_BOXES = words("p div section")  # blocks that say nothing but that


def without_bold(markdown: str) -> str:
    """The Markdown of a heading or of a cell of a table's head, both of which are bold already."""
    whole = _ALL_BOLD.fullmatch(markdown)
    return whole[1] if whole else markdown


def stands_apart(element: Tag) -> bool:
    """Whether `element` is a block: some editors write lists of inline boxes, others lines of blocks."""
    css = str(element.get("style", ""))
    if element.name in _BOXES and is_inline(css):
        return False
    return element.name in BLOCKS or element.name in DRAWING_TEXT or is_block(css)


def formatted(element: Tag, style: Run) -> Run:
    """The format inside `element`, whose own style has the last word."""
    style = _FORMATS[element.name](style) if element.name in _FORMATS else style
    css = str(element.get("style", ""))
    if "font" not in css:
        return style
    bold = is_bold(css)
    style = style._replace(strong=style.strong if bold is None else bold)
    return style._replace(emphasis=False) if is_upright(css) else style
