"""What the site is made with: another version of it makes other pages of the same archive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_MAKERS = ("reader", "render")
_KINDS = (".py", ".html", ".css", ".js")


@cache
def fingerprint() -> str:
    """Of the templates, scripts and code that make the reader's pages."""
    digest = hashlib.sha256()
    for room in _MAKERS:
        for file in _files(Path(__file__).parents[1] / room):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _files(entry)
        elif entry.name.endswith(_KINDS):
            yield entry
