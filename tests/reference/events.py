"""docs/events.md: what `sync --json` tells."""

from __future__ import annotations

from dataclasses import fields
from inspect import getdoc

from archiver.cli.jsonlines import NAMES
from archiver.events import Event, Summary
from tests.reference.tables import table


def events() -> str:
    """Markdown: a table of the events."""

    def row(event: type[Event], name: str) -> list[str]:
        members = " ".join(f"`{field.name}`" for field in fields(event))
        return [f"`{name}`", members, " ".join(str(getdoc(event)).split())]

    return table(("event", "members", "meaning"), [row(event, name) for event, name in NAMES.items()])


def summary() -> str:
    """Markdown: a table of what the summary counts and lists."""
    given = Summary()
    rows = [[f"`{field.name}`", _holds(getattr(given, field.name))] for field in fields(given)]
    return table(("member", "holds"), rows)


def _holds(value: object) -> str:
    if isinstance(value, dict):
        return "numbers: " + " ".join(f"`{name}`" for name in value)
    return "list of texts" if isinstance(value, list) else "whole number"
