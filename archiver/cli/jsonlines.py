"""What machines get with --json: JSON objects, one a line, on standard output.

Each has `event`. The last line of a command has `schema`, the number of its format, and `exit_code`; what a command
that fails says instead is `error`. A new member or a new event does not change the number; a member that is renamed,
removed or means something else does. archiver/schemas/output describes the lines of every command.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from archiver.archive.reasons import change_texts
from archiver.cli.output import out
from archiver.cli.run_texts import attention_line, halt_text, notice_line, pages_text, publish_text
from archiver.cli.short import clean
from archiver.errors import ArchiverError
from archiver.events import (
    ArticleDone,
    Changed,
    Damaged,
    Event,
    ImageDone,
    NoteDone,
    Notice,
    PagesDiffer,
    Planned,
    PublishChanged,
    Summary,
    Walled,
)
from archiver.harmless import harmless_json
from archiver.models.halts import Halted

SCHEMA = 1
NAMES: dict[type[Event], str] = {
    Planned: "planned",
    ArticleDone: "article",
    ImageDone: "image",
    NoteDone: "note",
    Walled: "wall",
    Damaged: "damage",
    Notice: "notice",
    Changed: "changed",
    Halted: "halted",
    PublishChanged: "publish",
    PagesDiffer: "pages",
}


def print_json(event: str, members: Mapping[str, Any], *, schema: int = 0) -> None:
    """Print a line; `schema`: the number of the format, in the lines that have it."""
    out.print_json(_line({"event": event, **({"schema": schema} if schema else {}), **members}))


def start_line(at: str) -> str:
    """The first line of a sync; `at` is the ISO time in UTC."""
    return _line({"event": "start", "schema": SCHEMA, "at": at})


def event_line(event: Event) -> str:
    """What a run tells: `event` and the members of that event (see archiver.events)."""
    return _line({"event": NAMES[type(event)], **_members(event)})


def summary_line(summary: Summary) -> str:
    """The last line of a run."""
    members = {
        "articles": summary.articles,
        "images": summary.images,
        "notes": summary.notes,
        "attention": [attention_line(item) for item in (*summary.attention, *summary.as_before)],
        "new": len(summary.attention),
        "notices": list(map(notice_line, summary.notices)),
        **({"hooks": summary.hooks} if summary.hooks else {}),
        "exit_code": summary.exit_code,
    }
    return _line({"event": "summary", "schema": SCHEMA, **members})


def broken_off_line(event: str, code: int) -> str:
    """The last line of a run that was `interrupted`, or `crashed`."""
    return _line({"event": event, "schema": SCHEMA, "exit_code": int(code)})


def error_line(error: ArchiverError) -> str:
    """The last line of a command that could not do its work."""
    name = type(error).__name__.removesuffix("Error")
    code = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
    members = {"error": code, "detail": str(error), "exit_code": int(error.exit_code)}
    return _line({"event": "error", "schema": SCHEMA, **members})


def _members(event: Event) -> dict[str, Any]:
    match event:
        case Damaged():
            from archiver.cli.remark_texts import finding_json  # with all that knows of damage

            return finding_json(event.finding)
        case Halted():
            return {**asdict(event), "why": halt_text(event)}
        case PublishChanged():
            return {**asdict(event), "why": publish_text(event)}
        case PagesDiffer():
            return {"signs": list(map(asdict, event.signs)), "why": pages_text(event)}
        case Changed():
            return {**asdict(event), "changes": change_texts(event.changes), "edits": list(map(asdict, event.changes))}
    return asdict(event)


def _line(value: dict[str, Any]) -> str:
    # Of the finished line one could not tell where a URL, or a value, ends.
    return harmless_json(json.dumps(clean(value), ensure_ascii=False))
