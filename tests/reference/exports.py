"""docs/exporting.md: the tables of formats, and of the members of what programs get."""

from __future__ import annotations

from archiver.cli.commands.exchange import FORMATS
from archiver.export.lines import COLUMNS
from archiver.schemas.exchange import EXCHANGED, exchange_schema
from tests.reference.members import described_type
from tests.reference.tables import table


def formats() -> str:
    """Markdown: a table of the formats."""
    return table(("format", "holds"), [[f"`{name}`", what] for name, what in FORMATS.items()])


def columns() -> str:
    """Markdown: the columns of the CSV."""
    return ", ".join(f"`{name}`" for name in COLUMNS) + "\n"


def members(name: str, part: str = "") -> str:
    """Markdown: a table of the members of an object that a schema, or a part of it, describes."""
    schema = exchange_schema(name)
    properties = (schema["$defs"][part] if part else schema)["properties"]
    rows = [[f"`{key}`", described_type(value), str(value.get("description", ""))] for key, value in properties.items()]
    return table(("member", "type", "meaning"), rows)


def schemas() -> str:
    """Markdown: a table of the schemas."""
    rows = [[f"[`{name}`](../archiver/schemas/exchange/{name}.schema.json)", what] for name, what in EXCHANGED.items()]
    return table(("schema", "describes"), rows)
