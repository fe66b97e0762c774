"""What this machine remembers from run to run and no other needs: the budgets of article requests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from archiver.due.budget import Budget
from archiver.store.files import disk_errors, write_if_changed
from archiver.store.layout import PACE

_EGRESSES = "egresses"  # member with the budgets of those that have a name


def read_budget(root: Path) -> Budget:
    """The budget that the last run left in the archive at `root`, of this machine's own address. Raises StoreError."""
    return read_budgets(root).get("", Budget())


def read_budgets(root: Path) -> dict[str, Budget]:
    """The budgets that runs have left in the archive at `root`, by the name of the egress; "" is this machine's own. A
    file that is missing or wrong, or a part that is, is no budget. Raises StoreError."""
    path = root / PACE
    with disk_errors(path, "read"):
        try:
            text = path.read_text("utf-8")
        except (FileNotFoundError, UnicodeDecodeError):
            return {}
    try:
        values = json.loads(text)
        named = values.get(_EGRESSES, {})
        found = {"": values, **named}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}
    return {name: budget for name, value in found.items() if (budget := _budget(value))}


def _budget(values: Any) -> Budget | None:
    try:
        numbers = {name: max(0, int(values.get(name, 0))) for name in ("requests", "clean", "made")}
        return Budget(
            **numbers,
            day=str(values["day"] if "day" in values else values["night"]),
            walled=values.get("walled") is True,
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None


def write_budgets(root: Path, budgets: Mapping[str, Budget]) -> None:
    """Keep the budgets for the next run, if there is anything to be kept. Raises StoreError."""
    known = read_budgets(root)
    if any(budget != known.get(name, Budget()) for name, budget in budgets.items()):
        named = {name: asdict(budgets[name]) for name in sorted(budgets) if name}
        value = {**asdict(budgets.get("", Budget())), **({_EGRESSES: named} if named else {})}
        write_if_changed(root / PACE, json.dumps(value).encode() + b"\n")
