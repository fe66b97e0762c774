"""docs/format.md: the members of the files that archiver writes, from the JSON Schemas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from archiver.schemas import SCHEMAS, file_name, schema
from tests.reference.tables import table

_TYPES = {
    "boolean": "true or false",
    "integer": "whole number",
    "number": "number",
    "null": "null",
    "object": "object",
    "string": "text",
}


def part(name: str, definition: str = "") -> dict[str, Any]:
    """A JSON Schema, or one of its `$defs`."""
    whole = schema(name)
    found: dict[str, Any] = whole["$defs"][definition] if definition else whole
    return found


def members(name: str, definition: str = "") -> str:
    """Markdown: a table of the members of an object."""
    found = part(name, definition)
    rows = (
        [f"`{key}`", type_of(value, is_required=key in found["required"]), value["description"]]
        for key, value in found["properties"].items()
    )
    return table(("member", "type", "meaning"), rows)


def words(name: str, definition: str) -> str:
    """Markdown: a table of words and what they mean."""
    rows = ([f"`{word['const']}`", word["description"]] for word in part(name, definition)["oneOf"])
    return table(("word", "meaning"), rows)


def registry() -> str:
    """Markdown: a table of all schemas."""
    rows = ([f"[`{name}`](../archiver/schemas/{file_name(name)})", what] for name, what in SCHEMAS.items())
    return table(("schema", "describes"), rows)


def type_of(value: Mapping[str, Any], *, is_required: bool) -> str:
    """The type of a member, for people."""
    said = described_type(value)
    return said if is_required else f"{said}; optional"


def described_type(value: Mapping[str, Any]) -> str:
    """What a value may be, in words."""
    if "const" in value:
        return f"`{json.dumps(value['const'])}`"
    if "enum" in value:
        return " ".join(f"`{word}`" for word in value["enum"])
    if "items" in value:
        items = value["items"]
        if "$ref" in items:
            return f"list of `{items['$ref'].rpartition('/')[2]}`"
        return "list of texts" if items.get("type") == "string" else "list of objects"
    types = value.get("type", "object")
    return " or ".join(_TYPES[name] for name in ([types] if isinstance(types, str) else types))
