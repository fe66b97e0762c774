"""Archives that older versions of archiver left are read, checked, synced and given back by this one.

Each `fixtures/archive_*.tar.gz` was packed once by the version that it is named after; see older_archive.py.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from archiver.dom import parse
from tests.older_archive import LOST, NIGHTS, RESTORED, unpack, web_of_today
from tests.replica import Replica
from tests.world import World, broken

PACKED = sorted((Path(__file__).parent / "fixtures").glob("archive_*.tar.gz"))
# Patterns of paths that a newer archiver writes anew in an older archive, each with its reason.
MEANT_TO_CHANGE: tuple[str, ...] = (
    # Search from disk reads grams and texts where it read sketches and articles.
    *("archive/site/search.html", "archive/site/search.js", "archive/site/grams.js", "archive/site/search/*.js"),
    "archive/site/folding.js",  # the search page holds its scripts
    "archive/site/early.js",
)


class Older(NamedTuple):
    """An older folder, and its notes as their user wrote them."""

    world: World
    originals: dict[str, bytes]


@pytest.fixture
def replica() -> Iterator[Replica]:
    """The web after the nights that the folder has behind it."""
    with web_of_today() as running:
        yield running
    assert running.refused_requests == []


@pytest.fixture
def state() -> str:
    """Whether index and machine state are there, of the older version, or not."""
    return "on disk"


both_states = pytest.mark.parametrize("state", ["on disk", "from git"])


@pytest.fixture(params=PACKED, ids=lambda path: path.name.partition(".")[0])
def older(request: pytest.FixtureRequest, tmp_path: Path, replica: Replica, state: str) -> Older:
    world = World(tmp_path, replica)
    originals = unpack(request.param, world)
    if state == "from git":
        shutil.rmtree(world.archive / "reports")
        for file in world.archive.glob("catalogue.db*"):
            file.unlink()
    return Older(world, originals)


def digests(world: World) -> dict[str, str]:
    return {path: digest for path, (digest, _) in world.tree().items()}


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    paths = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    return {path for path in paths if not any(fnmatch(path, pattern) for pattern in MEANT_TO_CHANGE)}


def json_of(world: World, *arguments: str) -> list[dict[str, Any]]:
    """What a command prints with --json, line by line; it ends with 0."""
    done = world.cli(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_it_holds_what_it_is_for(older: Older) -> None:
    links = {entry["status"] for entry in older.world.links().values()}
    assert links == {"archived", "partial", "deleted"}
    assert len(list(older.world.archive.glob("articles/**/version.json"))) == 1
    assert len(list(older.world.archive.glob("albums/*.json"))) == 1
    assert {path.suffix for path in older.world.archive.glob("media/*/*")} == {".mp3", ".mp4"}
    journal = (older.world.archive / "journal.jsonl").read_text("utf-8").splitlines()
    assert {json.loads(line)["action"] for line in journal} == {"rewrite", "move", "restore"}
    assert (older.world.root / "made.json").is_file()


@both_states
def test_it_is_read_and_found_whole(older: Older) -> None:
    before = digests(older.world)
    assert json_of(older.world, "verify")[-1]["damaged"] == 0
    (status,) = json_of(older.world, "status")
    assert status["links"]["article"] == {"archived": 8, "partial": 1, "deleted": 1}
    assert (status["archive"]["articles"], status["archive"]["partial"]) == (9, 1)
    found, _ = json_of(older.world, "search", "补充了一段")
    assert found["title"] == "改过的文章"
    assert Path(found["path"]).is_file()
    (garbage,) = json_of(older.world, "gc")
    assert garbage["files"] == []
    assert changed(before, digests(older.world)) == set()


RENEWED = {
    "archive/README.md",  # it says "images" where 0.1 said "pictures"
    "archive/articles/2020/11/README.md",  # it says "1 article" where 0.1 said "1 articles"
    "notes/gb18030.md",  # its paths are percent-encoded now, so the journal got a line and was folded
    "archive/journal.jsonl",
}


def is_of_the_reader(path: str) -> bool:
    """Whether a file is one of the reader's, or lists its pages: a newer program brings it up to date."""
    return path.startswith("archive/site/") or path.endswith(("/index.html", "/SHA256SUMS"))


