"""JSON Schemas (draft 2020-12) of what archiver hands to other programs, a file for each: see docs/exporting.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

# Name of a schema -> what it describes. `<name>.schema.json` beside this file holds it.
EXCHANGED: Mapping[str, str] = {
    "article": "a line of `archiver export jsonl`, the answer to `/api/articles/ID`, and what `[hooks] after_article` "
    "is given",
    "search": "the answer to `/api/search`",
    "state": "the answer to `/api/state`",
}


def exchange_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of that name. Raises KeyError for a name that is none."""
    if name not in EXCHANGED:
        raise KeyError(name)
    loaded: dict[str, Any] = json.loads(files(__name__).joinpath(f"{name}.schema.json").read_text("utf-8"))
    return loaded
