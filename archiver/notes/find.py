"""Find every http(s) URL that a Markdown note uses, as spans of the note's bytes."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from archiver.models import Form, Link, Span
from archiver.notes.markdown import Document, parse, wikilinks
from archiver.notes.text import NoteText, decode
from archiver.notes.walk import Place, places, within

_HTTP = re.compile(r"https?://\S", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    """A URL that was seen but cannot be changed safely: `line` counts from 1, `why` is for people."""

    line: int
    url: str
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """What is in a note: its links in file order, and what could not be located."""

    links: tuple[Link, ...]
    problems: tuple[Problem, ...]
    uses: dict[Span, tuple[Span, ...]]  # span of a reference definition's destination -> the links that use it


def find_links(data: bytes) -> tuple[Link, ...]:
    """Return every http(s) link of a note in file order; see `find`, which also reports what is left out."""
    return find(data).links


def find(data: bytes, *, every: bool = False) -> Found:
    """Find the http(s) links of a note given as bytes; with `every` also relative and other destinations.

    Found are inline links and images, reference definitions (once each, as an image if an image uses it), autolinks,
    bare URLs, and `src` or `href` of <a>, <img>, <video> and <source>. Not found: URLs in code, math, comments, front
    matter, wikilinks, in the text of another link, or inside another URL. A destination whose bytes, escapes undone, do
    not give the URL that the parser read is a problem and no link. Raises NoteError if the note cannot be decoded.
    """
    note = decode(data)
    return locate(note, parse(note.text), every=every)


def is_http(url: str) -> bool:
    """Tell whether a URL is an absolute http or https URL."""
    return bool(_HTTP.match(url))


def locate(note: NoteText, document: Document, *, every: bool = False) -> Found:
    """Do what `find` does for a note that is already decoded and parsed."""
    offset = note.offset_map()
    starts = [0, *(match.end() for match in re.finditer(rb"\n", document.source))]
    wiki = wikilinks(document)
    links, problems, uses = [], [], {}

    def span(place: tuple[int, int]) -> Span:
        return Span(offset(place[0]), offset(place[1]))

    for item in places(document):
        if not (every or is_http(item.url)) or _in_wikilink(item, wiki):
            continue
        if item.place is None:
            line = bisect_right(starts, item.start)
            problems.append(Problem(line, item.url, "it is not certain where this URL begins and ends"))
            continue
        link = Link(
            url=item.url,
            role=item.role,
            form=item.form,
            span=span(item.place),
            whole=span(item.whole) if item.whole else None,
            line=bisect_right(starts, item.place[0]),
        )
        links.append(link)
        if item.uses:
            uses[link.span] = tuple(span(use) for use in item.uses)
    return Found(tuple(links), tuple(problems), uses)


def _in_wikilink(item: Place, wiki: tuple[tuple[int, int], ...]) -> bool:
    """Tell whether a URL is part of `[[…]]`; a Markdown link such as `[[a]](URL)` is a link all the same."""
    if item.form not in {Form.BARE, Form.AUTOLINK}:
        return False
    return within(wiki, item.start)
