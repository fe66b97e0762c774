"""JSON Schemas (draft 2020-12) of what archiver writes for others to read: one file in this package for each.

They describe exactly what this version writes, so that a check against them finds every slip. A program that only reads
should ignore members that it does not know: see docs/format.md, "Schema numbers".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

# The registry: name of a schema -> the documents that it describes. `<name>.schema.json` beside this file holds it.
SCHEMAS: Mapping[str, str] = {
    "album": "`albums/<id>.json`",
    "article": "`article.json` and `version.json`",
    "journal": "a line of `journal.jsonl`",
    "link": "a line of `links.jsonl`",
    "state": "a line of `reader-state.jsonl`",
}


def file_name(name: str) -> str:
    """The file in this package that holds the schema."""
    return f"{name}.schema.json"


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of that name. Raises KeyError for a name that is not in `SCHEMAS`."""
    if name not in SCHEMAS:
        raise KeyError(name)
    loaded: dict[str, Any] = json.loads(files(__name__).joinpath(file_name(name)).read_text("utf-8"))
    return loaded
