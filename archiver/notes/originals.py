"""What a rewritten link had led to, read from the text that stood there."""

from __future__ import annotations

from archiver.models import Form
from archiver.models.rewrites import Rewritten
from archiver.notes.escapes import unescape_attribute, unescape_markdown


def original_url(item: Rewritten) -> str:
    """The URL that a reader of the note would have followed: `original` as `find` reads it, its angle brackets, escapes
    and character references undone. Empty where something was appended."""
    if item.form is Form.AUTOLINK:
        return item.original[1:-1]
    if item.form is Form.HTML:
        return unescape_attribute(item.original)
    return unescape_markdown(item.original)
