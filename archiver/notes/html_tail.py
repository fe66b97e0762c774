"""Markdown that a writer glued to raw HTML.

    <div align=center><img src="…"></div>
    2. [title](URL)

By CommonMark the HTML block goes on to the next blank line, so GitHub shows the second line as plain text. Editors such
as Typora end the block at `</div>` and show a link, which is what the writer meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from archiver.notes.html_tags import HtmlChunk, Tag

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "!--"}
_LINE_END = re.compile(rb"[ \t]*+(?:\r?\n|\Z)")
_LINK = b"]("
_LINE = re.compile(rb"[ \t]*([^\r\n]*)(?:\r?\n|\Z)")


def tail(chunk: HtmlChunk, found: Sequence[Tag]) -> HtmlChunk | None:
    """Return what follows the first line of an HTML block at whose end no element is open, or None if nothing does.

    `found` are the block's tags. Blank lines are put in where an element was closed, so that a Markdown parser reads
    the tail as the writer's editor does; all other bytes have their place in the source.
    """
    ends = [end for end in _outer_ends(chunk, found) if chunk.data.find(_LINK, end) >= 0]
    if not ends:
        return None
    parts: list[tuple[bytes, int]] = []
    for start, end in zip(ends, [*ends[1:], len(chunk.data)], strict=True):
        parts += chunk.slice(start, end)
        parts.append((b"\n", chunk.end_place(end)))
    return HtmlChunk(parts)


def texts(chunk: HtmlChunk, found: Sequence[Tag]) -> HtmlChunk | None:
    """Return the text between the tags of an HTML block, each stretch apart and without its indent, where that may hold
    a Markdown link; MkDocs and others read what stands in `<details>` or `<center>` as Markdown."""
    parts: list[tuple[bytes, int]] = []
    at = 0
    for tag_start, tag_end in [*((tag.chunk_start, tag.chunk_end) for tag in found), (len(chunk.data), 0)]:
        if chunk.data.find(_LINK, at, tag_start) >= 0:
            for line in _LINE.finditer(chunk.data, at, tag_start):
                parts += chunk.slice(line.start(1), line.end(1))
                parts.append((b"\n", chunk.end_place(line.end(1)) if line[1] else 0))
            parts.append((b"\n", 0))
        at = max(at, tag_end)
    return HtmlChunk(parts) if parts else None


def _outer_ends(chunk: HtmlChunk, found: Sequence[Tag]) -> list[int]:
    """Return the offsets of lines that follow a closing tag behind which no element is open."""
    ends = []
    depth = 0
    for tag in found:
        if tag.name in _VOID:
            continue
        depth = max(0, depth - 1) if tag.is_end else depth + 1
        line_end = _LINE_END.match(chunk.data, tag.chunk_end)
        if tag.is_end and depth == 0 and line_end and line_end.end() < len(chunk.data):
            ends.append(line_end.end())
    return ends
