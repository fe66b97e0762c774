"""docs/events.md: what the commands print with --json, from the JSON Schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archiver.fixity.github_findings import GitHubCode
from archiver.models.findings import FindingCode
from archiver.schemas.output import COMMON, OUTPUTS, output_schema
from tests.reference.members import described_type
from tests.reference.tables import table

Schema = Mapping[str, Any]


def overview() -> str:
    """Markdown: a table of the commands."""
    rows = []
    for name, command in OUTPUTS.items():
        path = f"../archiver/schemas/output/{name}.schema.json"
        rows.append([f"[`{command} --json`]({path})", str(output_schema(name)["description"])])
    return table(("command", "prints"), rows)


def shared() -> str:
    """Markdown: what the outputs of several commands have in common."""
    return "\n".join(_parts(output_schema(COMMON)["$defs"]))


def codes(texts: Mapping[Any, str]) -> str:
    """Markdown: a table of codes, with the words that are made of each; `{…}` stands for a member of `about`."""

    def row(code: Any, text: str) -> list[str]:
        kind = [f"`{code.kind}`", "yes" if code.damage else "no"] if isinstance(code, FindingCode) else []
        level = [f"`{code.level}`"] if isinstance(code, GitHubCode) else []
        return [f"`{code.value}`", *kind, *level, text]

    first = next(iter(texts))
    more = ["kind", "damage"] if isinstance(first, FindingCode) else []
    more += ["level"] if isinstance(first, GitHubCode) else []
    return table(["code", *more, "in words"], [row(code, text) for code, text in texts.items()])


def lines(name: str) -> str:
    """Markdown: the lines that a command prints, each with its members, and the entries of their lists."""
    whole = output_schema(name)
    defined = whole.get("$defs", {})
    common = [part["$ref"] for part in whole["oneOf"] if not part["$ref"].startswith("#")]
    others = " and ".join(f"`{_last(ref)}`" for ref in common)
    own = "; its other lines are" if defined else "Its lines are"
    head = f"Schema: `{name}.schema.json`{own} {others}, see below.\n"
    return "\n".join([head, *_parts(defined)])


def _parts(defined: Mapping[str, Schema]) -> Iterator[str]:
    for key, value in defined.items():
        if "properties" in value:
            name = value["properties"].get("event", {}).get("const") or key
            yield f"`{name}`: {_sentence(value)}\n\n{_members(value)}"


def _sentence(value: Schema) -> str:
    return str(value.get("description") or value.get("title") or "").rstrip(".") + "."


def _members(value: Schema) -> str:
    rows = [
        [f"`{name}`", _type(member, is_required=name in value["required"]), _meaning(member)]
        for name, member in value["properties"].items()
        if name != "event"
    ]
    return table(("member", "type", "meaning"), rows)


def _type(member: Schema, *, is_required: bool) -> str:
    found = _resolved(member)
    said = f"`{_last(member['$ref'])}`" if "properties" in found and "$ref" in member else described_type(found)
    return said if is_required else f"{said}; optional"


def _meaning(member: Schema) -> str:
    return str(member.get("description") or _resolved(member).get("description") or "")


def _resolved(member: Schema) -> Schema:
    """What a reference into the shared definitions stands for."""
    ref = str(member.get("$ref", ""))
    shared_one = output_schema(COMMON)["$defs"].get(_last(ref)) if ref else None
    return shared_one or member


def _last(ref: str) -> str:
    return ref.rpartition("/")[2]
