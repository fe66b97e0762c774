"""Markup to a tree: libxml2 says what begins and ends, through lxml.

It reads a page as Beautiful Soup over lxml does, which tests/dom compares.
"""

from __future__ import annotations

import re

from archiver.amounts import counted
from archiver.dom.nodes import Document, Tag, with_lists
from archiver.dom.texts import KINDS, Comment, Doctype, Instruction, Text
from archiver.errors import PageError, TooComplexError

# The largest article seen has 2,550 elements and 57 levels.
MAX_ELEMENTS = 50_000
MAX_DEPTH = 10_000
_ADDED = 10  # elements that the parser adds to a page without any
_START_TAG = re.compile(r"<[A-Za-z]")
# The parser empties attributes of more than ten million characters: images that are written into the page. They are put
# aside while it is at work.
_INLINED, _MOST = "data:image/", 2_000_000
_LONG = re.compile(rf"{_INLINED}[^\"'<>\s()&]{{{_MOST},}}")
_ASIDE = "data:image/aside,"
_PUT_ASIDE = re.compile(rf"{_ASIDE}(\d{{1,6}})")
_SPACES = " \n\t\f\r"
_PREFORMATTED = frozenset(("pre", "textarea"))


class _Target:
    """Makes a tree of what the parser says."""

    def __init__(self) -> None:
        self.document = Document()
        self._open: Tag = self.document
        self._text: list[str] = []
        self.data = self._text.append
        self._as_it_is = 0  # open elements in which white space stays as it is
        self._kinds: list[type[Text]] = [Text]  # those of open elements that have one of their own

    def start(self, name: str, attrs: dict[str, str]) -> None:
        if self._text:
            self._end_text()
        tag = Tag(name, with_lists(name, attrs) if attrs else {})
        above = self._open
        above.contents.append(tag)
        tag.parent = above
        self._open = tag
        if name in _PREFORMATTED:
            self._as_it_is += 1
        elif name in KINDS:
            self._kinds.append(KINDS[name])

    def end(self, name: str) -> None:
        if self._text:
            self._end_text()
        tag = self._open
        while tag.name != name and tag.parent is not None:
            tag = tag.parent
        if tag.parent is None:
            return  # nothing of that name is open
        while self._open is not tag:
            self._leave()
        self._leave()

    def comment(self, text: str) -> None:
        self._add(Comment(text))

    def pi(self, target: str, text: str | None = None) -> None:
        self._add(Instruction(f"{target} {text or ''}"))

    def doctype(self, name: str, public: str, system: str) -> None:
        self._add(Doctype(_doctype(name, public, system)))

    def close(self) -> Document:
        if self._text:
            self._end_text()
        return self.document

    def _leave(self) -> None:
        tag = self._open
        if tag.name in _PREFORMATTED:
            self._as_it_is -= 1
        elif tag.name in KINDS:
            self._kinds.pop()
        assert tag.parent is not None  # the document is never left
        self._open = tag.parent

    def _end_text(self) -> None:
        text = self._text[0] if len(self._text) == 1 else "".join(self._text)
        self._text.clear()
        if not self._as_it_is and not text.strip(_SPACES):
            text = "\n" if "\n" in text else " "
        kind = self._kinds[-1]
        self._put(str.__new__(kind, text))

    def _add(self, text: Text) -> None:
        if self._text:
            self._end_text()
        self._put(text)

    def _put(self, text: Text) -> None:
        text.parent = self._open
        self._open.contents.append(text)


def _doctype(name: str, public: str, system: str) -> str:
    value = name or ""
    if public is not None:
        value += f' PUBLIC "{public}"'
        if system is not None:
            value += f' "{system}"'
    elif system is not None:
        value += f' SYSTEM "{system}"'
    return value


def parse(markup: str) -> Document:
    """The tree of what was made here, or read already. Raises PageError where it cannot be parsed."""
    long: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        long.append(found[0])
        return f"{_ASIDE}{len(long) - 1}"

    document = _parsed(_LONG.sub(put_aside, markup) if _may_be_long(markup) else markup)
    back = {str(n): address for n, address in enumerate(long)}
    for tag in document.elements() if long else ():
        for name, value in tag.attrs.items():
            if isinstance(value, str) and _ASIDE in value:
                tag.attrs[name] = _PUT_ASIDE.sub(lambda found: back.get(found[1], found[0]), value)
    return document


def _may_be_long(markup: str) -> bool:
    """Whether an image may be so long that its address has to be put aside: seldom, even where there are megabytes of
    them. No quote is in one."""
    at = markup.find(_INLINED) if len(markup) > _MOST else -1
    while at >= 0:
        end = markup.find('"', at, at + _MOST)
        if end < 0:
            return True
        at = markup.find(_INLINED, end)
    return False


def _parsed(markup: str) -> Document:
    from lxml import etree  # a run that reads no page does without

    markup = markup.removeprefix("\ufeff")
    if not markup:
        return Document()
    target = _Target()
    parser = etree.HTMLParser(target=target, recover=True)
    try:
        parser.feed(markup)
        parser.close()
    except (UnicodeError, etree.ParserError) as error:
        raise PageError(f"the page cannot be parsed: {error}") from error
    return target.document


def parse_page(markup: str) -> Document:
    """The tree of a page that a stranger wrote. Raises PageError: TooComplexError, or where it cannot be parsed."""
    starts = markup.count("<")
    if starts > MAX_ELEMENTS and (elements := len(_START_TAG.findall(markup))) > MAX_ELEMENTS:
        raise TooComplexError(f"the page has {counted(elements, 'element')}; an article has at most {MAX_ELEMENTS:,}")
    document = parse(markup)
    # Beside each tag that is written there is at most one element that the parser adds.
    if starts * 2 + _ADDED > MAX_DEPTH and _depth(document) > MAX_DEPTH:
        raise TooComplexError(f"the page nests elements more than {MAX_DEPTH:,} deep, which no article does")
    return document


def _depth(document: Document) -> int:
    """How deep the elements are nested."""
    level: list[Tag] = [document]
    depth = -1
    while level:
        depth += 1
        level = [node for tag in level for node in tag.contents if isinstance(node, Tag)]
    return depth