def bodies(world: World) -> dict[Path, str]:
    """What the pages of articles show as their bodies."""
    return {file: shown(file) for file in sorted(world.archive.glob("articles/**/article.md"))}


@both_states
def test_a_night_asks_nothing_and_changes_nothing(older: Older) -> None:
    before, texts = digests(older.world), bodies(older.world)
    assert older.world.sync(now=lambda: NIGHTS[-1] + timedelta(hours=1)).exit_code == 0
    assert older.world.replica.requests == []
    after = digests(older.world)
    assert {path for path in changed(before, after) if not is_of_the_reader(path)} == RENEWED
    assert bodies(older.world) == texts
    assert json_of(older.world, "verify")[-1]["damaged"] == 0
    assert older.world.sync(now=lambda: NIGHTS[-1] + timedelta(hours=2)).exit_code == 0
    assert changed(after, digests(older.world)) == set()


@both_states
def test_the_work_goes_on_where_it_stood(older: Older) -> None:
    """The image that was missing comes a night later; nothing else is asked for, and no other article written."""
    world, before = older.world, digests(older.world)
    (partial,) = (folder for folder, record in zip(world.article_folders(), world.articles(), strict=True)
                  if record["status"] == "partial")  # fmt: skip
    world.replica.clear_faults(LOST.key)
    assert world.sync(now=lambda: NIGHTS[-1] + timedelta(days=2)).exit_code == 0
    assert [LOST.key in request.url for request in world.replica.requests] == [True]
    assert {record["status"] for record in world.articles()} == {"archived"}
    after = digests(world)
    written = {
        path
        for path in changed(before, after)
        if "/articles/" in path and not path.endswith(("README.md", "SUMS")) and not is_of_the_reader(path)
    }
    assert {(world.root / path).parent for path in written} == {partial}
    assert broken(partial / "article.md") == []
    assert json_of(world, "verify")[-1]["damaged"] == 0


def test_its_notes_are_given_back_byte_for_byte(older: Older) -> None:
    assert older.originals.keys() == {
        p.relative_to(older.world.notes).as_posix() for p in older.world.notes.rglob("*.md")
    }
    rewritten = {path for path, text in older.originals.items() if (older.world.notes / path).read_bytes() != text}
    assert rewritten == older.originals.keys() - {RESTORED}
    done = older.world.cli("restore")
    assert done.returncode == 0, done.stderr
    for path, text in older.originals.items():
        assert (older.world.notes / path).read_bytes() == text, path


def test_reparse_loses_no_text(older: Older) -> None:
    files = sorted(older.world.archive.glob("articles/**/article.md"))
    before = {file: file.read_text("utf-8") for file in files}
    assert len(files) == 10
    pages = {file: shown(file) for file in files}
    (done,) = json_of(older.world, "reparse")
    assert (done["failed"], done["without_capture"]) == (0, 0)
    assert (done["changed"], done["unchanged"]) == (9, 0)  # the tenth is an earlier version, which stays as it is
    for file, text in before.items():
        now = letters(file.read_text("utf-8"))
        assert [line for line in text.splitlines() if letters(line) not in now] == [], file
        assert letters(pages[file]) in letters(shown(file)), file
    for record in older.world.articles():
        for what, share in record["coverage"].items():
            assert min(share["markdown"], share["html"]) == share["source"] or what == "images", record["title"]
    assert json_of(older.world, "verify")[-1]["damaged"] == 0


def shown(file: Path) -> str:
    """What the page beside an article.md shows as its body."""
    body = parse(file.with_name("index.html").read_text("utf-8")).find("article")
    assert body
    return body.get_text(" ")


def letters(text: str) -> str:
    """What a Markdown text says: its letters and digits, without where its links lead to."""
    return "".join(filter(str.isalnum, re.sub(r"\]\([^)]*\)", "", text)))
