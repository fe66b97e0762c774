"""What this machine remembers from run to run and no other needs: the budget of article requests."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from archiver.due.budget import Budget
from archiver.store.files import disk_errors, write_if_changed
from archiver.store.layout import PACE


def read_budget(root: Path) -> Budget:
    """The budget that the last run left in the archive at `root`; a file that is missing or wrong is no budget."""
    path = root / PACE
    with disk_errors(path, "read"):
        try:
            text = path.read_text("utf-8")
        except (FileNotFoundError, UnicodeDecodeError):
            return Budget()
    try:
        values = json.loads(text)
        numbers = {name: max(0, int(values.get(name, 0))) for name in ("requests", "clean", "made")}
        return Budget(
            **numbers,
            day=str(values["day"] if "day" in values else values["night"]),
            walled=values.get("walled") is True,
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return Budget()


def write_budget(root: Path, budget: Budget) -> None:
    """Keep the budget for the next run, if there is anything to be kept. Raises StoreError."""
    if budget != read_budget(root):
        write_if_changed(root / PACE, json.dumps(asdict(budget)).encode() + b"\n")
