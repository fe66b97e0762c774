"""Where the relative links of a note lead."""

from __future__ import annotations

from pathlib import Path

from archiver.notes.find import find
from archiver.notes.schemes import is_http
from archiver.rewriting.imagepaths import normal, plain_path


def places(folder: Path, data: bytes) -> set[str]:
    """The absolute paths to which the relative links of a note in `folder` lead. Raises NoteError."""
    local = (link.url for link in find(data, every=True).links if not is_http(link.url))
    return {normal(str(folder), path) for url in local if not url.startswith("//") and (path := plain_path(url))}


def new_places(folder: Path, before: bytes, after: bytes) -> set[str]:
    """Those to which a note leads `after` a rewrite and did not lead `before`. Raises NoteError."""
    return places(folder, after) - places(folder, before)
