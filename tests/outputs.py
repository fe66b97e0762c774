"""What the commands print with --json, checked against the schemas that archiver ships."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from archiver.cli.app import app
from archiver.errors import ArchiverError
from archiver.schemas.output import COMMON, OUTPUTS, output_schema

SCHEMAS = {name: output_schema(name) for name in (COMMON, *OUTPUTS)}
_REGISTRY: Registry[Any] = Registry().with_resources(
    (schema["$id"], DRAFT202012.create_resource(schema)) for schema in SCHEMAS.values()
)


def json_commands(group: click.Group = app, above: str = "archiver") -> Iterator[str]:
    """Every command that has a flag --json, with the names of the groups that it is in."""
    for name, command in group.commands.items():
        path = f"{above} {name}"
        if isinstance(command, click.Group):
            yield from json_commands(command, path)
        elif any("--json" in param.opts for param in command.params):
            yield path


def problems(schema: dict[str, Any], value: object) -> list[str]:
    """What is wrong with a value by a schema."""
    return [error.message for error in Draft202012Validator(schema, registry=_REGISTRY).iter_errors(value)]


def kind_of(name: str, line: object) -> str:
    """Which of the lines of an output it is, as a reference into the schemas. Fails when it is none, or several."""
    schema = SCHEMAS[name]
    refs = [part["$ref"] for part in schema["oneOf"]]
    found = [
        ref for ref in refs if not problems({"$id": schema["$id"], "$defs": schema.get("$defs", {}), "$ref": ref}, line)
    ]
    assert len(found) == 1, (name, line, problems(schema, line))
    return str(found[0])


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a command line."""

    stdout: str
    code: int

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stdout.splitlines()]


def run(folder: Path, *arguments: str) -> Done:
    """Run the command line in this process, which is much quicker than to start one, in a folder."""
    with contextlib.chdir(folder):
        result = CliRunner().invoke(app, arguments)
    match result.exception:
        case None | SystemExit():
            return Done(result.stdout, result.exit_code)
        case ArchiverError() as error:
            return Done(result.stdout, int(error.exit_code))
    raise result.exception


def checked(name: str, done: Done) -> list[str]:
    """What kinds of lines a command printed, the last of which has to tell its format and the exit code."""
    lines = done.lines
    assert lines
    kinds = [kind_of(name, line) for line in lines]
    assert (lines[-1]["schema"] >= 1, lines[-1]["exit_code"]) == (True, done.code)
    return kinds
