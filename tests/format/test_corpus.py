"""What a sync writes is valid by the JSON Schemas, and is read, checked and taken back as docs/format.md says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from archiver.schemas import schema
from tests.world import World

TESTS = Path(__file__).parents[1]
DOCUMENT = TESTS.parent / "docs/format.md"
BLOCKS = re.findall(r"^```sh\n(.*?)^```", DOCUMENT.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
TOOLS = ("sh", "find", "jq", "git", "gunzip", "sha256sum")
DOCUMENTED = ("article", "album", "link", "journal")  # what lies in an archive
missing_tools = pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)), reason=f"docs/format.md asks for {', '.join(TOOLS)}, and one is not here"
)


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def problems(archive: Path) -> dict[str, list[str]]:
    """What is wrong in an archive by the schemas, where something is."""
    found = {}
    for name, there in documents(archive).items():
        checker = Draft202012Validator(schema(name))
        found[name] = [error.message for document in there for error in checker.iter_errors(document)]
    return {name: messages for name, messages in found.items() if messages}


def documents(archive: Path) -> dict[str, list[Any]]:
    """Everything that the schemas describe, by the schema's name."""

    def read(*patterns: str) -> list[Any]:
        found = [json.loads(path.read_bytes()) for pattern in patterns for path in sorted(archive.rglob(pattern))]
        assert found or "golden" in archive.parts  # where albums are left out
        return found

    return {
        "article": read("article.json", "version.json"),
        "album": read("albums/*.json"),
        "link": lines(archive / "links.jsonl"),
        "journal": lines(archive / "journal.jsonl"),
    }


def members(value: Any, place: str = "") -> Iterator[str]:
    """Every member that occurs, with the members that lead to it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{place}.{name}"
            yield from members(inner, f"{place}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner, place)


def described(whole: dict[str, Any], part: dict[str, Any], place: str = "") -> Iterator[str]:
    """Every member that a schema describes, likewise."""
    for name, value in part.get("properties", {}).items():
        yield f"{place}.{name}"
        inner = value.get("items", value).get("$ref", "").removeprefix("#/$defs/")
        yield from described(whole, whole["$defs"].get(inner, {}), f"{place}.{name}")


def test_everything_that_is_written_is_valid(corpus: Path) -> None:
    assert problems(corpus / "archive") == {}


@pytest.mark.parametrize("archive", sorted((TESTS / "golden").glob("*/archive")), ids=lambda path: path.parent.name)
def test_golden_archives_are_valid(archive: Path) -> None:
    assert problems(archive) == {}


@pytest.mark.parametrize("packed", sorted((TESTS / "fixtures").glob("archive_*.tar.gz")), ids=lambda path: path.name)
def test_archives_of_older_versions_are_valid(packed: Path, tmp_path: Path) -> None:
    with tarfile.open(packed) as tar:
        tar.extractall(tmp_path, filter="data")
    assert problems(tmp_path / "archive") == {}


@pytest.mark.parametrize("name", DOCUMENTED)
def test_no_member_is_described_that_never_occurs(corpus: Path, name: str) -> None:
    found, described_by = documents(corpus / "archive")[name], schema(name)
    occurring = {member for document in found for member in members(document)}
    # What only lines of schema 1 have, or lines that are not folded yet.
    never = {".source", ".edits.path", ".edits.new", ".edits.occurrence"} if name == "journal" else set()
    assert set(described(described_by, described_by)) - occurring == never


@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_strange_member_or_a_missing_one_is_noticed(corpus: Path, name: str) -> None:
    document, checker = documents(corpus / "archive")[name][0], Draft202012Validator(schema(name))
    required = schema(name)["required"]
    assert checker.is_valid(document)
    assert not checker.is_valid({**document, "strange": 1})
    for member in required:
        assert not checker.is_valid({key: value for key, value in document.items() if key != member}), member


@pytest.mark.parametrize(
    ("name", "words"),
    [("article", "kind status media.kind losses.what"), ("link", "kind status"), ("journal", "action edits.form")],
)
def test_the_corpus_has_a_bit_of_everything(corpus: Path, name: str, words: str) -> None:
    """That the checks above see little would not be seen by them."""
    for word in words.split():
        found = {str(value) for document in documents(corpus / "archive")[name] for value in values(document, word)}
        assert len(found) > 1, word


def values(value: Any, path: str) -> Iterator[Any]:
    name, _, rest = path.partition(".")
    inner = value.get(name)
    for item in inner if isinstance(inner, list) else [inner]:
        yield from values(item, rest) if rest else [item]


def run(block: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run lines of the document as a reader does, in the archive's folder."""
    command = ["sh", "-c", block]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)


