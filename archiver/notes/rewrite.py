"""Links to edits: put the path of the archived copy where a URL stands, or behind it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from archiver.models import Edit, Form, Link, Role, Span
from archiver.models.values import dataclass
from archiver.notes.escapes import escape_anchor_text, escape_link_text
from archiver.notes.find import find
from archiver.notes.text import decode

ArticleMode = Literal["replace", "append", "keep"]
ImageMode = Literal["replace", "keep"]

_NEAR = 1000  # bytes; more than any path that is put into a note

APPENDED = ((" ([archived](", "))"), (' (<a href="', '">archived</a>)'))  # around the path, in Markdown and in HTML
_PATH = re.compile(r"(?:[\w./~-]|%[0-9A-F]{2})+")
_APPENDED = re.compile(r" \(\[archived\]\(([^()\s<>]*)\)\)")
_APPENDED_HTML = re.compile(r' \(<a href="([^"<>]*)">archived</a>\)')
# What stands right before a URL that is no prose: an attribute of HTML, JSX or a template (`src=`, `href={"`), a link
# that is none, a mark of other dialects around it (`%%`, `==`), a name that GitHub makes one link of with it.
_IN_MARKUP = re.compile(r"""(?:=["']?|\{["']|\]\(|%%|\bwww\.)\Z""")
_DELIMITERS_BEFORE = re.compile(r"[*_~]+\Z")
_DELIMITERS_AFTER = re.compile(r"[*_~]+")


@dataclass(frozen=True, slots=True)
class Change:
    """One planned edit with the link that it is for, the path (relative to the note) that it brings in, and the text
    that is shown instead of the URL, if it is another."""

    link: Link
    edit: Edit
    path: str
    text: str = ""


def plan_edits(
    links: Sequence[Link],
    target_of: Callable[[Link], str | None],
    *,
    data: bytes,
    article_mode: ArticleMode = "replace",
    image_mode: ImageMode = "replace",
) -> tuple[Edit, ...]:
    """Return the edits that bring the archived copies into a note; see `plan`."""
    return tuple(
        change.edit for change in plan(links, target_of, data=data, article_mode=article_mode, image_mode=image_mode)
    )


def plan(
    links: Sequence[Link],
    target_of: Callable[[Link], str | None],
    *,
    data: bytes,
    article_mode: ArticleMode = "replace",
    image_mode: ImageMode = "replace",
) -> tuple[Change, ...]:
    """Plan the changes of one note, in file order.

    `links` are those of `find_links(data)`, or some of them. `target_of` gives the copy's POSIX path relative to the
    note's folder (letters and digits of any script, `-_./`), or None where there is no copy. `image_mode` is for images
    and videos, `article_mode` for all that is written as a link.

    replace: the destination becomes the path; an autolink or bare URL becomes `[URL](path)`, since a path alone is no
    link (`<a href="path">URL</a>` behind `!` or `]`, where `[` would get another meaning).
    append: ` ([archived](path))` is put behind the link, ` (<a href="path">archived</a>)` behind an HTML anchor, and
    behind every use of a reference definition, since nothing can be put behind the definition itself. Where it stands
    already, only a different path is put right. Nothing is put behind a link in markup of another language.

    A bare URL glued to emphasis (`文**URL**文`) stays: the marks would lose their meaning beside a bracket. Raises
    ValueError for a path that would need escaping.
    """
    note = decode(data)
    uses = find(data).uses if article_mode == "append" and any(_is_definition(link) for link in links) else {}
    changes: list[Change] = []
    for link in sorted(links, key=lambda link: link.span.start):
        mode = article_mode if link.role is Role.LINK else image_mode
        path = None if mode == "keep" else target_of(link)
        if path is None:
            continue
        if not _PATH.fullmatch(path):
            raise ValueError(f"a path in a note may hold letters, digits, -_./~ and %XX only: {path!r}")
        if mode == "replace":
            edits = _replacing(link, path, data, note.encoding)
        else:
            edits = _appending(link, path, data, note.encoding, uses.get(link.span, ()))
        changes += (Change(link, edit, path) for edit in edits)
    return tuple(sorted(changes, key=lambda change: change.edit.span.start))


def with_texts(changes: Sequence[Change], text_of: Callable[[Link], str]) -> list[Change]:
    """The same changes, but that a link which takes the place of a bare URL has the text that `text_of` gives for it.
    Of notes in UTF-8."""
    return [_with_text(change, text_of) for change in changes]


def _with_text(change: Change, text_of: Callable[[Link], str]) -> Change:
    usual = f"[{escape_link_text(change.link.url)}]({change.path})"
    if change.link.form not in {Form.AUTOLINK, Form.BARE} or change.edit.new != usual.encode():
        return change
    text = text_of(change.link)
    new = f"[{escape_link_text(text)}]({change.path})"
    return replace(change, edit=replace(change.edit, new=new.encode()), text=text)


def _is_definition(link: Link) -> bool:
    return link.form is Form.REFERENCE


def _replacing(link: Link, path: str, data: bytes, encoding: str) -> Iterator[Edit]:
    """Yield the edit that puts the path in the URL's place, if that can be done safely."""
    if link.form is Form.HTML and link.span.start == link.span.end and data[link.span.start - 1] not in b"\"'":
        yield Edit(link.span, f' src="{path}"'.encode(encoding))
        return
    if link.form not in {Form.AUTOLINK, Form.BARE}:
        yield Edit(link.span, path.encode(encoding))
        return
    before, after = _line_around(data, link.span, encoding)
    if link.form is Form.BARE and (_IN_MARKUP.search(before) or _clings_before(before) or _clings_after(after)):
        return
    if before.endswith(("!", "]")):
        new = f'<a href="{path}">{escape_anchor_text(link.url)}</a>'
    else:
        new = f"[{escape_link_text(link.url)}]({path})"
    yield Edit(link.span, new.encode(encoding))


def _appending(link: Link, path: str, data: bytes, encoding: str, uses: Sequence[Span]) -> Iterator[Edit]:
    """Yield the edits that put a link to the copy behind the link, or behind each use of a definition."""
    html = link.form is Form.HTML
    new = path.join(APPENDED[html])
    if link.is_foreign or (link.form is Form.BARE and _IN_MARKUP.search(_line_around(data, link.span, encoding)[0])):
        return
    ends = [use.end for use in uses]
    if link.form is not Form.REFERENCE and link.whole:
        ends = [link.whole.end]
    for place in ends:
        _, after = _line_around(data, Span(place, place), encoding)
        there = (_APPENDED_HTML if html else _APPENDED).match(after)
        if there and there[1].rpartition("/")[2] != path.rpartition("/")[2]:
            there = None  # the note's owner archived it elsewhere, and says so in the same words
        if there and there[1] == path:
            continue
        if not there and link.form is Form.BARE and _clings_after(after):
            continue
        if not there and link.form is Form.REFERENCE and after.startswith("("):
            continue  # `[x](URL more words)` is no link, but `[x]` in it is one: nothing is put between the two
        length = len(there[0].encode(encoding)) if there else 0
        yield Edit(Span(place, place + length), new.encode(encoding))


def _line_around(data: bytes, span: Span, encoding: str) -> tuple[str, str]:
    """Return what stands before and behind the span in its line, as far as it matters."""
    start = max(data.rfind(b"\n", 0, span.start), data.rfind(b"\r", 0, span.start)) + 1
    if encoding == "utf-8":  # in GB18030 decoding must begin where a character does
        start = max(start, span.start - _NEAR)
    before = data[start : span.start].decode(encoding, errors="ignore")
    after = data[span.end : span.end + _NEAR].decode(encoding, errors="ignore")
    return before, re.split(r"[\r\n]", after, maxsplit=1)[0]


def _clings_before(before: str) -> bool:
    """Tell whether emphasis marks stand between the URL and a letter: `**` opens before a letter, not before `[`."""
    delimiters = _DELIMITERS_BEFORE.search(before)
    return bool(delimiters and delimiters.start() and _is_letter(before[delimiters.start() - 1]))


def _clings_after(after: str) -> bool:
    delimiters = _DELIMITERS_AFTER.match(after)
    return bool(delimiters and delimiters.end() < len(after) and _is_letter(after[delimiters.end()]))


def _is_letter(char: str) -> bool:
    """Tell whether a character is neither white space nor punctuation, in CommonMark's sense."""
    return not char.isspace() and unicodedata.category(char)[0] not in "PS"
