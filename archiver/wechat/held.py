"""What a body holds, found in one walk: so that nobody walks through it for what is not there."""

from __future__ import annotations

from collections.abc import Set
from typing import NamedTuple

from archiver.dom import Tag


class Held(NamedTuple):
    """Names of the elements, their classes, names of their attributes."""

    names: set[str]
    classes: set[str]
    attributes: set[str]

    def has(self, names: Set[str], classes: Set[str] = frozenset()) -> bool:
        """Whether there is an element of one of these names or classes."""
        return not (self.names.isdisjoint(names) and self.classes.isdisjoint(classes))

    def note(self, tag: Tag) -> None:
        """An element that is there."""
        self.names.add(tag.name)
        if tag.attrs:
            self.attributes.update(tag.attrs)
            self.classes.update(tag.attrs.get("class") or ())


def nothing_yet() -> Held:
    """To be filled."""
    return Held(set(), set(), set())
