"""The text of an article's page, as it is searched: one line for each block that a reader sees."""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser

from archiver.dom import unescaped
from archiver.render.text import words

# What stands inside a line; every other element begins a new one.
INLINE = words("""
    a abbr b bdi bdo big cite code del dfn em font i ins kbd mark q rp rt ruby s samp small span strike strong sub sup
    time tt u var wbr
""")
_OPEN = re.compile(r'<article class="(body(?: post)?)">')
_CLOSE = "</article>"
# A tag as pages are written here, between its `<` and `>`: nothing in it can be taken for an edge of it.
_TAG = re.compile(r"""(/?)([A-Za-z][A-Za-z0-9]*)((?: [\w:.-]+=(?:"[^"]*"|'[^']*'))*)(/?)""")
_ATTRIBUTE = re.compile(r""" ([\w:.-]+)=(?:"([^"]*)"|'([^']*)')""")
_BY_OTHER_RULES = words("iframe noembed noframes plaintext script style textarea title xmp")
# A tag: `/` of an end tag, name, whether it ends in `/`, attributes.
_Attributes = list[tuple[str, str | None]]
_Tag = tuple[str, str, bool, _Attributes]


class _Lines(HTMLParser):
    """Collects the lines of a sanitised body; boxes for missing images are no text of the author's."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._parts: list[str] = []
        self._skipping = 0  # depth inside a box
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipping:
            self._skipping += tag not in ("br", "img", "wbr")
        elif ("class", "missing") in attrs:
            self._skipping = 1
        elif tag not in INLINE and tag != "img":
            self.end_line()
            self._pre += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif tag not in INLINE and tag != "img":
            self.end_line()
            self._pre -= tag == "pre"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in ("br", "img", "wbr"):
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if self._skipping:
            return
        first, *others = data.split("\n") if self._pre else [data]
        self._parts.append(first)
        for line in others:
            self.end_line()
            self._parts.append(line)

    def end_line(self) -> None:
        """What follows is on a line of its own."""
        line = " ".join("".join(self._parts).split())
        self._parts.clear()
        if line:
            self.lines.append(line)


@lru_cache(maxsize=256)  # the same few come over and over
def _read(tag: str) -> _Tag | None:
    found = _TAG.fullmatch(tag)
    if found is None or found[2].lower() in _BY_OTHER_RULES or (found[1] and (found[3] or found[4])):
        return None
    pairs = _ATTRIBUTE.findall(found[3])
    given: _Attributes = [(name.lower(), unescaped(double or single)) for name, double, single in pairs]
    return found[1], found[2].lower(), bool(found[4]), given


def _taken(parser: _Lines, body: str) -> bool:
    """Tell the parser what is in a body that was written here, in half the time that it takes to find it. False, and
    nothing is told, for any other."""
    first, *parts = body.split("<")
    cut = [(_read(tag), end, text) for tag, end, text in (part.partition(">") for part in parts)]
    if ">" in first or any(tag is None or not end or ">" in text for tag, end, text in cut):
        return False
    parser.handle_data(unescaped(first))
    for tag, _, text in cut:
        mark, name, is_closed, given = tag or ("", "", False, [])
        if mark:
            parser.handle_endtag(name)
        elif is_closed:
            parser.handle_startendtag(name, given)
        else:
            parser.handle_starttag(name, given)
        if text:
            parser.handle_data(unescaped(text))
    return True


def page_body(page: str) -> tuple[str, str]:
    """The classes and the sanitised HTML of the body in an article's `index.html`; empty where the page has none."""
    opened, end = _OPEN.search(page), page.rfind(_CLOSE)
    if opened is None or end < opened.end():
        return "", ""
    return opened[1], page[opened.end() : end]


def page_text(page: str) -> str:
    """The body's text of an article's `index.html` as `render_html` makes it; empty where the page has no body."""
    return fragment_text(page_body(page)[1])


def fragment_text(body: str) -> str:
    """The text of a sanitised body."""
    parser = _Lines()
    if not _taken(parser, body):
        parser.feed(body)
        parser.close()
    parser.end_line()
    return "\n".join(parser.lines)