def block(part: str) -> str:
    """The one block of the document that contains `part`."""
    (found,) = (str(text) for text in BLOCKS if part in text)
    return found


@pytest.fixture
def repository(copy: World) -> Path:
    """The archive of a copy, committed."""
    person = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    for command in (["init", "-q"], ["add", "--all"], [*person, "commit", "-q", "-m", "First night"]):
        subprocess.run(["git", *command], cwd=copy.root, check=True, capture_output=True)
    return copy.archive


CHECKS = {"SHA256SUMS": "-name SHA256SUMS", "names": "find images media", "lines": ".check //"}
ANSWERS = {
    "select(.target | not)": "deleted  https://mp.weixin.qq.com/s/",
    "-name article.json": "paid: a paid article: only its preview was public",
    "gunzip": r"\d{4,}\n",
    "edits[]": "video.md|2026-03-07.md",
    "git log": "First night",
}


@missing_tools
def test_the_commands_of_the_document_do_what_it_says(repository: Path) -> None:
    for text in BLOCKS:
        done = run(text, repository)
        assert (done.returncode, done.stderr) == (0, ""), text
    for part in CHECKS.values():
        assert run(block(part), repository).stdout == ""
    for part, answer in ANSWERS.items():
        assert re.search(answer, run(block(part), repository).stdout), part
    git = run(block("git log"), repository).stdout
    assert "!! catalogue.db" in git
    assert "!! reports/" in git
    assert not re.search("^(?!!!)[A-Z ?]{2} ", git, flags=re.MULTILINE)  # nothing but ignored files


@missing_tools
@pytest.mark.parametrize(
    ("check", "pattern"),
    [
        ("SHA256SUMS", "articles/*/*/*/article.md"),
        ("SHA256SUMS", "articles/*/*/*-v1/version.json"),
        ("names", "images/*/*"),
        ("names", "media/*/*"),
        ("lines", "links.jsonl"),
        ("lines", "journal.jsonl"),
    ],
)
def test_the_commands_of_the_document_notice_one_wrong_byte(copy: World, check: str, pattern: str) -> None:
    file = min(copy.archive.glob(pattern))
    data = file.read_bytes()
    at = data.index(b'":"') + 3 if check == "lines" else len(data) // 2
    file.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    done = run(block(CHECKS[check]), copy.archive)
    assert file.name in done.stdout
    assert bool(done.returncode) == (check != "lines")


def test_the_journal_is_enough_to_take_a_rewrite_back(corpus: Path) -> None:
    last = {entry["note"]: entry for entry in lines(corpus / "archive/journal.jsonl") if entry["action"] == "rewrite"}
    originals = corpus / "originals"
    notes = [path.relative_to(originals).as_posix() for path in sorted(originals.rglob("*.md"))]
    rewritten = [note for note in notes if note in last and (corpus / "notes" / note).exists()]
    assert {"2026/moved.md", "bom.md", "gb18030.md", "fixtures.md"} <= set(rewritten)
    for note in rewritten:
        data, encoding = (corpus / "notes" / note).read_bytes(), "gb18030" if note.startswith("gb") else "utf-8"
        for edit in reversed(last[note]["edits"]):
            at, end = edit["offset"], edit["offset"] + edit["length"]
            data = data[:at] + edit.get("original", "").encode(encoding) + data[end:]
        assert data == (originals / note).read_bytes()
