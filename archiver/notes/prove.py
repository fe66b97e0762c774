"""Proof that a rewritten note differs from the original in the intended destinations and in nothing else."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from archiver.errors import NoteError
from archiver.models import Edit, Form, Link, Span
from archiver.notes.find import locate
from archiver.notes.markdown import Document, Token, parse
from archiver.notes.schemes import is_remote
from archiver.notes.splice import new_spans, splice
from archiver.notes.text import NoteText, decode

_LINKS = {"Link", "Image"}
_INLINE = {"Link", "Image", "Emphasis", "Strong", "Strikethrough"}


def prove(before: bytes, after: bytes, edits: Sequence[Edit]) -> None:
    """Check that `after` is `before` with exactly the `edits`, and that a reader of the rendered note sees only them.

    Both are parsed. Outside the edits every block, text, code, formula, tag and link must be the same, in the same
    order and place; every link that no edit touches leads where it led; every text that an edit put in is a
    destination or a link. Raises NoteError if any of that does not hold; the note should then be left as it was.
    """
    ordered = sorted(edits, key=lambda edit: (edit.span.start, edit.span.end))
    if splice(before, ordered) != after:
        raise NoteError("the rewritten note has changes outside its links")
    old, new = _Regions([edit.span for edit in ordered]), _Regions(new_spans(ordered))
    notes = decode(before), decode(after)
    documents = parse(notes[0].text), parse(notes[1].text)
    shift = _shift(ordered)
    if list(_outline(notes[0], documents[0], old, shift)) != list(_outline(notes[1], documents[1], new, int)):
        raise NoteError("rewriting this note would change more than its links")
    links = locate(notes[0], documents[0]).links, locate(notes[1], documents[1], every=True).links
    _check_links(*links, old, new, shift)


class _Regions:
    """Spans of edits, sorted and apart."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.spans = spans
        self._starts = [span.start for span in spans]
        self._ends = [span.end for span in spans]

    def overlapping(self, start: int, end: int) -> Sequence[Span]:
        """Return the spans that have bytes in common with a range."""
        near = self.spans[bisect_right(self._ends, start) : bisect_left(self._starts, end)]
        return [span for span in near if span.start < span.end]

    def around(self, start: int, end: int) -> bool:
        """Tell whether one span holds the whole range."""
        return any(span.start <= start and end <= span.end for span in self.overlapping(start, end))


class _Item(NamedTuple):
    """Something that a reader sees; `place` is a byte offset in the new note."""

    kind: str
    name: str
    value: Any
    place: int


def _shift(edits: Sequence[Edit]) -> Callable[[int], int]:
    """Return a function from offsets before to offsets after the edits."""
    ends = [edit.span.end for edit in edits]
    totals = [0]
    for edit in edits:
        totals.append(totals[-1] + len(edit.new) - (edit.span.end - edit.span.start))
    return lambda offset: offset + totals[bisect_right(ends, offset)]


def _outline(note: NoteText, document: Document, edited: _Regions, shift: Callable[[int], int]) -> Iterator[_Item]:
    """Yield what a reader sees outside the edited regions, with neighbouring texts joined."""
    offset = note.offset_map()
    text: _Item | None = None
    for token in document.tokens:
        first, last = offset(token.start), offset(token.end)
        if edited.around(first, last) and (token.kind in {"Text", "InlineHtml"} or token.name in _INLINE):
            continue
        overlap = edited.overlapping(first, last)
        if token.kind == "Text":
            value, start = _text_outside(note, token, first, overlap)
            if value:
                joined, start = (text.value + value, text.place) if text else (value, shift(start))
                text = _Item("Text", "", joined, start)
            continue
        if text:
            yield text
            text = None
        yield _Item(token.kind, token.name, _value(note, document, token, overlap, first), shift(first))
    if text:
        yield text


def _value(note: NoteText, document: Document, token: Token, overlap: Sequence[Span], first: int) -> Any:
    """Return what must stay the same of a token that is no text."""
    if token.kind == "Start" and token.name in _LINKS:
        data = token.value
        # Where links lead is compared by _check_links, and here for relative ones that no edit is near.
        relative = not overlap and data["link_type"] == "Inline" and not is_remote(data["dest_url"])
        return data["link_type"], data["title"], data["id"], data["dest_url"] if relative else ""
    if token.kind in {"Html", "InlineHtml"} and overlap:
        raw = document.source[token.start : token.end].decode().encode(note.encoding)
        return _outside(raw, first, overlap)[0].decode(note.encoding)
    if token.kind in {"Html", "InlineHtml"}:
        return document.source[token.start : token.end].decode()
    return token.value


def _text_outside(note: NoteText, token: Token, first: int, overlap: Sequence[Span]) -> tuple[str, int]:
    """Return the part of a text outside the edited regions, and where it begins."""
    if not overlap:
        return token.value, first
    raw, start = _outside(token.value.encode(note.encoding), first, overlap)
    return raw.decode(note.encoding), start


def _outside(raw: bytes, first: int, overlap: Sequence[Span]) -> tuple[bytes, int]:
    """Cut spans out of the bytes that begin at offset `first`."""
    parts, at, start = [], first, -1
    for span in [*overlap, Span(first + len(raw), first + len(raw))]:
        if span.start > at:
            parts.append(raw[at - first : span.start - first])
            start = at if start < 0 else start
        at = max(at, span.end)
    return b"".join(parts), max(start, first)


def _check_links(
    before: Sequence[Link], after: Sequence[Link], old: _Regions, new: _Regions, shift: Callable[[int], int]
) -> None:
    """Check that untouched links are untouched and that every edit made a link, with the URL that it wrote."""
    # An empty span, where an attribute is put or taken away, overlaps none.
    edited, made_at = frozenset(old.spans), frozenset(new.spans)
    kept = {
        (link.form, link.role, link.url, shift(link.span.start))
        for link in before
        if link.span not in edited and not old.overlapping(link.span.start, link.span.end)
    }
    remaining = {
        (link.form, link.role, link.url, link.span.start)
        for link in after
        if is_remote(link.url) and link.span not in made_at and not new.overlapping(link.span.start, link.span.end)
    }
    if kept != remaining:
        raise NoteError("rewriting this note would change other links, too")
    made = {span for link in after for span in _source_spans(link)}
    missing = [span for span in new.spans if span.start < span.end and span not in made]
    if missing:
        raise NoteError(f"what was written at byte {missing[0].start} of the rewritten note is no link")


def _source_spans(link: Link) -> Iterator[Span]:
    """Yield what an edit may have written to make this link: its destination, all of it, or ` (` all of it `)`, or the
    attribute that holds it."""
    yield link.span
    if link.form is Form.HTML:
        yield Span(link.span.start - len(' src="'), link.span.end + 1)
    if link.whole:
        yield link.whole
        yield Span(link.whole.start - 2, link.whole.end + 1)
