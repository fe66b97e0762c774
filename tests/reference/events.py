"""docs/events.md: what the commands print with --json, from the JSON Schemas of their lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archiver.schemas.output import COMMON, OUTPUTS, output_schema
from tests.reference.members import type_of
from tests.reference.tables import table

Schema = Mapping[str, Any]


def outputs() -> str:
    """Markdown: a heading for each command, and a table of the members of each of its own lines."""
    return "\n".join(map(_command, OUTPUTS))


def shared(*definitions: str) -> str:
    """Markdown: the same of lines that several commands print."""
    return "\n".join(_line(output_schema(COMMON)["$defs"][name], COMMON) for name in definitions)


def _command(name: str) -> str:
    schema = output_schema(name)
    lines = [resolved(ref, name) for ref in schema["oneOf"]]
    own = (_line(line, home) for line, home in lines if home != COMMON)
    other = [_event(line) for line, home in lines if home == COMMON]
    head = (
        f"## {schema['title']}\n\n{schema['description']} ([JSON Schema](../archiver/schemas/output/{schema['$id']}))\n"
    )
    return "\n".join([head, *own, f"Also {' and '.join(other)}, as [above](#lines-of-several-commands).\n"])


def resolved(part: Schema, home: str) -> tuple[Schema, str]:
    """A part of the schema `home`, a reference in it followed, and the name of the schema in which it is then."""
    if "$ref" not in part:
        return part, home
    file, _, definition = part["$ref"].partition("#/$defs/")
    home = file.removesuffix(".schema.json") or home
    found, home = resolved(output_schema(home)["$defs"][definition], home)
    return {**found, **{key: value for key, value in part.items() if key != "$ref"}}, home


def _event(line: Schema) -> str:
    return " or ".join(f"`{word}`" for word in words_of(line["properties"].get("event", {})))


def words_of(value: Schema) -> list[str]:
    """The words that a member may be."""
    return [value["const"]] if "const" in value else list(value.get("enum", ()))


def _line(line: Schema, home: str) -> str:
    said = ": ".join(filter(None, (_event(line), line.get("description") or f"{line['title']}.")))
    return f"{said}\n\n" + table(("member", "type", "meaning"), _rows(line, home))


def _rows(part: Schema, home: str, above: str = "") -> Iterator[list[str]]:
    """A row for each member, and behind it those of what is inside it."""
    for name, value in part["properties"].items():
        if (above, name) == ("", "event"):
            continue
        member, place = resolved(value, home)
        said = type_of(member, is_required=name in part.get("required", ()))
        yield [f"`{above}{name}`", said, member.get("description", "")]
        inner, place = resolved(member.get("items", member), place)
        if "properties" in inner:
            yield from _rows(inner, place, f"{above}{name}{'[]' if 'items' in member else ''}.")
