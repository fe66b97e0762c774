"""links.jsonl: which of two lines of one URL counts."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.models import Status, UrlKind
from archiver.store.lines import LinkEntry, json_line
from archiver.store.link_table import LinkTable
from tests.work import calls

URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"


def entry(status: Status, checked: str) -> LinkEntry:
    return LinkEntry(URL, UrlKind.ARTICLE, status, checked=f"{checked}T02:00:00+00:00")


def read(path: Path, written: str, *entries: LinkEntry) -> Status:
    """The status that counts in a file of these lines, last written then."""
    path.unlink(missing_ok=True)
    for each in entries:  # as a merge puts them, which asks nobody
        alone = path.with_name("alone.jsonl")
        alone.unlink(missing_ok=True)
        LinkTable(alone).put(each)
        path.write_bytes((path.read_bytes() if path.exists() else b"") + alone.read_bytes())
    moment = datetime.fromisoformat(f"{written}T03:00:00").replace(tzinfo=UTC).timestamp()
    os.utime(path, (moment, moment))
    found = LinkTable(path).get(URL)
    assert found
    return found.status


def test_of_two_merged_lines_the_one_that_was_checked_last_counts(tmp_path: Path) -> None:
    old, new = entry(Status.FAILED, "2026-03-01"), entry(Status.ARCHIVED, "2026-03-02")
    assert read(tmp_path / "links.jsonl", "2026-03-05", old, new) is Status.ARCHIVED
    assert read(tmp_path / "links.jsonl", "2026-03-05", new, old) is Status.ARCHIVED


def test_a_line_of_a_clock_that_was_ahead_does_not_beat_a_later_one(tmp_path: Path) -> None:
    ahead, later = entry(Status.FAILED, "2030-01-01"), entry(Status.ARCHIVED, "2026-03-02")
    assert read(tmp_path / "links.jsonl", "2026-03-02", ahead, later) is Status.ARCHIVED


@pytest.mark.parametrize("status", [Status.FAILED, Status.PARTIAL, Status.PENDING])
def test_what_is_put_counts_however_old_it_looks(tmp_path: Path, status: Status) -> None:
    """As after a repair that found a copy's image lost, and a run that was killed then."""
    table = LinkTable(tmp_path / "links.jsonl")
    table.put(entry(Status.ARCHIVED, "2026-03-02"))
    for now in (entry(status, "2026-03-02"), entry(status, "2026-03-01")):
        table.put(now)
        found = LinkTable(tmp_path / "links.jsonl").get(URL)
        assert found
        assert found.status is status


def test_every_wall_at_a_url_is_kept(tmp_path: Path) -> None:
    table = LinkTable(tmp_path / "links.jsonl")
    for day in ("2026-03-01", "2026-03-02"):
        table.put(entry(Status.WALL, day))
    found = LinkTable(tmp_path / "links.jsonl").get(URL)
    assert found
    assert found.checked.startswith("2026-03-02")


def nth(n: int, status: Status = Status.PENDING) -> LinkEntry:
    return LinkEntry(f"{URL}{n:03}", UrlKind.ARTICLE, status, "\u2028 why" if n % 2 else "", since="2022-03-01")


def left(path: Path, entries: int) -> str:
    """By what a file is known that a run has left, with so many entries."""
    table = LinkTable(path)
    table.put(*map(nth, range(entries)))
    table.compact()
    return table.compacted


def test_only_news_become_lines_again(tmp_path: Path) -> None:
    path, whole = tmp_path / "links.jsonl", tmp_path / "other.jsonl"
    table = LinkTable(path, compacted=left(path, 50))
    table.put(nth(7, Status.ARCHIVED), nth(60))
    assert calls(table.compact, json_line) == [2]
    left(whole, 50)
    other = LinkTable(whole)
    other.put(nth(60), nth(7, Status.ARCHIVED))
    other.compact()
    assert path.read_bytes() == whole.read_bytes()
    assert table.compacted == other.compacted


def test_lines_that_a_run_has_left_are_not_compared_with_each_other(tmp_path: Path) -> None:
    path = tmp_path / "links.jsonl"
    known, tables = left(path, 50), []
    assert calls(lambda: tables.append(LinkTable(path, compacted=known)), LinkTable._parse) == [0]
    assert list(tables[0]) == list(LinkTable(path))


def test_a_line_is_not_kept_that_somebody_changed_or_a_run_forgot(tmp_path: Path) -> None:
    path = tmp_path / "links.jsonl"
    table = LinkTable(path, compacted=left(path, 4))
    path.write_bytes(path.read_bytes().replace(b"why", b"how"))
    table.put(nth(2, Status.ARCHIVED))
    table.compact()
    assert [item.reason for item in LinkTable(path)] == [nth(n).reason for n in range(4)]
    table = LinkTable(path, compacted=table.compacted)
    table.remove(nth(1).url)
    table.put(nth(3, Status.ARCHIVED))
    table.compact()
    assert [(item.url, item.status) for item in LinkTable(path)] == [
        (nth(0).url, Status.PENDING),
        (nth(2).url, Status.ARCHIVED),
        (nth(3).url, Status.ARCHIVED),
    ]
