"""Pages as trees.

Whatever is done to a tree takes time that grows with its size: elements equal only themselves, and what is taken away
is emptied in its place, since to take it out would search the element around it.
"""

from __future__ import annotations

from collections.abc import Iterable

from archiver.dom.entities import unescaped
from archiver.dom.markup import inner_markup
from archiver.dom.nodes import GONE, Document, Tag
from archiver.dom.parse import MAX_DEPTH, MAX_ELEMENTS, parse, parse_page
from archiver.dom.texts import Node, Text, Unseen

__all__ = [
    "MAX_DEPTH",
    "MAX_ELEMENTS",
    "Document",
    "Node",
    "Tag",
    "Text",
    "Unseen",
    "empty",
    "inner_markup",
    "is_gone",
    "parse",
    "parse_page",
    "refill",
    "unescaped",
    "unwrap",
    "valid",
    "wrap",
]


def valid(text: str) -> str:
    """`text` with what is no Unicode replaced: halves of surrogate pairs, as scripts make by cutting a text in two. The
    two halves of one character become that character."""
    try:
        text.encode()  # in a third of the time of a search
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def is_gone(node: Node) -> bool:
    """Whether `node` was decomposed with an element around it."""
    return node.parent is GONE


def refill(tag: Tag, contents: Iterable[Node]) -> None:
    """Let `tag` hold `contents`, from wherever they come, and nothing else: to take them from their places one by one
    would search what is around each."""
    kept = list(contents)
    moved = set(map(id, kept))
    for old in {id(part.parent): part.parent for part in kept if part.parent is not None}.values():
        old.contents = [part for part in old.contents if id(part) not in moved]
    tag.clear()
    tag.contents = kept
    for part in kept:
        part.parent = tag


def wrap(tag: Tag, around: str, attributes: dict[str, str], document: Document) -> Tag:
    """Put an element `around` in the place of `tag`, which is then inside it, as the new element that is returned."""
    inner = document.new_tag(tag.name)
    inner.attrs = dict(tag.attrs)
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
