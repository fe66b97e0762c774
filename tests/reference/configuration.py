"""docs/configuration.md: every key, from the dataclasses of archiver.config."""

from __future__ import annotations

import json
import typing
from collections.abc import Iterator
from dataclasses import Field, fields
from typing import Any, Literal

from archiver.config import SECTIONS, config_text
from tests.reference.tables import table

_TYPES = {str: "text", int: "whole number", float: "number", bool: "`true` or `false`"}


def configuration() -> str:
    """Markdown: a heading and a table for each section of config.toml."""
    return "\n".join(_section(name, section) for name, section in SECTIONS.items())


def example() -> str:
    """Markdown: a complete config.toml."""
    return f"```toml\n{config_text()}```\n"


def _section(name: str, section: type) -> str:
    return f"## `[{name}]`\n\n" + table(("key", "type", "default", "meaning"), _rows(section))


def _rows(section: type) -> Iterator[list[str]]:
    hints, default = typing.get_type_hints(section), section()
    for key in fields(section):
        value = json.dumps(getattr(default, key.name), ensure_ascii=False)
        yield [f"`{key.name}`", _type(hints[key.name], key), f"`{value}`", key.metadata["doc"]]


def _type(hint: Any, key: Field[Any]) -> str:
    """What a value may be: its type, and the rule of the key if it has one."""
    if typing.get_origin(hint) is Literal:
        return " or ".join(f"`{json.dumps(choice)}`" for choice in typing.get_args(hint))
    if typing.get_origin(hint) is list:
        return "list of texts"
    rule = key.metadata["rule"].removeprefix("must be ")
    return f"{_TYPES[hint]}, {rule}" if rule else _TYPES[hint]
