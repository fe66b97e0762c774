"""Raw HTML in Markdown: tags and their attributes with byte offsets (html.parser gives none for values)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from archiver.models.values import dataclass
from archiver.notes.markdown import Token

_TAG = re.compile(rb"<(/?)([A-Za-z][^\s/>]*)")
_ATTRIBUTE = re.compile(rb"[\s/]*+([^\s/>=]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"'][^\s>]*+)))?")
_TAG_END = re.compile(rb"[\s/]*+>")
_RAW_TEXT = {b"script", b"style", b"textarea"}


@dataclass(frozen=True, slots=True)
class Attribute:
    """`name` is in lower case, `value` as written, `start` and `end` the value's range without quotes."""

    name: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tag:
    """An opening or closing tag, or a comment (`name` is `!--`; `closed` is False where its `-->` is missing)."""

    name: str
    is_end: bool
    start: int
    end: int
    chunk_start: int  # where it begins in its HtmlChunk
    chunk_end: int
    attributes: tuple[Attribute, ...] = ()
    closed: bool = True

    def attribute(self, name: str) -> Attribute | None:
        """Return the attribute that counts: of two with the same name, the first."""
        return next((item for item in self.attributes if item.name == name), None)


class HtmlChunk:
    """Consecutive raw HTML, without the `> ` and indents that Markdown puts before its lines."""

    def __init__(self, pieces: Sequence[tuple[bytes, int]]) -> None:
        """Take pieces of HTML with their offsets in the source."""
        self.data = b"".join(data for data, _ in pieces)
        self._starts: list[int] = []
        self._places = [place for _, place in pieces]
        length = 0
        for data, _ in pieces:
            self._starts.append(length)
            length += len(data)

    def place(self, offset: int) -> int:
        """Return the offset in the source of the byte at `offset`."""
        index = bisect_right(self._starts, offset) - 1
        return self._places[index] + offset - self._starts[index]

    def end_place(self, offset: int) -> int:
        """Return the offset in the source behind the byte before `offset` (which may end a piece)."""
        return self.place(offset - 1) + 1

    def slice(self, start: int, end: int) -> list[tuple[bytes, int]]:
        """Return the pieces between two offsets."""
        result = []
        index = bisect_right(self._starts, start) - 1
        while start < end:
            stop = min(end, self._starts[index + 1] if index + 1 < len(self._starts) else end)
            result.append((self.data[start:stop], self.place(start)))
            start, index = stop, index + 1
        return result


def pieces(source: bytes, token: Token) -> list[tuple[bytes, int]]:
    """Cut an Html or InlineHtml token into lines with their offsets in the source.

    The token's text lacks what stands before a continued line (`> `), and has `\\n` for every kind of line end.
    """
    raw = source[token.start : token.end]
    if raw.decode(errors="replace") == token.value:
        return [(raw, token.start)]
    result = []
    ends = [match.start() for match in re.finditer(rb"\r?\n", raw)] + [len(raw)]
    for line, end in zip(token.value.encode().split(b"\n"), ends, strict=False):
        result.append((line, token.start + end - len(line)))
        result.append((b"\n", token.start + end))
    return result[:-1]


def tags(chunk: HtmlChunk) -> Iterator[Tag]:
    """Read the tags and comments of a chunk; what is no complete tag is text."""
    data, at = chunk.data, 0
    while (at := data.find(b"<", at)) >= 0:
        if data.startswith(b"<!--", at):
            # From at + 2, since `<!-->` is a whole comment.
            end = data.find(b"-->", at + 2)
            closed = end >= 0
            end = end + 3 if closed else len(data)
            yield Tag("!--", False, chunk.place(at), chunk.end_place(end), at, end, closed=closed)
            at = end
        elif data[at + 1 : at + 2] in {b"!", b"?"}:
            end = data.find(b">", at)
            at = end + 1 if end >= 0 else len(data)
        elif (head := _TAG.match(data, at)) and (end := _tag_end(data, head.end())):
            yield _tag(chunk, head, end)
            at = _after_raw_text(data, head, end)
        else:
            at += 1


def _tag_end(data: bytes, at: int) -> int:
    """Return the offset behind the tag whose attributes begin at `at`, or 0 where the tag is not complete."""
    while not (end := _TAG_END.match(data, at)):
        attribute = _ATTRIBUTE.match(data, at)
        if not attribute:
            return 0
        at = attribute.end()
    return end.end()


def _tag(chunk: HtmlChunk, head: re.Match[bytes], end: int) -> Tag:
    attributes = []
    for match in _ATTRIBUTE.finditer(chunk.data, head.end(), end - 1):
        group = match.lastindex or 1
        if group > 1:
            value = match[group].decode(errors="replace")
            first, last = chunk.place(match.start(group)), chunk.end_place(match.end(group))
            attributes.append(Attribute(match[1].lower().decode(errors="replace"), value, first, last))
    name = head[2].lower().decode(errors="replace")
    return Tag(
        name, bool(head[1]), chunk.place(head.start()), chunk.end_place(end), head.start(), end, tuple(attributes)
    )


def _after_raw_text(data: bytes, head: re.Match[bytes], end: int) -> int:
    """Return where to go on behind an opening tag: markup inside <script> and its like is no markup."""
    name = head[2].lower()
    if head[1] or name not in _RAW_TEXT:
        return end
    close = re.compile(rb"</" + name, re.IGNORECASE).search(data, end)
    return close.start() if close else len(data)
