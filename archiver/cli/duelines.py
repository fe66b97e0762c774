"""`status --json` and `sync --dry-run --json`: one line each, with `due` in both, made from the same values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from archiver.cli import texts
from archiver.config import Config
from archiver.rewriting.rewrites import Rewrite
from archiver.tasks.estimate import Estimate, requests
from archiver.tasks.run import Due
from archiver.tasks.status import StatusReport


def status_members(found: StatusReport, config: Config) -> dict[str, Any]:
    """What `status --json` tells."""
    state = found.state
    return {
        "links": found.links,
        "archive": found.totals,
        "due": due_object(found.due, found.estimate, config),
        "attention": texts.trouble(found),
        "next_try": state.retries,
        "walls": state.walls,
        "walled_at": state.walled_at,
        "uncovered": dict(state.uncovered),
        "pages": list(map(asdict, state.pages.signs)) if state.pages else [],
        "checked": state.oldest_check.isoformat() if state.oldest_check else None,
        "exit_code": 0,
    }


def dry_run_members(due: Due, expected: Estimate, config: Config, rewrites: Sequence[Rewrite]) -> dict[str, Any]:
    """What `sync --dry-run --json` tells. `notes`: what can be rewritten already, as unified diffs."""
    return {
        "due": due_object(due, expected, config),
        "notes": [{"path": found.path, "links": len(found.edits), "diff": texts.diff(found)} for found in rewrites],
        "errors": [{"path": path, "error": error} for path, error in due.scan.errors],
        "exit_code": 0,
    }


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
