"""One word for each thing: what the house's table of words rules out is in no identifier, no file name and no text."""

from __future__ import annotations

import ast
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

# What no text for people may say.
NOT_IN_TEXTS = re.compile(
    r"\b(pictures?|films?|sounds?|twins?|strays?|doubts?|told of|steps? aside|(?:not|never) to be had)\b", re.IGNORECASE
)
# WeChat's kind of post (图片分享), its name in article.json, and names of other people's things.
ALLOWED = re.compile(
    r"picture posts?|posts? of pictures|[`'\"]picture[`'\"]|^picture$|picture_page_info_list|<picture>", re.IGNORECASE
)
DOCUMENTS = (
    "README*.md",
    "docs/**/*.md",
    "config.toml",
    ".github/**/*.yml",
    "archiver/**/*.html",
    "archiver/**/*.schema.json",
)

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


def _texts() -> Iterator[tuple[str, str]]:
    """Where it stands, and what is said: documents, configuration, templates, and every sentence of the program that is
    no docstring. Docstrings that people read (of events, of the configuration) are in the documents."""
    for path in sorted({path for pattern in DOCUMENTS for path in PROJECT.glob(pattern)}):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            yield f"{path.relative_to(PROJECT)}:{number}", line
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in docstrings:
                continue
            if not node.value.lstrip().startswith(":root"):  # the style of archived pages stays byte for byte
                yield f"{path.relative_to(PROJECT)}:{node.lineno}", node.value


def _remarks() -> Iterator[tuple[str, str]]:
    """Every comment and docstring of the program."""
    for path in SOURCES:
        source = path.read_text("utf-8")
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                yield f"{path.relative_to(PROJECT)}:{token.start[0]}", token.string
        for node in ast.walk(ast.parse(source)):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                yield f"{path.relative_to(PROJECT)}:{node.lineno}", node.value.value


def test_comments_and_docstrings() -> None:
    found = [f"{place}: {text.strip()}" for place, text in _remarks() if NOT_IN_TEXTS.search(ALLOWED.sub("", text))]
    assert found == []


def test_texts() -> None:
    found = [f"{place}: {text.strip()}" for place, text in _texts() if NOT_IN_TEXTS.search(ALLOWED.sub("", text))]
    assert found == []


@pytest.mark.parametrize("text", ["the picture is gone", "Films are kept", "is told of it", "it steps aside"])
def test_a_word_that_is_ruled_out_is_seen(text: str) -> None:
    assert NOT_IN_TEXTS.search(text)
    assert not NOT_IN_TEXTS.search(ALLOWED.sub("", "a picture post"))


@pytest.mark.parametrize(("name", "is_ruled_out"), [("fetchPicture", True), ("_twins", True), ("entries", True)])
def test_the_scan_would_see_one(name: str, is_ruled_out: bool) -> None:
    assert bool(_ruled_out(name)) is is_ruled_out
