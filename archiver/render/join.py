"""The tree of `blocks` -> Markdown. Its leaves are Markdown already: what is missing is marks, indents, blank lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from archiver.dom import Node, Tag
from archiver.render.tree import HEADINGS

_LISTS = ("ul", "ol")
_BLANKS = re.compile(r"[\t \r\n]+")


def join(block: Tag, following: Tag | None = None) -> str:
    """The Markdown of a block and all that it holds; `following` is the block behind a list.
    Line breaks at its ends keep its neighbours at a distance."""
    if block.name == "pre":
        return _fenced(block)
    if block.name == "tr":
        return _row(block)
    parts = block.contents
    text = _side_by_side(
        join(part, _following(parts, i) if part.name in _LISTS else None) if isinstance(part, Tag) else str(part)
        for i, part in enumerate(parts)
    )
    if block.name in _LISTS:
        return _list(block, text, following)
    if block.name == "li":
        return _item(str(block["data-mark"]), text.strip())
    if block.name == "blockquote":
        return "\n" + re.sub("^(.*)", _quoted, text.strip(" \t\r\n"), flags=re.MULTILINE) + "\n\n"
    return f"\n\n{_plain(block.name, text)}\n\n"


def _side_by_side(parts: Iterable[str]) -> str:
    """The parts with the larger of the two distances that neighbours want, at most one blank line."""
    pieces = [""]  # the last one is always the line breaks at the end
    for part in filter(None, parts):
        text = part.strip("\n")
        at = part.find(text) if text else len(part)
        before, after = part[:at], part[at + len(text) :]
        if pieces[-1] and before:
            before = "\n" * min(2, max(len(pieces.pop()), len(before)))
        pieces += [before, text, after]
    return "".join(pieces)


def _plain(name: str, text: str) -> str:
    """A paragraph, heading, rule or table."""
    if name == "hr":
        return "---"
    if name in HEADINGS:
        return "#" * int(name[1]) + " " + _BLANKS.sub(" ", text.strip())
    return text.strip(" \t\r\n")


def _quoted(line: re.Match[str]) -> str:
    return f"> {line[1]}" if line[1] else ">"


def _following(parts: list[Node], at: int) -> Tag | None:
    return next((part for part in islice(parts, at + 1, None) if isinstance(part, Tag)), None)


def _list(block: Tag, text: str, following: Tag | None) -> str:
    if block.find_parent("li"):
        return "\n" + text.rstrip()
    return f"\n\n{text}" + ("\n" if following and following.name not in _LISTS else "")


def _item(mark: str, text: str) -> str:
    end = "\n\n" if "\n\n" in text else "\n"  # items with paragraphs stand apart
    return mark + re.sub(r"\n(?=[^\n])", "\n" + " " * len(mark), text) + end if text else ""


def _fenced(block: Tag) -> str:
    """Code in a fence longer than any run of backticks inside."""
    text = block.get_text()
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"\n\n{fence}{block['data-language']}\n{text}\n{fence}\n\n"


def _row(row: Tag) -> str:
    """A row of a table; under the first one stands the line that makes it a head."""
    cells = [cell.get_text().strip().replace("\n", " ") for cell in row.find_all(["th", "td"])]
    line = "".join(f"| {cell} " for cell in cells) + "|\n"
    is_first = row.parent is None or row.parent.contents[0] is row
    return line + "| --- " * len(cells) + "|\n" if is_first else line
