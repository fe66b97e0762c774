"""One pass over a parsed note: every destination in it, with offsets in the note's text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from archiver.models import Form, Role
from archiver.notes.bare import Emphasis, bare_urls
from archiver.notes.escapes import unescape_attribute
from archiver.notes.html_tags import HtmlChunk, Tag, pieces, tags
from archiver.notes.html_tail import tail
from archiver.notes.markdown import (
    Document,
    Token,
    definition_destination,
    inline_destination,
    normal_label,
    parse,
)

_EMPHASIS = {"Emphasis", "Strong", "Strikethrough"}
_SKIPPED_HTML = {"pre", "code", "script", "style", "textarea"}
_HTML_DESTINATIONS = {
    "a": ("href", Role.LINK),
    "img": ("src", Role.IMAGE),
    "video": ("src", Role.VIDEO),
    "source": ("src", Role.VIDEO),
}

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """A destination; ranges in bytes of the UTF-8 text. `place` is None where it could not be found for certain."""

    url: str
    role: Role
    form: Form
    start: int  # of the construct, for order and messages
    place: Range | None
    whole: Range | None
    uses: tuple[Range, ...] = ()  # of a reference definition: the links (not images) that use it


@dataclass(slots=True)
class _Open:
    """A Markdown link or image whose end is still to come; `text_end` is the end of the last element in its text."""

    token: Token
    text_end: int


@dataclass(slots=True)
class _Walk:
    document: Document
    in_tail: bool = False
    places: list[Place] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    uses: dict[str, list[tuple[Role, Range]]] = field(default_factory=dict)
    open: list[_Open] = field(default_factory=list)
    images: int = 0  # how many images are open: their text is shown as plain alternative text
    block: str = ""  # "CodeBlock" or "HtmlBlock" while in one
    html: list[tuple[bytes, int]] = field(default_factory=list)
    run: Range | None = None  # the stretch of text that is being gathered
    emphases: list[Emphasis] = field(default_factory=list)

    def take(self, token: Token) -> None:
        """Look at the next token."""
        is_link = token.name in {"Link", "Image"}
        if self.open and not (is_link and token.kind == "End"):
            self.open[-1].text_end = max(self.open[-1].text_end, token.end)
        if token.kind == "Text":
            if not self.block and not self.open:
                self.run = (self.run[0] if self.run else token.start, token.end)
        elif token.name in _EMPHASIS:
            self._emphasis(token)
        else:
            self._flush()
            if is_link:
                self._link(token)
            elif token.kind in {"Start", "End"}:
                self._block(token)
            elif token.kind == "Html":
                self.html += pieces(self.document.source, token)
            elif token.kind == "InlineHtml" and not self.images:
                self.tags += tags(HtmlChunk(pieces(self.document.source, token)))

    def _emphasis(self, token: Token) -> None:
        if token.kind == "Start":
            double = self.document.source[token.start : token.start + 2] == b"~~"
            width = 2 if token.name == "Strong" or double else 1
            self.emphases.append(Emphasis(token.start, token.end, width))
        elif self.run:
            # An underscore that closes emphasis may belong to a URL that began before it.
            self.run = (self.run[0], token.end)

    def _flush(self) -> None:
        """End the current stretch of text."""
        if not self.run:
            return
        for url in bare_urls(self.document.source, *self.run, self.emphases):
            place = (url.start, url.end)
            self.places.append(Place(url.url, Role.LINK, Form.BARE, url.start, place if url.certain else None, place))
        self.run = None

    def _block(self, token: Token) -> None:
        """Enter or leave a block."""
        self.emphases = []
        if token.kind == "End" and token.name == "HtmlBlock" and self.html:
            self._html_block(HtmlChunk(self.html))
            self.html = []
        if token.name in {"CodeBlock", "HtmlBlock"}:
            self.block = token.name if token.kind == "Start" else ""

    def _html_block(self, chunk: HtmlChunk) -> None:
        """Take the tags of an HTML block, and the inline links of Markdown that is glued to it."""
        found = list(tags(chunk))
        self.tags += found
        rest = tail(chunk, found) if not self.in_tail else None
        if not rest:
            return
        inner = _Walk(parse(rest.data.decode()), in_tail=True)
        for token in inner.document.tokens:
            inner.take(token)
        for item in inner.places:
            # Only a destination can be changed here: what else is put in would be shown as text on GitHub.
            if item.form is Form.INLINE and item.place and item.whole:
                place, whole = ((rest.place(start), rest.end_place(end)) for start, end in (item.place, item.whole))
                self.places.append(Place(item.url, item.role, item.form, whole[0], place, whole))

    def _link(self, token: Token) -> None:
        """Enter or leave a Markdown link or image."""
        if token.kind == "Start":
            text_start = token.start + (2 if token.name == "Image" else 1)
            self.open.append(_Open(token, text_start))
            self.images += token.name == "Image"
            return
        opened = self.open.pop()
        self.images -= token.name == "Image"
        if self.open:
            self.open[-1].text_end = token.end
        if not self.images:
            self._add_link(opened)

    def _add_link(self, opened: _Open) -> None:
        start = opened.token
        kind, url = start.value["link_type"], start.value["dest_url"]
        role = Role.IMAGE if start.name == "Image" else Role.LINK
        whole = (start.start, start.end)
        if kind == "Inline":
            place = inline_destination(self.document.source, opened.text_end, start.end, url)
            self.places.append(Place(url, role, Form.INLINE, start.start, place, whole))
        elif kind == "Autolink":
            self.places.append(Place(url, role, Form.AUTOLINK, start.start, whole, whole))
        elif kind in {"Reference", "Collapsed", "Shortcut"}:
            if kind == "Collapsed":  # the parser leaves the empty brackets out of the range
                whole = (start.start, start.end + 2 * self.document.source.startswith(b"[]", start.end))
            self.uses.setdefault(normal_label(start.value["id"]), []).append((role, whole))


def places(document: Document) -> tuple[Place, ...]:
    """Return every destination that a reader of the rendered note could reach, in file order.

    Left out: code, math, front matter, what stands in <pre>, <code>, <script>, <style>, <textarea> or an HTML comment,
    and URLs in the text of a link or image.
    """
    walk = _Walk(document)
    for token in document.tokens:
        walk.take(token)
    skipped = _skipped(walk.tags, document.source)
    walk.tags = [tag for tag in walk.tags if not within(skipped, tag.start)]
    anchors = _anchors(walk.tags)
    found = [*walk.places, *_definitions(walk), *_html_places(walk.tags, dict(anchors))]
    kept = (
        item
        for item in found
        if not within(skipped, item.start)
        and not (item.form in {Form.BARE, Form.AUTOLINK} and within(anchors, item.start))
    )
    return tuple(sorted(kept, key=lambda item: item.place or (item.start, item.start)))


def within(ranges: Sequence[Range], offset: int) -> bool:
    """Tell whether one of the ranges, which are sorted and apart, holds the offset."""
    index = bisect_right(ranges, offset, key=lambda item: item[0]) - 1
    return index >= 0 and offset < ranges[index][1]


def _definitions(walk: _Walk) -> Iterator[Place]:
    for label, item in walk.document.definitions.items():
        uses = walk.uses.get(label, [])
        role = Role.IMAGE if any(use is Role.IMAGE for use, _ in uses) else Role.LINK
        links = tuple(place for use, place in uses if use is Role.LINK)
        place = definition_destination(walk.document.source, item)
        yield Place(item.url, role, Form.REFERENCE, item.start, place, (item.start, item.end), links)


def _html_places(found: list[Tag], anchors: dict[int, int]) -> Iterator[Place]:
    for tag in found:
        if tag.is_end or tag.name not in _HTML_DESTINATIONS:
            continue
        name, role = _HTML_DESTINATIONS[tag.name]
        attribute = tag.attribute(name)
        if not attribute:
            continue
        value = attribute.value.strip(" \t\r\n\f")
        first = attribute.start + attribute.value.index(value)
        last = first + len(value.encode())
        # A value over several lines may have Markdown's line prefixes in it: its range is not the value.
        certain = "\n" not in value and "\r" not in value
        end = anchors.get(tag.start) if tag.name == "a" else tag.end
        whole = (tag.start, end) if end else None
        place = (first, last) if certain else None
        yield Place(unescape_attribute(value), role, Form.HTML, tag.start, place, whole)


def _skipped(found: list[Tag], source: bytes) -> list[Range]:
    """Return the ranges of comments and code elements, in order and apart.

    An element that is never closed is not skipped: a lone `<code>` shall not hide the rest of the note.
    """
    closers: dict[str, list[Tag]] = {}
    for tag in reversed(found):
        if tag.is_end:
            closers.setdefault(tag.name, []).append(tag)
    ranges: list[Range] = []
    for tag in found:
        if ranges and tag.start < ranges[-1][1]:
            continue
        if tag.name == "!--":
            end = source.find(b"-->", tag.start + 2)
            ranges.append((tag.start, tag.end if tag.closed else (end + 3 if end >= 0 else len(source))))
        elif tag.name in _SKIPPED_HTML and not tag.is_end:
            later = closers.get(tag.name, [])
            while later and later[-1].start < tag.start:
                later.pop()
            if later:
                ranges.append((tag.start, later[-1].end))
    return ranges


def _anchors(found: list[Tag]) -> list[Range]:
    """Return the ranges from `<a …>` to `</a>`, in order and apart."""
    ranges = []
    opened: Tag | None = None
    for tag in found:
        if tag.name == "a":
            if tag.is_end and opened:
                ranges.append((opened.start, tag.end))
            opened = None if tag.is_end else tag
    return ranges
