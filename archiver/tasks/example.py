"""One change in one note, to show somebody who has not seen one yet what a sync does."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from archiver.config import Config
from archiver.errors import NoteError
from archiver.models import Edit, Form, Link, Role, UrlKind
from archiver.notes.find import find
from archiver.notes.splice import splice
from archiver.rewriting.rewrites import Rewrite
from archiver.store.layout import ARTICLES, TEXT
from archiver.store.notefiles import read_note
from archiver.tasks.run import Due
from archiver.wechat import urls

_UNKNOWN = "…"  # the folder of an article that is not loaded yet: it has date and title in it
_MOST_LOOKED_AT = 30  # of these the shortest is shown
_SPACE = " \t\r"


@dataclass(frozen=True, slots=True)
class Example:
    """A line of a note, as it is and as it would be. `loaded`: what it would lead to is archived already."""

    path: str
    line: int
    before: str
    after: str
    loaded: bool


def example(config: Config, due: Due, rewrites: Sequence[Rewrite], is_left: Callable[[str], bool]) -> Example | None:
    """A change that the next sync makes: one that is certain, else one that it makes if the page comes. None where it
    makes none that can be foreseen. `is_left`: of a note's path, whether it stays as it is. Asks for nothing."""
    for found in (_certain(rewrites), _hoped_for(config, due, is_left)):
        if some := list(islice(found, _MOST_LOOKED_AT)):
            return min(some, key=lambda item: len(item.before))
    return None


def _certain(rewrites: Sequence[Rewrite]) -> Iterator[Example]:
    for rewrite in rewrites:
        before, after = (_lines(data) for data in (rewrite.before, rewrite.after))
        for tag, start, _, to, end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if tag == "replace" and to < end:
                yield Example(rewrite.path, start + 1, before[start], after[to], loaded=True)


def _hoped_for(config: Config, due: Due, is_left: Callable[[str], bool]) -> Iterator[Example]:
    """Of the pages that are due, for links that are replaced by the path of the copy."""
    if config.rewriting.articles != "replace":
        return
    for target in due.plan.articles:
        path, _, number = target.where.rpartition(":")
        if (
            target.kind is not UrlKind.ARTICLE
            or path not in due.scan.digests
            or not number.isdecimal()
            or is_left(path)
        ):
            continue
        try:
            data = read_note(config.notes_root, path)
            links = find(data).links
        except NoteError:
            continue
        for link in links:
            if link.line == int(number) and link.role is Role.LINK and urls.canonical_url(link.url) == target.url:
                after = splice(data, [_edit(config, path, link)])
                was, becomes = (_lines(text)[link.line - 1] for text in (data, after))
                yield Example(path, link.line, was, becomes, loaded=False)


def _edit(config: Config, path: str, link: Link) -> Edit:
    copy = config.archive_root / ARTICLES / _UNKNOWN / TEXT
    target = os.path.relpath(copy, (config.notes_root / path).parent).replace(os.sep, "/").encode()
    is_bare = link.form in (Form.BARE, Form.AUTOLINK)
    return Edit(link.span, b"[" + link.url.encode() + b"](" + target + b")" if is_bare else target)


def _lines(data: bytes) -> list[str]:
    return [line.strip(_SPACE) for line in data.decode("utf-8", "backslashreplace").split("\n")]
