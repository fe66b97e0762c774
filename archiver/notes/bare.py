"""Bare URLs in running text, by GitHub's rule where it fits and more carefully where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from archiver.models.values import dataclass
from archiver.notes.escapes import unescape_markdown

# ASCII that may stand in a URL, plus the backslash of an escape. What RFC 3986 does not allow ends the URL, as every
# non-ASCII character does: GitHub goes on to the next white space, and so takes in Chinese text without spaces.
_WORD = re.compile(rb"[!#-&(-;=?-Z\\_a-z~]+")
_START = re.compile(rb"https?://(?=[A-Za-z0-9])", re.IGNORECASE)
_BAD_ESCAPE = re.compile(rb"\\(?![!#-&(-/:;=?@\\_~])")
_INSIDE_URL = re.compile(rb"://|[A-Za-z0-9]\.[A-Za-z]{2,}(?::[0-9]+)?/")
_GOES_ON = re.compile(rb"[A-Za-z0-9_-]")
_TRAILING_REFERENCE = re.compile(rb"&[A-Za-z0-9]+;\Z")


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Emphasised text from `start` to `end`, delimiters of `width` bytes included on both sides."""

    start: int
    end: int
    width: int


@dataclass(frozen=True, slots=True)
class BareUrl:
    """A bare URL; `certain` is False where emphasis begins or ends in it but not both."""

    url: str
    start: int
    end: int
    certain: bool


def bare_urls(source: bytes, start: int, end: int, emphases: Sequence[Emphasis]) -> Iterator[BareUrl]:
    """Yield the bare http(s) URLs in one stretch of text; `emphases` are sorted by their start.

    A URL ends before white space, a quote, `<`, `>`, a backtick, any character that no URL may hold, and any non-ASCII
    character; trailing punctuation is left out as on GitHub, except `_`, in which WeChat's short links may end.
    A URL inside another one (https://archive.example/https://…) belongs to that one.
    """
    active: list[Emphasis] = []
    loose: list[Emphasis] = []  # those that begin inside a URL and end behind it: GitHub sees none of them
    upcoming = iter(emphases)
    following = next(upcoming, None)
    for word in _WORD.finditer(source, start, end):
        first = _url_start(source, word.start(), word.end())
        if first is None:
            continue
        while following and following.start < word.end():
            active.append(following)
            following = next(upcoming, None)
        active = [item for item in active if item.end > first]
        loose = [item for item in loose if item.end > first]
        around = [item.end - item.width for item in active if item.start < first and item not in loose]
        last = _url_end(source, first, min([word.end(), *around]))
        loose += (item for item in active if first <= item.start < last < item.end)
        certain = not any(first <= item.start < last or item.end <= word.end() for item in loose)
        certain = certain and not _underscores_inside(source, last, word.end(), active)
        url = unescape_markdown(source[first:last].decode("ascii"))
        yield BareUrl(url, first, last, certain)


def _underscores_inside(source: bytes, end: int, word_end: int, active: Sequence[Emphasis]) -> bool:
    """Tell whether an underscore that closed emphasis may be the URL's own: GitHub would read on behind it. Those
    of two or three with which emphasis closes are not."""
    if source[end : end + 1] != b"_":
        return False
    behind = end
    for item in sorted(active, key=lambda item: item.end):
        if item.end - item.width == behind:
            behind = item.end
    return _GOES_ON.search(source, max(behind, end + 1), word_end) is not None


def _url_start(source: bytes, start: int, end: int) -> int | None:
    """Return where the URL begins in the word from `start` to `end`, or None."""
    match = _START.search(source, start, end)
    if not match:
        return None
    before = source[start : match.start()]
    escaped = (len(before) - len(before.rstrip(b"\\"))) % 2
    if escaped or before[-1:].isalpha() or _INSIDE_URL.search(before):
        return None
    return match.start()


def _url_end(source: bytes, start: int, end: int) -> int:
    """Return the end of the URL at `start`, with GitHub's rule for trailing punctuation."""
    if bad := _BAD_ESCAPE.search(source, start, end):
        end = bad.start()
    surplus = source.count(b")", start, end) - source.count(b"(", start, end)
    while True:
        tail = source[end - 1 : end]
        if tail == b")" and surplus > 0:
            surplus -= 1
            end -= 1
        elif tail == b";":
            reference = _TRAILING_REFERENCE.search(source, max(start, end - 40), end)
            end = reference.start() if reference else end - 1
        elif tail in {b"?", b"!", b".", b",", b":", b"*", b"~", b"\\"}:
            end -= 1
        else:
            return end
