"""docs/commands.md: the help of every command."""

from __future__ import annotations

from collections.abc import Iterator

import click

from archiver.cli import app

WIDTH = 100


def commands(command: click.Command = app, path: str = "archiver") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with the words that call it, by name."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command, info_name=path)
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        assert child is not None
        yield from commands(child, f"{path} {name}")


def help_text(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path, terminal_width=WIDTH, max_content_width=WIDTH)
    return command.get_help(context).strip()


def reference() -> str:
    """Markdown: what there is, then a heading and the help of each command."""
    overview = f"```text\n{help_text('archiver', app)}\n```\n"
    found = (f"## `{path}`\n\n```text\n{help_text(path, command)}\n```\n" for path, command in commands())
    return "\n".join([overview, *found])
