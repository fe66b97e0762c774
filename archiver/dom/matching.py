"""Which elements are meant: by name and attributes, or by a selector of CSS."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from archiver.dom.nodes import Tag

Value = str | list[str]
Test = Callable[["Tag"], bool]
Name = str | Collection[str] | re.Pattern[str] | Test | Literal[True] | None  # None and True: any
Wanted = str | re.Pattern[str] | Literal[True]  # True: whatever it is

_ONE = r"(?:[.#][\w-]+|\[[\w-]+\]|:not\(\[[\w-]+\]\)|:scope|[a-z][\w-]*)"
_PART = re.compile(rf"(?P<child>>)?\s*(?P<simple>{_ONE}+)\s*")
_SIMPLE = re.compile(r"(?P<sign>[.#\[]|:not\(\[|:)?(?P<name>[\w-]+)\]?\)?")


def matcher(name: Name, attrs: dict[str, Wanted] | None, more: dict[str, Wanted]) -> Test:
    """Tells whether an element has that name and those attributes."""
    by_name = _by_name(name)
    wanted = {"class" if key == "class_" else key: value for key, value in {**(attrs or {}), **more}.items()}
    if not wanted:
        return by_name
    return lambda tag: by_name(tag) and all(_holds(tag.attrs.get(key), value) for key, value in wanted.items())


def _by_name(name: Name) -> Test:
    if name is None or name is True:
        return lambda _: True
    if isinstance(name, str):
        return lambda tag: tag.name == name
    if isinstance(name, re.Pattern):
        return lambda tag: name.search(tag.name) is not None
    if callable(name):
        return name
    return lambda tag, names=frozenset(name): tag.name in names  # type: ignore[misc]  # a default binds the names


def _holds(value: Value | None, wanted: Wanted) -> bool:
    """Whether an attribute, or one of the words that it is a list of, is `wanted`."""
    if value is None:
        return False
    values = [*value, " ".join(value)] if isinstance(value, list) else [value]
    if wanted is True:
        return True
    if isinstance(wanted, str):
        return wanted in values
    return any(map(wanted.search, values))


class _Part(NamedTuple):
    """One element of a selector: what it has to be, and whether it is a child of the one before."""

    child: bool
    simple: tuple[tuple[str, str], ...]  # signs and names


def selector(css: str, scope: Tag) -> Test:
    """Tells whether an element matches a selector of CSS: names, `#id`, `.class`, `[attribute]`, `:not([attribute])`,
    `:scope`, descendants and children (`>`), and several with commas between them. Raises ValueError for any other."""
    several = _read(css)
    return lambda tag: any(_matches(tag, parts, scope) for parts in several)


@lru_cache(maxsize=64)
def _read(css: str) -> list[list[_Part]]:
    several = []
    for one in css.split(","):
        parts, position, text = [], 0, one.strip()
        while position < len(text):
            found = _PART.match(text, position)
            if found is None:
                raise ValueError(f"no selector that is known here: {css}")
            signs = tuple((simple["sign"] or "", simple["name"]) for simple in _SIMPLE.finditer(found["simple"]))
            parts.append(_Part(found["child"] is not None, signs))
            position = found.end()
        several.append(parts)
    return several


def _matches(tag: Tag, parts: list[_Part], scope: Tag) -> bool:
    *before, last = parts
    if not all(_is(tag, sign, name, scope) for sign, name in last.simple):
        return False
    if not before:
        return True
    if last.child:
        return tag.parent is not None and _matches(tag.parent, before, scope)
    return any(_matches(above, before, scope) for above in tag.parents)


def _is(tag: Tag, sign: str, name: str, scope: Tag) -> bool:
    if not sign:
        return tag.name == name
    if sign == ":":
        return tag is scope
    if sign in ("[", ":not(["):
        return (name in tag.attrs) is (sign == "[")
    value = tag.attrs.get("class" if sign == "." else "id")
    if sign == "#":
        return value == name
    return value is not None and name in (value if isinstance(value, list) else value.split())
