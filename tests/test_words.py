"""One word for each thing: what the house's table of words rules out is in no identifier, no file name and no text."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import PROJECT

# The table: what is said instead.
NOT_IN_CODE = {
    "picture": "image",  # but for WeChat's kind of post: see PICTURE_POSTS
    "pictures": "images",
    "film": "video",
    "films": "videos",
    "sound": "audio, or intact",
    "sounds": "audio",
    "twin": "duplicate",
    "twins": "duplicates",
    "stray": "orphaned rewrite",
    "strays": "orphaned rewrites",
    "doubt": "suspicious link",
    "doubts": "suspicious links",
    "patience": "retry policy",
    "waiting": "pending",
    "told": "reported, or inconclusive",
    "shelf": "listing",
    "shelves": "listings",
    "marks": "dirty flags",
    "written": "build manifest",
    "seal": "checksum",
    "sealed": "checksum",
    "shard": "search index",
    "shards": "search index",
    "ledger": "link log",
    "standing": "status, current",
    "intake": "response capture",
    "gate": "request filter",
    "opening": "open_archive",
    "night": "run",
    "nights": "runs",
}
ALONE = {"entries": "link entries, journal entries", "closing": "finalise"}  # ruled out as whole names
PICTURE_POSTS = {"PICTURE", "_picture_list", "_picture_list_html"}
KNOWN_TO_SQLITE = {"_WRITTEN", "_WRITTEN_LIST"}
FROM_CONTEXTLIB = {"closing"}

SOURCES = sorted((PROJECT / "archiver").rglob("*.py"))


def _parts(name: str) -> list[str]:
    return [part.lower() for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)]


def _names(path: Path) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
        if token.type == tokenize.NAME:
            yield token.start[0], token.string


def _ruled_out(name: str) -> str | None:
    if name in PICTURE_POSTS | KNOWN_TO_SQLITE | FROM_CONTEXTLIB:
        return None
    said = next((part for part in _parts(name) if part in NOT_IN_CODE), None)
    return NOT_IN_CODE[said] if said else ALONE.get(name)


def test_identifiers() -> None:
    found = [
        f"{path.relative_to(PROJECT)}:{line}: {name} (say: {instead})"
        for path in SOURCES
        for line, name in _names(path)
        if (instead := _ruled_out(name))
    ]
    assert found == []


def test_file_names() -> None:
    files = [*SOURCES, *(PROJECT / "tests").rglob("*.py")]
    assert [str(path) for path in files if any(part in NOT_IN_CODE for part in re.split(r"[_.\W]", path.name))] == []


@pytest.mark.parametrize(("name", "is_ruled_out"), [("fetchPicture", True), ("_twins", True), ("entries", True)])
def test_the_scan_would_see_one(name: str, is_ruled_out: bool) -> None:
    assert bool(_ruled_out(name)) is is_ruled_out
