"""One pass over a parsed note: every destination in it, with offsets in the note's text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace

from archiver.models import Role
from archiver.models.values import dataclass
from archiver.notes import front_matter
from archiver.notes.addresses import addresses, overlaps, without_scheme
from archiver.notes.bare import Emphasis, bare_urls
from archiver.notes.dialect_blocks import stretches
from archiver.notes.dialects import in_shortcode, is_indented_body, template_ranges
from archiver.notes.html_places import anchors_of, html_places, skipped
from archiver.notes.html_tags import HtmlChunk, Tag, pieces, tags
from archiver.notes.html_tail import tail, texts
from archiver.notes.markdown import (
    Document,
    Token,
    definition_destination,
    inline_destination,
    is_open_fence,
    normal_label,
    parse,
)
from archiver.notes.metadata import front_matter_end
from archiver.notes.places import Place, Range, Walked, apart, within
from archiver.notes.regions import LINKS, Rule

_EMPHASIS = {"Emphasis", "Strong", "Strikethrough"}
_OPAQUE = {"Code": Rule.CODE, "InlineMath": Rule.FORMULA, "DisplayMath": Rule.FORMULA}
_INSTRUCTION = re.compile(rb"<\?|<!(?!--)")  # of PHP, XML and SGML
_SHOWN = {Rule.BARE, Rule.AUTOLINK, Rule.TEMPLATE, Rule.WIKILINK, Rule.PLAIN, Rule.HTML_TEXT}


@dataclass(slots=True)
class _Open:
    """A Markdown link or image whose end is still to come; `text_end` is the end of the last element in its text."""

    token: Token
    text_end: int


@dataclass(slots=True)
class _Walk:
    document: Document
    in_tail: bool = False
    templates: Sequence[tuple[Range, bool]] = ()
    places: list[Place] = field(default_factory=list)
    regions: list[tuple[Range, Rule]] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    scopes: dict[int, int] = field(default_factory=dict)  # start of a tag in running text -> number of its paragraph
    blocks: int = 0
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
        self._reach(token, is_end=is_link and token.kind == "End")
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
                self._inline_html(token)
            elif token.kind in _OPAQUE:
                self.regions.append(((token.start, token.end), _OPAQUE[token.kind]))

    def _inline_html(self, token: Token) -> None:
        source = self.document.source
        if _INSTRUCTION.match(source, token.start):
            self._plain_addresses(source, token.start, token.end, Rule.TEMPLATE)
        for tag in tags(HtmlChunk(pieces(source, token))):
            self.tags.append(tag)
            self.scopes[tag.start] = self.blocks

    def _reach(self, token: Token, *, is_end: bool) -> None:
        if self.open and not is_end:
            self.open[-1].text_end = max(self.open[-1].text_end, token.end)

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
        source, found = self.document.source, []
        for url in bare_urls(source, *self.run, self.emphases):
            place = (url.start, url.end)
            found.append(place)
            rule = self._rule_of_bare(*place)
            certain = url.certain or rule is not Rule.BARE
            self.places.append(Place(url.url, Role.LINK, rule, url.start, place if certain else None, place))
        for address in (*addresses(source, *self.run), *without_scheme(source, *self.run)):
            place = (address.start, address.end)
            if not overlaps(found, *place):
                rule = self._rule_of_bare(*place)
                rule = Rule.PLAIN if rule is Rule.BARE else rule
                self.places.append(Place(address.url, Role.LINK, rule, address.start, place, place))
        self.run = None

    def _rule_of_bare(self, start: int, end: int) -> Rule:
        """Whether running text is running text to all who read it."""
        index = bisect_right(self.templates, start, key=lambda item: item[0][0]) - 1
        if index >= 0 and start < self.templates[index][0][1]:
            return Rule.WIKILINK if self.templates[index][1] else Rule.TEMPLATE
        return Rule.TEMPLATE if in_shortcode(self.document.source, start, end) else Rule.BARE

    def _block(self, token: Token) -> None:
        """Enter or leave a block."""
        self.emphases = []
        self.blocks += 1
        if token.kind == "Start" and token.name == "CodeBlock":
            self._code(token)
        if token.kind == "End" and token.name == "HtmlBlock" and self.html:
            self._html_block(HtmlChunk(self.html))
            self.html = []
        if token.name in {"CodeBlock", "HtmlBlock"}:
            self.block = token.name if token.kind == "Start" else ""

    def _code(self, token: Token) -> None:
        """Take a block of code, unless it is one to CommonMark only."""
        source, place = self.document.source, (token.start, token.end)
        if token.value == "Indented" and is_indented_body(source, token.start):
            self._plain_addresses(source, *place, Rule.INDENTED)
        else:
            is_open = token.value != "Indented" and is_open_fence(source, *place)
            self.regions.append((place, Rule.OPEN_FENCE if is_open else Rule.CODE))

    def _plain_addresses(self, source: bytes, start: int, end: int, rule: Rule) -> None:
        for item in addresses(source, start, end):
            place = (item.start, item.end)
            self.places.append(Place(item.url, Role.LINK, rule, item.start, place, None))

    def _html_block(self, chunk: HtmlChunk) -> None:
        """Take the tags of an HTML block, and the inline links of Markdown in it."""
        found = list(tags(chunk))
        self.tags += found
        if self.in_tail:
            return
        taken: set[Range] = set()
        for rest in filter(None, (tail(chunk, found), texts(chunk, found))):
            self._markdown_in_html(rest, taken)
        known = sorted(taken)
        for start, end in _between(chunk, found):
            for item in addresses(chunk.data, start, end):
                place = (chunk.place(item.start), chunk.end_place(item.end))
                if not overlaps(known, *place):
                    self.places.append(Place(item.url, Role.LINK, Rule.HTML_TEXT, place[0], place, None))

    def _markdown_in_html(self, rest: HtmlChunk, taken: set[Range]) -> None:
        inner = _Walk(parse(rest.data.decode()), in_tail=True)
        for token in inner.document.tokens:
            inner.take(token)
        for item in inner.places:
            # Only a destination can be changed here: what else is put in would be shown as text on GitHub.
            if item.rule is Rule.INLINE and item.place and item.whole:
                place, whole = ((rest.place(start), rest.end_place(end)) for start, end in (item.place, item.whole))
                if place not in taken:
                    taken.add(place)
                    self.places.append(Place(item.url, item.role, item.rule, whole[0], place, whole))

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
            self.places.append(Place(url, role, Rule.INLINE, start.start, place, whole))
        elif kind == "Autolink":
            rule = self._rule_of_bare(*whole)
            rule = Rule.AUTOLINK if rule is Rule.BARE else rule
            self.places.append(Place(url, role, rule, start.start, whole, whole))
        elif kind in {"Reference", "Collapsed", "Shortcut"}:
            if kind == "Collapsed":  # the parser leaves the empty brackets out of the range
                whole = (start.start, start.end + 2 * self.document.source.startswith(b"[]", start.end))
            self.uses.setdefault(normal_label(start.value["id"]), []).append((role, whole))


def walk(document: Document) -> Walked:
    """Return every address of a note, in file order, and the stretches in which what looks like one is none: code,
    formulas, comments, <pre>, <code>, <script>, <style>, <textarea>, and the text of links and images."""
    blocks = tuple(stretches(document.source, document.tokens))
    found = _Walk(document, templates=template_ranges(document.source, document.tokens, blocks))
    found._plain_addresses(document.source, 0, front_matter_end(document.source), Rule.FRONT_MATTER)
    for token in document.tokens:
        found.take(token)
    hidden = skipped(found.tags, document.source, found.scopes)
    ranges = [item for item, _ in hidden]
    shown = [tag for tag in found.tags if not within(ranges, tag.start)]
    anchors = anchors_of(shown)
    found.places += (
        Place(path, Role.LINK, Rule.INLINE, line[0], place, line)
        for path, place, line in front_matter.keys(document.source)
    )
    every = [*found.places, *_definitions(found), *_in_tags(shown, dict(anchors))]
    kept = [
        item
        for item in every
        if not within(ranges, item.start) and not (item.rule in _SHOWN and within(anchors, item.start))
    ]
    literal = apart((item.start, item.end) for item in blocks if item.literal)
    kept = [replace(item, rule=Rule.TEMPLATE) if _is_literal(item, literal) else item for item in kept]
    in_order = tuple(sorted(kept, key=lambda item: item.place or (item.start, item.start)))
    regions = (*_link_texts(found, in_order, anchors), *found.regions, *hidden)
    return Walked(in_order, regions, tuple(place for place, _ in found.templates))


def _is_literal(item: Place, literal: Sequence[Range]) -> bool:
    return item.rule in LINKS and item.place is not None and within(literal, item.place[0])


def _link_texts(found: _Walk, kept: Sequence[Place], anchors: Sequence[Range]) -> Iterator[tuple[Range, Rule]]:
    """What belongs to a link and is not its destination."""
    for item in kept:
        if item.whole and item.rule in {Rule.INLINE, Rule.REFERENCE}:
            (start, end), (first, last) = item.whole, item.extent
            yield (start, first), Rule.LINK_TEXT
            yield (last, end), Rule.LINK_TEXT
    for uses in found.uses.values():
        yield from ((place, Rule.LINK_TEXT) for _, place in uses)
    tag_ends = {tag.start: tag.end for tag in found.tags}
    yield from (((tag_ends[start], end), Rule.LINK_TEXT) for start, end in anchors)


def _in_tags(shown: Sequence[Tag], anchors: Mapping[int, int]) -> Iterator[Place]:
    for item in html_places(shown, anchors):
        stands = None if item.stands == item.place else item.stands
        yield Place(item.url, item.role, item.rule, item.start, item.place, item.whole, stands=stands)


def _between(chunk: HtmlChunk, found: Sequence[Tag]) -> Iterator[Range]:
    """Yield the stretches of a chunk between its tags."""
    at = 0
    for tag in found:
        if tag.chunk_start > at:
            yield at, tag.chunk_start
        at = max(at, tag.chunk_end)
    yield at, len(chunk.data)


def _definitions(walk: _Walk) -> Iterator[Place]:
    for label, item in walk.document.definitions.items():
        uses = walk.uses.get(label, [])
        role = Role.IMAGE if any(use is Role.IMAGE for use, _ in uses) else Role.LINK
        links = tuple(place for use, place in uses if use is Role.LINK)
        place = definition_destination(walk.document.source, item)
        yield Place(item.url, role, Rule.REFERENCE, item.start, place, (item.start, item.end), links)
