"""Texts of a page's tree, and what they have in common with its elements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from archiver.dom.matching import Name, Wanted, matcher

if TYPE_CHECKING:
    from archiver.dom.nodes import Tag


class Node:
    """A part of a page: an element or a text."""

    if not TYPE_CHECKING:
        __slots__ = ()  # its two kinds have one each for `parent`
    parent: Tag | None

    @property
    def parents(self) -> Iterator[Tag]:
        """The elements around this one, the nearest first; the document is the last."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent

    @property
    def next_sibling(self) -> Node | None:
        """What follows in the same element. It is searched for: not for a loop over siblings."""
        return self._beside(1)

    @property
    def previous_sibling(self) -> Node | None:
        """What is before it in the same element."""
        return self._beside(-1)

    def _beside(self, step: int) -> Node | None:
        siblings = self.parent.contents if self.parent is not None else []
        at = next((i for i, node in enumerate(siblings) if node is self), -1) + step
        return siblings[at] if 0 <= at < len(siblings) else None

    def find_parent(self, name: Name = None, attrs: dict[str, Wanted] | None = None) -> Tag | None:
        """The nearest element around it that is such a one."""
        return next(filter(matcher(name, attrs, {}), self.parents), None)

    def extract(self) -> None:
        """Take it out of its element."""
        if self.parent is not None:
            # Equal texts are not the same text.
            at = next((i for i, node in enumerate(self.parent.contents) if node is self), None)
            if at is not None:
                del self.parent.contents[at]
            self.parent = None


class Text(str, Node):
    """Text that is shown."""

    __slots__ = ("parent",)
    before: ClassVar[str] = ""
    behind: ClassVar[str] = ""

    def __new__(cls, text: str) -> Text:
        made = str.__new__(cls, text)
        made.parent = None
        return made


class ScriptText(Text):
    """The text of a `<script>`."""

    __slots__ = ()


class StyleText(Text):
    """The text of a `<style>`."""

    __slots__ = ()


class TemplateText(Text):
    """Text in a `<template>`."""

    __slots__ = ()


class RubyText(Text):
    """Text in an `<rt>`, which is no part of the line that it stands over."""

    __slots__ = ()


class RubyParenthesis(Text):
    """Text in an `<rp>`."""

    __slots__ = ()


class Unseen(Text):
    """What is no text: comments, declarations, processing instructions."""

    __slots__ = ()


class Comment(Unseen):
    """A comment."""

    __slots__ = ()
    before = "<!--"
    behind = "-->"


class Doctype(Unseen):
    """A document's type."""

    __slots__ = ()
    before = "<!DOCTYPE "
    behind = ">\n"


class Instruction(Unseen):
    """A processing instruction."""

    __slots__ = ()
    before = "<?"
    behind = ">"


# The kinds of text that are an element's own, where that is not Text.
KINDS: dict[str, type[Text]] = {
    "script": ScriptText,
    "style": StyleText,
    "template": TemplateText,
    "rt": RubyText,
    "rp": RubyParenthesis,
}
