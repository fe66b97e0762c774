"""Two things that the DOM library does slowly, done in constant time."""

from __future__ import annotations

from bs4 import PageElement, Tag


def is_gone(node: PageElement) -> bool:
    """Whether `node` was decomposed with an element around it.

    `Tag.decomposed` searches all that is inside the element where the answer is no.
    """
    return "_decomposed" in vars(node)


def empty(tag: Tag) -> None:
    """Leaves nothing of `tag`. It stays as an invisible element, since removing it would search its whole parent."""
    tag.clear(decompose=True)
    tag.name, tag.attrs, tag.hidden = "span", {}, True
