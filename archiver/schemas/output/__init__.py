"""JSON Schemas (draft 2020-12) of what the commands print with --json: a file for each command describes its lines.

`common.schema.json` has what several of them share. They describe exactly what this version prints; a program that only
reads should ignore members and events that it does not know.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

COMMON = "common"
# Name of a schema -> the command line whose output it describes. `<name>.schema.json` beside this file holds it.
OUTPUTS: Mapping[str, str] = {
    "sync": "archiver sync",
    "sync-dry-run": "archiver sync --dry-run",
    "status": "archiver status",
    "add": "archiver add",
    "repair": "archiver repair",
    "scan": "archiver scan",
    "report": "archiver report",
    "restore": "archiver restore",
    "forget": "archiver forget",
    "build": "archiver build",
    "search": "archiver search",
    "import": "archiver import",
    "export": "archiver export",
    "rescue": "archiver rescue",
    "verify": "archiver verify",
    "verify-github": "archiver verify --github",
    "gc": "archiver gc",
    "reparse": "archiver reparse",
    "doctor": "archiver doctor",
}


def output_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a line that a command prints, or the shared one. Raises KeyError for a name that is none."""
    if name not in {COMMON, *OUTPUTS}:
        raise KeyError(name)
    loaded: dict[str, Any] = json.loads(files(__name__).joinpath(f"{name}.schema.json").read_text("utf-8"))
    return loaded
