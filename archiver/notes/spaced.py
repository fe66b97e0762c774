"""Images whose path has spaces: `![alt](my image.png)` is plain text by CommonMark, and meant as an image."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from archiver.models import Form, Link, Role, Span
from archiver.notes.markdown import Document, parse
from archiver.notes.text import decode

_IMAGE = re.compile(
    rb"!\[[^\[\]\r\n]*\]"
    rb"\((?P<path>[^()<>\"\r\n]*[^()<>\"\s] [^()<>\"\r\n]*\.(?:png|jpe?g|gif|webp|svg|bmp))\)",
    re.IGNORECASE,
)


def spaced_images(data: bytes) -> tuple[Link, ...]:
    """Return the constructs in a note that would be images if their path had no spaces, in file order.

    Their `span` is the whole construct. Raises NoteError if the note cannot be decoded.
    """
    if not _IMAGE.search(data):
        return ()
    note = decode(data)
    document = parse(note.text)
    offset = note.offset_map()
    found = []
    for match in _IMAGE.finditer(document.source):
        if _is_text(document, match.start(), match.end()):
            span = Span(offset(match.start()), offset(match.end()))
            line = document.source.count(b"\n", 0, match.start()) + 1
            found.append(Link(match["path"].decode().strip(), Role.IMAGE, Form.INLINE, span, span, line))
    return tuple(found)


def escaped(construct: str, path: str) -> str:
    """Return the construct with another path, which needs no escaping."""
    head, _, _ = construct.rpartition("](")
    return f"{head}]({path})"


def _is_text(document: Document, start: int, end: int) -> bool:
    """Tell whether a range is running text from beginning to end."""
    stretches = list(_text(document))
    index = bisect_right(stretches, start, key=lambda item: item[0]) - 1
    return index >= 0 and end <= stretches[index][1]


def _text(document: Document) -> Iterator[tuple[int, int]]:
    """Yield the stretches of running text: neighbouring Text tokens outside code and raw HTML, joined."""
    block, run = "", None
    for token in document.tokens:
        if token.kind == "Text" and not block:
            run = (run[0] if run else token.start, token.end)
            continue
        if run:
            yield run
            run = None
        if token.name in {"CodeBlock", "HtmlBlock"}:
            block = token.name if token.kind == "Start" else ""
    if run:
        yield run
