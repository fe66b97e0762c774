"""Addresses in text that is no Markdown: front matter, attributes, markup of other languages."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from archiver.models.values import dataclass
from archiver.notes.escapes import unescape_attribute

# An address ends where no URL goes on, and before the marks that quote, list or end it.
_ADDRESS = re.compile(
    rb"(?:https?:)?\\?/\\?/(?=[A-Za-z0-9])(?:(?!,(?:https?:)?//)[!#-&*-;=?-Z_a-z~\\])+", re.IGNORECASE
)
_NO_SCHEME = re.compile(rb"(?<![A-Za-z0-9_.:/@-])(?:[A-Za-z0-9-]++\.)+[A-Za-z]{2,}(?::[0-9]+)?/[!#-&*-;=?-Z_a-z~]+")
_TRAILING = b"\\.,;:!?*~&%"


@dataclass(frozen=True, slots=True)
class Address:
    """An address and where it stands, in bytes of the source."""

    url: str
    start: int
    end: int


def addresses(source: bytes, start: int, end: int) -> Iterator[Address]:
    """Yield the http(s) addresses in a stretch of text; those that begin with `//` too."""
    for match in _ADDRESS.finditer(source, start, end):
        raw = match[0].rstrip(_TRAILING)
        url = unescape_attribute(raw.replace(b"\\/", b"/").decode("ascii"))
        yield Address(url, match.start(), match.start() + len(raw))


def without_scheme(source: bytes, start: int, end: int) -> Iterator[Address]:
    """Yield what is an address but for its scheme, `host.example/path`, with `https` as its scheme."""
    for match in _NO_SCHEME.finditer(source, start, end):
        raw = match[0].rstrip(_TRAILING)
        yield Address("https://" + raw.decode("ascii"), match.start(), match.start() + len(raw))


def overlaps(ranges: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Tell whether one of the ranges, which are sorted and apart, has something in common with another."""
    index = bisect_left(ranges, end, key=lambda item: item[0]) - 1
    return index >= 0 and start < ranges[index][1]
