"""Code blocks of a body: their text and their language."""

from __future__ import annotations

from archiver.dom import Tag
from archiver.render.languages import language_of


def code_lines(element: Tag) -> list[str]:
    """The lines of a `<pre>` without blank ones at its ends; its `<br>` get their line breaks."""
    for line_break in element.find_all("br"):
        line_break.append("\n")
    text = element.get_text().replace("\xa0", " ").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return lines[start:end]


def code_language(element: Tag) -> str:
    """The language that the block or the code in it names; or ""."""
    inner = element.find("code")
    owners = [owner for owner in (element, inner) if isinstance(owner, Tag)]
    classes = [name for owner in owners for name in owner.get_attribute_list("class")]
    return next(filter(None, map(language_of, map(str, classes))), "")
