"""Formats of other versions: an older one is read as it is, a newer one is refused before anything is changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archiver.archive.context import Clock
from archiver.archive.open_archive import open_archive
from archiver.cli import app
from archiver.errors import DamageError, NewerFormatError
from archiver.fixity.verify import verify
from archiver.models import Status, UrlKind
from archiver.models.findings import FindingKind
from archiver.store.lines import SCHEMAS, LinkEntry, read_lines
from archiver.store.link_table import LinkTable
from archiver.store.sums import Checksums
from archiver.tasks.mend import mend_archive
from tests.world import World

NEWER = {"article": 2, "album": 2, "link": 4, "journal": 3}


def compact(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def line(value: dict[str, Any]) -> bytes:
    """A line with its checksum, as docs/format.md describes it."""
    return compact({**value, "check": hashlib.sha256(compact(value)).hexdigest()[:8]})


def indented(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def change_record(archive: Path, number: int, name: str = "article.json", *, listed: bool = True) -> Path:
    file = min(archive.glob(f"articles/*/*/*/{name}"))
    file.write_bytes(file.read_bytes().replace(b'"schema": 1', b'"schema": %d' % number, 1))
    if listed:
        Checksums(archive).refresh(file.parent.relative_to(archive).as_posix())
    return file


def change_album(archive: Path, number: int) -> Path:
    file = min(archive.glob("albums/*.json"))
    value = json.loads(file.read_bytes()) | {"schema": number}
    del value["check"]
    value["check"] = hashlib.sha256(indented(value)).hexdigest()[:16]
    file.write_bytes(indented(value) + b"\n")
    return file


def change_last_line(archive: Path, name: str, **members: Any) -> Path:
    """Give the last line further members, and its checksum anew."""
    file = archive / name
    *others, last = file.read_bytes().splitlines()
    value = json.loads(last)
    del value["check"]
    file.write_bytes(b"\n".join([*others, line({**value, **members}), b""]))
    return file


CHANGE: dict[str, Callable[[Path, int], Path]] = {
    "article": change_record,
    "album": change_album,
    "link": lambda archive, number: change_last_line(archive, "links.jsonl", schema=number),
    "journal": lambda archive, number: change_last_line(archive, "journal.jsonl", schema=number),
}


def refuses(world: World, call: Callable[[], object], file: Path) -> None:
    """`call` must be refused, name the file, and change nothing."""
    before = world.tree()
    world.replica.clear_requests()
    with pytest.raises(NewerFormatError, match=r"written by a newer archiver \(schema [2-4], .*: upgrade") as error:
        call()
    assert file.name in str(error.value)
    assert error.value.exit_code == 2
    assert (world.tree(), world.replica.requests) == (before, [])


@pytest.mark.parametrize("kind", NEWER)
def test_a_newer_format_is_refused(copy: World, kind: str) -> None:
    file = CHANGE[kind](copy.archive, NEWER[kind])
    refuses(copy, copy.sync, file)
    refuses(copy, lambda: verify(copy.config), file)
    refuses(copy, lambda: mend_archive(copy.config, Clock()), file)


def test_an_earlier_version_of_a_newer_format_is_not_mended(copy: World) -> None:
    file = change_record(copy.archive, 2, "version.json")
    refuses(copy, lambda: verify(copy.config), file)
    refuses(copy, lambda: mend_archive(copy.config, Clock()), file)


@pytest.mark.parametrize("command", ["sync --dry-run", "status", "restore", "reparse", "gc", "build", "search x"])
def test_every_command_refuses(copy: World, command: str) -> None:
    file = change_last_line(copy.archive, "links.jsonl", schema=SCHEMAS["links.jsonl"] + 1)
    words = [*command.split(), "--config", str(copy.root / "config.toml")]
    refuses(copy, lambda: app(words, standalone_mode=False), file)


def test_the_exit_code_says_that_it_is_for_the_user_to_act(copy: World) -> None:
    change_last_line(copy.archive, "links.jsonl", schema=SCHEMAS["links.jsonl"] + 1)
    done = copy.cli("sync")
    assert (done.returncode, "upgrade archiver" in done.stderr) == (2, True), done.stderr


def test_a_digit_that_rotted_is_damage_and_no_newer_format(copy: World) -> None:
    file = change_record(copy.archive, 3, listed=False)
    path = file.relative_to(copy.archive).as_posix()
    found = {finding.kind for finding in verify(copy.config) if finding.path == path}
    assert found >= {FindingKind.UNREADABLE, FindingKind.CHANGED}


@pytest.mark.parametrize("number", [0, -1, 1.0, True, "1", None])
def test_what_is_no_number_of_a_format_is_damage(tmp_path: Path, number: object) -> None:
    file = tmp_path / "links.jsonl"
    file.write_bytes(line({"url": "a"}) + b"\n" + line({"url": "b", "schema": number}) + b"\n" + line({"url": "c"}))
    told: list[int] = []
    assert [value["url"] for _, value in read_lines(file, lambda at, _: told.append(at))] == ["a", "c"]
    assert told == [2]
    with pytest.raises(DamageError, match=r"links\.jsonl:2: `schema` must be a whole number from 1"):
        list(read_lines(file))


def test_a_line_has_the_first_format_that_can_say_it(tmp_path: Path) -> None:
    table = LinkTable(tmp_path / "links.jsonl")
    first = LinkEntry("https://mp.weixin.qq.com/s/A", UrlKind.ARTICLE, Status.WALL)
    second = replace(first, url="https://mp.weixin.qq.com/s/B", walls=2)
    third = replace(first, url="https://mp.weixin.qq.com/s/C", status=Status.BLOCKED, sought=1)
    table.put(first, second, third)
    table.compact()
    told = [json.loads(text) for text in (tmp_path / "links.jsonl").read_bytes().splitlines()]
    assert [value.get("schema") for value in told] == [None, 2, 3]
    assert list(LinkTable(tmp_path / "links.jsonl")) == [first, second, third]


def test_the_first_format_is_read_with_and_without_what_came_later(copy: World) -> None:
    """The first archives had no `links` in article.json, no `check` and no `unsure` in lines; `schema` may be said."""
    records = {}
    for file in copy.archive.glob("articles/*/*/*/article.json"):
        value = json.loads(file.read_bytes())
        value.pop("links")
        file.write_bytes(indented(value) + b"\n")
        Checksums(copy.archive).refresh(file.parent.relative_to(copy.archive).as_posix())
        records[file] = file.read_bytes()
    for name in ("links.jsonl", "journal.jsonl"):
        values = [json.loads(text) for text in (copy.archive / name).read_bytes().splitlines()]
        for number, value in enumerate(values):
            del value["check"]
            for edit in value.get("edits", []):
                edit.pop("unsure", None)
            if number % 2:
                value.setdefault("schema", 1)
        (copy.archive / name).write_bytes(b"".join(compact(value) + b"\n" for value in values))
    (copy.archive / "catalogue.db").unlink()
    with open_archive(copy.archive) as archive:
        assert len(archive.links) == len((copy.archive / "links.jsonl").read_bytes().splitlines())
        assert archive.journal.last("2026-03-07.md")
        assert {archive.root / folder / "article.json" for folder in archive.catalogue.all_folders()} == set(records)
    assert [problem for problem in verify(copy.config) if problem.damage] == []
    assert {file: file.read_bytes() for file in records} == records
