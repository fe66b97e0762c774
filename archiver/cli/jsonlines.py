"""`sync --json`: one JSON object a line for everything that happens, the summary last.

The format is versioned: `schema` in the first and the last line. A new member or a new event does not change it; a
member that is renamed, removed or means something else does.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

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
    return _line({"event": NAMES[type(event)], **asdict(event)})


def summary_line(summary: Summary) -> str:
    """The last line."""
    return _line(summary_object(summary))


def summary_object(summary: Summary) -> dict[str, Any]:
    """The summary as machines get it."""
    return {"event": "summary", "schema": SCHEMA, **asdict(summary)}


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
