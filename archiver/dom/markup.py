"""A tree as markup, as Beautiful Soup writes it: attributes in alphabetical order, `&`, `<` and `>` as entities, void
elements as `<br/>`."""

from __future__ import annotations

from functools import lru_cache

from archiver.dom.matching import Value
from archiver.dom.nodes import Tag
from archiver.dom.texts import Node, Text, Unseen

_USUAL = 500  # characters of an attribute; what is longer is hardly ever written twice
_CODE = frozenset(("script", "style"))  # their texts hold no entities


def inner_markup(tag: Tag) -> str:
    """All that an element holds."""
    parts: list[str] = []
    todo: list[Node | str] = [*reversed(tag.contents)]
    while todo:
        node = todo.pop()
        if isinstance(node, Text):
            parts.append(_text(node))
        elif isinstance(node, Tag):
            if not node.contents and node.void:
                parts.append("" if node.hidden else f"{_start(node)}/>")
                continue
            if not node.hidden:
                parts.append(f"{_start(node)}>")
                todo.append(f"</{node.name}>")
            todo += node.contents[::-1]
        else:
            parts.append(str(node))
    return "".join(parts)


def _text(text: Text) -> str:
    if isinstance(text, Unseen):
        return f"{text.before}{text}{text.behind}"
    return str(text) if text.parent is not None and text.parent.name in _CODE else _escaped(text)


def _start(tag: Tag) -> str:
    """A start tag without its end."""
    if not tag.attrs:
        return f"<{tag.name}"
    given = "".join(f" {name}={_quoted(value)}" for name, value in sorted(tag.attrs.items()))
    return f"<{tag.name}{given}"


def _quoted(value: Value) -> str:
    text = " ".join(value) if isinstance(value, list) else value
    return _usual(text) if len(text) <= _USUAL else _in_quotes(text)


def _in_quotes(text: str) -> str:
    text = _escaped(text)
    if '"' not in text:
        return f'"{text}"'
    if "'" not in text:
        return f"'{text}'"
    return '"' + text.replace('"', "&quot;") + '"'


_usual = lru_cache(maxsize=256)(_in_quotes)  # an editor writes the same few styles over and over


def _escaped(text: str) -> str:
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;") if ">" in text else text
