"""Elements and texts of a page's tree, and how they are moved.

The names are those of Beautiful Soup, which reads a page in six times the time: it links every node to the next one,
to its neighbours and to the parser. Here a node knows its parent, and an element its attributes and contents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import overload

from archiver.dom.matching import Name, Value, Wanted, matcher, selector
from archiver.dom.texts import KINDS, Node, Text

_VOID = frozenset(
    (
        *("area", "base", "basefont", "bgsound", "br", "col", "command", "embed", "frame", "hr", "image", "img"),
        *("input", "isindex", "keygen", "link", "menuitem", "meta", "nextid", "param", "source", "spacer", "track"),
        "wbr",
    )
)
# Attributes that are lists of words: of every element, and of some.
_LISTS = ("class", "accesskey", "dropzone")
_MORE_LISTS = {
    "a": ("rel", "rev"),
    "link": ("rel", "rev"),
    "area": ("rel",),
    "td": ("headers",),
    "th": ("headers",),
    "form": ("accept-charset",),
    "object": ("archive",),
    "icon": ("sizes",),
    "iframe": ("sandbox",),
    "output": ("for",),
}
_ANY_LISTS = frozenset((*_LISTS, *(name for more in _MORE_LISTS.values() for name in more)))
_LISTS_OF = {name: (*_LISTS, *more) for name, more in _MORE_LISTS.items()}


class Tag(Node):
    """An element, equal only to itself. `hidden`: only what it holds is to be seen; `void`: it was made as one of those
    that can be written without an end tag."""

    __slots__ = ("attrs", "contents", "hidden", "kind", "name", "parent", "void")

    def __init__(self, name: str, attrs: dict[str, Value] | None = None) -> None:
        self.name = name
        self.attrs: dict[str, Value] = attrs if attrs is not None else {}
        self.contents: list[Node] = []
        self.parent: Tag | None = None
        self.hidden = False
        self.kind = KINDS.get(name, Text)
        self.void = name in _VOID

    def __repr__(self) -> str:
        return f"<{self.name} {self.attrs}>"

    @overload
    def get(self, name: str) -> Value | None: ...
    @overload
    def get(self, name: str, default: str) -> Value: ...
    def get(self, name: str, default: str | None = None) -> Value | None:
        """The value of an attribute; a list for those that are lists of words."""
        return self.attrs.get(name, default)

    def __getitem__(self, name: str) -> Value:
        return self.attrs[name]

    def __setitem__(self, name: str, value: Value) -> None:
        self.attrs[name] = value

    def __delitem__(self, name: str) -> None:
        self.attrs.pop(name, None)

    def get_attribute_list(self, name: str) -> list[str]:
        """The value of an attribute as a list, empty where it has none."""
        value = self.attrs.get(name)
        if value is None:
            return []
        return value if isinstance(value, list) else [value]

    @property
    def children(self) -> Iterator[Node]:
        """What it holds, without what that holds."""
        return iter(self.contents)

    @property
    def descendants(self) -> list[Node]:
        """All that it holds, in the order of the page."""
        found: list[Node] = []
        todo = self.contents[::-1]
        while todo:
            node = todo.pop()
            found.append(node)
            if isinstance(node, Tag):
                todo += node.contents[::-1]
        return found

    def elements(self) -> list[Tag]:
        """All elements that it holds, in the order of the page."""
        found: list[Tag] = []
        todo = self.contents[::-1]
        while todo:
            node = todo.pop()
            if isinstance(node, Tag):
                found.append(node)
                if node.contents:
                    todo += node.contents[::-1]
        return found

    @property
    def string(self) -> str:
        """Its only text, or ""; to set it replaces all that it holds."""
        only = self.contents[0] if len(self.contents) == 1 else None
        return only if isinstance(only, Text) else ""

    @string.setter
    def string(self, text: str) -> None:
        self.clear()
        self.append(text)

    def copy(self) -> Tag:
        """The same element with all that it holds, in no place yet."""
        made = _copy(self)
        todo = [(self, made)]
        while todo:
            old, new = todo.pop()
            for node in old.contents:
                if isinstance(node, Tag):
                    inner = _copy(node)
                    todo.append((node, inner))
                    new.contents.append(inner)
                    inner.parent = new
                elif isinstance(node, Text):
                    text = str.__new__(node.__class__, node)
                    new.contents.append(text)
                    text.parent = new
        return made

    def append(self, part: Node | str) -> None:
        """Put `part`, wherever it is, at the end."""
        self.insert(len(self.contents), part)

    def extend(self, parts: Iterable[Node | str]) -> None:
        """Put `parts`, one by one, at the end."""
        for part in list(parts):
            self.append(part)

    def insert(self, place: int, part: Node | str) -> None:
        """Put `part`, wherever it is, before the one at `place`."""
        node = part if isinstance(part, Node) else Text(part)
        node.extract()
        self.contents.insert(place, node)
        node.parent = self

    def clear(self, *, decompose: bool = False) -> None:
        """Take out all that it holds; with `decompose` it is gone for good (`archiver.dom.is_gone`)."""
        if decompose:
            for node in self.descendants:
                node.parent = GONE
                if isinstance(node, Tag):
                    node.contents = []
        else:
            for node in self.contents:
                node.parent = None
        self.contents = []

    def texts(self, *, recursive: bool = True) -> list[Text]:
        """All that is text in it (and comments, declarations), in the order of the page."""
        return [node for node in (self.descendants if recursive else self.contents) if isinstance(node, Text)]

    def get_text(self, between: str = "", *, strip: bool = False) -> str:
        """The text that is shown in it; `strip`: each without white space at its ends, and none that is empty then."""
        kind = self.kind
        shown: list[str] = []
        todo = self.contents[::-1]
        while todo:
            node = todo.pop()
            if isinstance(node, Tag):
                todo += node.contents[::-1]
            elif node.__class__ is kind:
                shown.append(node)
        if strip:
            shown = [text for text in map(str.strip, shown) if text]
        return between.join(shown)

    @property
    def stripped_strings(self) -> Iterator[str]:
        """Its texts without white space at their ends, and none that is empty then, as far as they are asked for."""
        todo = [*reversed(self.contents)]
        while todo:
            node = todo.pop()
            if isinstance(node, Tag):
                todo += node.contents[::-1]
            elif node.__class__ is self.kind and (text := str(node).strip()):
                yield text

    def find_all(
        self, name: Name = None, attrs: dict[str, Wanted] | None = None, *, recursive: bool = True, **more: Wanted
    ) -> list[Tag]:
        """The elements in it of that name with those attributes (`class_` for the class), in the order of the page."""
        there = self.elements() if recursive else [node for node in self.contents if isinstance(node, Tag)]
        if (name is None or name is True) and not attrs and not more:
            return there
        matches = matcher(name, attrs, more)
        return [tag for tag in there if matches(tag)]

    def find(
        self, name: Name = None, attrs: dict[str, Wanted] | None = None, *, recursive: bool = True, **more: Wanted
    ) -> Tag | None:
        """The first of those."""
        matches = matcher(name, attrs, more)
        todo = self.contents[::-1]
        while todo:
            node = todo.pop()
            if isinstance(node, Tag):
                if matches(node):
                    return node
                if recursive:
                    todo += node.contents[::-1]
        return None

    def select(self, css: str) -> list[Tag]:
        """The elements in it that match a selector (`archiver.dom.matching.selector`), in the order of the page."""
        return list(filter(selector(css, self), self.elements()))

    def select_one(self, css: str) -> Tag | None:
        """The first of those."""
        return next(filter(selector(css, self), self.elements()), None)


class Document(Tag):
    """A page; what stands on its highest level are its contents."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("[document]")
        self.hidden = True

    def new_tag(self, name: str, attrs: Mapping[str, Value] | None = None) -> Tag:
        """A new element, in no place yet."""
        return Tag(name, with_lists(name, attrs or {}))


def _copy(tag: Tag) -> Tag:
    """An element without what it holds."""
    made = Tag.__new__(Tag)
    made.name, made.hidden, made.kind, made.void = tag.name, tag.hidden, tag.kind, tag.void
    made.attrs = {name: value[:] for name, value in tag.attrs.items()}
    made.contents, made.parent = [], None
    return made


GONE = Tag("[gone]")  # the parent of what is gone


def with_lists(name: str, attrs: Mapping[str, Value]) -> dict[str, Value]:
    """The attributes of an element `name`, with those that are lists of words as such."""
    made: dict[str, Value] = dict(attrs)
    if _ANY_LISTS.isdisjoint(made):
        return made
    for key in _LISTS_OF.get(name, _LISTS):
        if key in made and isinstance(words := made[key], str):
            made[key] = words.split()
    return made
