"""`sync --json`: one JSON object a line for everything that happens, the summary last.

The format is versioned: `schema` in the first and the last line. A new member or a new event does not change it; a
member that is renamed, removed or means something else does.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from archiver.archive.reasons import change_texts
from archiver.cli.common import without_secrets
from archiver.cli.fixity_texts import finding_json
from archiver.cli.run_texts import attention_line, halt_text, notice_line
from archiver.events import (
    ArticleDone,
    Changed,
    Damaged,
    Event,
    Halted,
    ImageDone,
    NoteDone,
    Notice,
    Planned,
    Summary,
    Walled,
)

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
}


def start_line(at: str) -> str:
    """The first line; `at` is the ISO time in UTC."""
    return _line({"event": "start", "schema": SCHEMA, "at": at})


def event_line(event: Event) -> str:
    """What the run tells: `event` and the members of that event (see archiver.events)."""
    return _line({"event": NAMES[type(event)], **_members(event)})


def _members(event: Event) -> dict[str, Any]:
    if isinstance(event, Damaged):
        return finding_json(event.finding)
    if isinstance(event, Halted):
        return {**asdict(event), "why": halt_text(event)}
    if isinstance(event, Changed):
        return {**asdict(event), "changes": change_texts(event.changes), "edits": list(map(asdict, event.changes))}
    return asdict(event)


def summary_line(summary: Summary) -> str:
    """The last line."""
    return _line(summary_object(summary))


def summary_object(summary: Summary) -> dict[str, Any]:
    """The summary as machines get it."""
    return {
        "event": "summary",
        "schema": SCHEMA,
        "articles": summary.articles,
        "images": summary.images,
        "notes": summary.notes,
        "attention": list(map(attention_line, summary.attention)),
        "notices": list(map(notice_line, summary.notices)),
        "exit_code": summary.exit_code,
    }


def _line(value: dict[str, Any]) -> str:
    return json.dumps(_clean(value), ensure_ascii=False)


def _clean(value: Any) -> Any:
    """Without the passwords and credentials of URLs. Of the finished line one could not tell where a URL ends."""
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, dict):
        return {name: _clean(item) for name, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list | tuple) else value
