"""Edits to bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archiver.models import Edit, Span


def splice(data: bytes, edits: Sequence[Edit]) -> bytes:
    """Return `data` with the edits made; every other byte stays as it is. The edits may come in any order.

    Raises ValueError if edits overlap, insert twice at one place, or lie outside the data: that is a programming error.
    """
    parts: list[bytes] = []
    at = 0
    last = None
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)):
        if not at <= edit.span.start <= edit.span.end <= len(data) or edit.span == last:
            raise ValueError(f"edit at {edit.span.start}-{edit.span.end} overlaps another or lies outside the note")
        parts += (data[at : edit.span.start], edit.new)
        at = edit.span.end
        last = edit.span
    return b"".join([*parts, data[at:]])


def new_spans(edits: Iterable[Edit]) -> list[Span]:
    """Return where the new texts of edits, which come in order, stand when all are made."""
    spans, shift = [], 0
    for edit in edits:
        start = edit.span.start + shift
        spans.append(Span(start, start + len(edit.new)))
        shift += len(edit.new) - (edit.span.end - edit.span.start)
    return spans
