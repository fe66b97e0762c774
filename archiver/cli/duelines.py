"""`status --json` and `sync --dry-run --json`: one JSON object on one line each.

Both have `schema`, which is another one as soon as a member is renamed, removed or means something else, and `due`,
which is made from the same values.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from archiver.cli import texts
from archiver.config import Config
from archiver.rewriting.rewrite import Rewrite
from archiver.tasks.estimate import Estimate, requests
from archiver.tasks.run import Due
from archiver.tasks.status import StatusReport

SCHEMA = 1


def status_line(found: StatusReport, config: Config) -> str:
    """What `status --json` prints."""
    state = found.state
    value = {
        "event": "status",
        "schema": SCHEMA,
        "links": found.links,
        "archive": found.totals,
        "due": due_object(found.due, found.estimate, config),
        "attention": texts.trouble(found),
        "next_try": state.retries,
        "walls": state.walls,
        "walled_at": state.walled_at,
        "checked": state.oldest_check.isoformat() if state.oldest_check else None,
    }
    return json.dumps(value, ensure_ascii=False)


def dry_run_line(due: Due, expected: Estimate, config: Config, rewrites: Sequence[Rewrite]) -> str:
    """What `sync --dry-run --json` prints. `notes`: what can be rewritten already, as unified diffs."""
    value = {
        "event": "dry-run",
        "schema": SCHEMA,
        "due": due_object(due, expected, config),
        "notes": [{"path": found.path, "links": len(found.edits), "diff": texts.diff(found)} for found in rewrites],
        "errors": [{"path": path, "error": error} for path, error in due.scan.errors],
    }
    return json.dumps(value, ensure_ascii=False)


def due_object(due: Due, expected: Estimate, config: Config) -> dict[str, Any]:
    """What the next sync asks for at its start, by kind: how many, and in `requests` which addresses. `estimate` is all
    that is not certain before pages are loaded, such as how many images they name."""
    asked = requests(due, config)
    return {
        **{kind: len(found) for kind, found in asked.items()},
        "requests": {kind: [asdict(request) for request in found] for kind, found in asked.items()},
        "estimate": {
            "images": expected.article_images,
            "minutes": round(expected.minutes, 1),
            "gigabytes": round(expected.gigabytes, 3),
            "runs": expected.runs,
        },
    }
