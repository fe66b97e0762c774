"""Pages as trees.

The DOM library compares elements by all that they hold, and searches their parents to move them: work that goes with
the square of a page's size, or with its depth in Python's frames. Here an element equals only itself, and what is taken
away is emptied in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bs4 import BeautifulSoup, PageElement, Tag
from bs4.exceptions import ParserRejectedMarkup

from archiver.errors import PageError, TooComplexError

# The largest article seen has 2,550 elements and 57 levels.
MAX_ELEMENTS = 50_000
MAX_DEPTH = 10_000
_START_TAG = re.compile(r"<[A-Za-z]")
# The parser empties attributes of more than ten million characters: images that are written into the page. They are put
# aside while it is at work.
_LONG = re.compile(r"data:image/[^\"'<>\s()&]{2000000,}")
_ASIDE = "data:image/aside,"
_PUT_ASIDE = re.compile(rf"{_ASIDE}(\d{{1,6}})")
_SURROGATES = re.compile("[\ud800-\udfff]")


class Node(Tag):
    """An element that equals only itself."""

    __slots__ = ()
    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__


class Soup(BeautifulSoup):
    """A document that equals only itself; its elements are Nodes."""

    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__


def parse(markup: str) -> BeautifulSoup:
    """The tree of what was made here, or read already."""
    long: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        long.append(found[0])
        return f"{_ASIDE}{len(long) - 1}"

    soup = Soup(_LONG.sub(put_aside, markup), "lxml", element_classes={Tag: Node})
    back = {str(n): address for n, address in enumerate(long)}
    for tag in elements(soup) if long else ():
        for name, value in tag.attrs.items():
            if isinstance(value, str) and _ASIDE in value:
                tag.attrs[name] = _PUT_ASIDE.sub(lambda found: back.get(found[1], found[0]), value)
    return soup


def parse_page(markup: str) -> BeautifulSoup:
    """The tree of a page that a stranger wrote. Raises PageError: TooComplexError, or where it cannot be parsed."""
    elements = len(_START_TAG.findall(markup))
    if elements > MAX_ELEMENTS:
        raise TooComplexError(f"the page has {elements:,} elements; an article has at most {MAX_ELEMENTS:,}")
    try:
        soup = parse(markup)
    except ParserRejectedMarkup as error:
        raise PageError(f"the page cannot be parsed: {error}") from error
    if _depth(soup) > MAX_DEPTH:
        raise TooComplexError(f"the page nests elements more than {MAX_DEPTH:,} deep, which no article does")
    return soup


def elements(soup: BeautifulSoup) -> Iterator[Tag]:
    """All elements of a document, in its order: from one to the next, which asks nothing of them."""
    node: PageElement | None = soup.contents[0] if soup.contents else None
    while node is not None:
        if isinstance(node, Tag):
            yield node
        node = node.next_element


def _depth(soup: BeautifulSoup) -> int:
    """How deep the elements are nested."""
    deepest, depths = 0, {id(soup): 0}
    for element in elements(soup):
        depth = depths[id(element)] = depths[id(element.parent)] + 1
        deepest = max(deepest, depth)
    return deepest


def valid(text: str) -> str:
    """`text` with what is no Unicode replaced: halves of surrogate pairs, as scripts make by cutting a text in two. The
    two halves of one character become that character."""
    if not _SURROGATES.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def is_gone(node: PageElement) -> bool:
    """Whether `node` was decomposed with an element around it.

    `Tag.decomposed` searches all that is inside the element where the answer is no.
    """
    return "_decomposed" in vars(node)


def refill(tag: Tag, contents: Iterable[PageElement]) -> None:
    """Let `tag` hold `contents`, from wherever they come, and nothing else: to take them from their places one by one
    would search what is around each."""
    kept = list(contents)
    moved = set(map(id, kept))
    for old in {id(part.parent): part.parent for part in kept if part.parent is not None}.values():
        rest = [part for part in old.contents if id(part) not in moved]
        old.clear()
        old.extend(rest)
    tag.clear()
    tag.extend(kept)


def wrap(tag: Tag, around: str, attributes: dict[str, str], soup: BeautifulSoup) -> Tag:
    """Put an element `around` in the place of `tag`, which is then inside it, as the new element that is returned."""
    inner = soup.new_tag(tag.name, attrs=dict(tag.attrs))
    refill(inner, tag.contents)
    tag.name, tag.attrs = around, dict(attributes)
    tag.append(inner)
    return inner


def empty(tag: Tag) -> None:
    """Leave nothing of `tag`. It stays as an invisible element, since removing it would search its whole parent."""
    tag.clear(decompose=True)
    unwrap(tag)


def unwrap(tag: Tag) -> None:
    """Leave only what `tag` holds: it is no longer to be seen."""
    tag.name, tag.attrs, tag.hidden = "span", {}, True
