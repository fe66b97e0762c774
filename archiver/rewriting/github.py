"""A second proof of a rewrite: GitHub's own parser shows the note as before, but for where its links lead.

Where it reads a stretch otherwise than CommonMark does, such as an image glued to a bare URL, which it takes for a part
of the URL, a rewrite could show what was hidden, or hide what was shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from html import escape
from urllib.parse import unquote

from archiver.dom import Document, Tag, inner_markup, parse, unwrap
from archiver.errors import PageError
from archiver.models import Role
from archiver.notes.metadata import front_matter_end
from archiver.notes.rewrite import Change
from archiver.notes.text import decode
from archiver.render.cmark import github_html

_OURS = "\ufffc"  # what no note holds
_APPENDED = re.compile(rf" \((?:archived|\[archived\]\({_OURS}\))\)")


def as_github_shows_it(note: bytes, changes: Sequence[Change]) -> Callable[[bytes], str]:
    """A function that gives the page that GitHub makes of a state of a note, with one mark for every destination that
    one of `changes`, planned for `note`, may touch. It is empty for a note with more in it than any page has."""
    encoding = decode(note).encoding
    spans = (change.link.span for change in changes)
    raw = (note[span.start : span.end].decode(encoding).strip("<>") for span in spans)  # GitHub undoes no escapes
    values = [*raw, *(value for change in changes for value in (change.link.url, change.path, change.text))]
    ours = frozenset(filter(None, (unquote(value).strip() for value in values)))

    # What was no image because of blanks in its path, and is one now.
    whole = [change for change in changes if change.link.span == change.link.whole and change.link.role is Role.IMAGE]
    spelled = [
        text for change in whole for text in (change.edit.new, note[change.edit.span.start : change.edit.span.end])
    ]

    def shown(data: bytes) -> str:
        for text in spelled:
            data = data.replace(text, _OURS.encode(encoding))
        source = decode(data).text.encode()
        try:
            return _skeleton(github_html(source[front_matter_end(source) :].decode()), ours)
        except PageError:
            return ""

    return shown


def _skeleton(html: str, ours: Collection[str]) -> str:
    soup = parse(html)
    # GitHub leaves an underscore at the end of a bare URL out, and takes what follows without a blank in.
    starts = tuple(value.rstrip("_") for value in ours)
    for tag in soup.find_all(["a", "img", "source", "video"]):
        if tag.name != "a":
            _mark(tag, ours)
        elif starts and unquote(str(tag.get("href", ""))).strip().startswith(starts):
            unwrap(tag)
    return _APPENDED.sub("", _marked(_text(soup), ours))


def _mark(tag: Tag, ours: Collection[str]) -> None:
    """Let an image that has its own address in another attribute look as if it had been in `src`."""
    if any(unquote(str(value)).strip() in ours for value in tag.attrs.values()):
        tag["src"] = _OURS


def _text(soup: Document) -> str:
    for tag in soup.find_all(True):
        tag.attrs = dict(sorted(tag.attrs.items()))
    return unquote(inner_markup(soup))


def _marked(html: str, ours: Collection[str]) -> str:
    for value in sorted(ours, key=len, reverse=True):
        html = html.replace(escape(value, quote=False), _OURS).replace(escape(value), _OURS)
    return html
