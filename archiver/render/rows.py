"""Boxes side by side that are one line: the number of a footnote, and its text."""

from __future__ import annotations

import re

from archiver.dom import Tag, Text
from archiver.render.css import is_row

_NUMBER = re.compile(r"\s*(?:[\[［〔(（]?\d{1,3}[\]］〕)）.．、:：]?|[①-⓿]|\^|[•·▪◆])\s*")
_BLOCKS = ("p", "div", "section", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "table", "pre")


def is_numbered_line(element: Tag) -> bool:
    """Whether the element is a row of two boxes, a number and one paragraph."""
    if not is_row(str(element.get("style", ""))):
        return False
    if any(isinstance(part, Text) and part.strip() for part in element.contents):
        return False
    boxes = element.find_all(True, recursive=False)
    if len(boxes) != 2 or not _NUMBER.fullmatch(boxes[0].get_text()):
        return False
    # Boxes around one paragraph say nothing; two blocks beside each other are two paragraphs.
    return all(len(box.find_all(_BLOCKS, recursive=False)) <= 1 for box in (boxes[1], *boxes[1].find_all(True)))
