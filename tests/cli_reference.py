"""The README's reference of commands and events, made from the program. `make docs` writes it, a test checks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from inspect import getdoc

import click

from archiver.cli import app
from archiver.cli.jsonlines import NAMES
from archiver.events import Event

WIDTH = 100


def commands(command: click.Command, path: str = "archiver") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with the words that call it."""
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from commands(child, f"{path} {name}")
    else:
        yield path, command


def help_text(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path, terminal_width=WIDTH, max_content_width=WIDTH)
    return command.get_help(context).strip()


def reference() -> str:
    """Markdown: a heading and the help of each command."""
    found = commands(app)
    return "\n".join(f"### `{path}`\n\n```text\n{help_text(path, command)}\n```\n" for path, command in found)


def events() -> str:
    """Markdown: a table of the events of `sync --json`."""

    def row(event: type[Event], name: str) -> str:
        members = " ".join(f"`{field.name}`" for field in fields(event))
        return f"| `{name}` | {members} | {' '.join(str(getdoc(event)).split())} |"

    rows = (row(event, name) for event, name in NAMES.items())
    return "\n".join(["| event | members | meaning |", "| --- | --- | --- |", *rows]) + "\n"
