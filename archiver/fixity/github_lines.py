"""In which line of a Markdown file an address stands that cmark-gfm has shown: it gives no places itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from html import escape
from urllib.parse import quote, unquote

from archiver.models import Link


class Places:
    """The lines of a file with this `text`, and of its `links` as archiver finds them.

    Addresses are asked for in the order in which they stand there: the n-th use of one is in the line of the n-th link
    that says so. What is no link for archiver, such as an address without scheme, is looked for in the text.
    """

    def __init__(self, text: str, links: Iterable[Link]) -> None:
        self._lines = text.splitlines() or [""]
        self._known: dict[str, list[int]] = defaultdict(list)
        for link in links:
            self._known[unquote(link.url)].append(link.line)
        self._last = 1

    def of(self, url: str) -> int:
        """The line of an address, from 1. One that is written in a way of its own is near the one before."""
        known = self._known.get(unquote(url), [])
        line = known.pop(0) if len(known) > 1 else known[0] if known else self._search(url)
        self._last = line or self._last
        return self._last

    def _search(self, url: str) -> int:
        spellings = tuple(dict.fromkeys(filter(None, _spellings(url))))
        numbers = [*range(self._last, len(self._lines) + 1), *range(1, self._last)]
        found = (number for number in numbers if any(text in self._lines[number - 1] for text in spellings))
        return next(found, 0)


def _spellings(url: str) -> Iterator[str]:
    """How an address may stand in a file of which a parser has made `url`."""
    for text in (url, unquote(url), quote(unquote(url))):
        yield text
        yield escape(text)
        yield text.removeprefix("http://").removeprefix("mailto:")  # which GitHub puts before bare ones
        yield text.replace("(", "\\(").replace(")", "\\)")
