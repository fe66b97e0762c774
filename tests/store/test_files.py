"""Whole files or none; folders renamed in whole; JSON lines that survive a crash."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.config.templates import MAX_BYTES
from archiver.errors import DamageError, LockedError, StoreError
from archiver.models import Status, UrlKind
from archiver.store.articles import ArticleFolders
from archiver.store.files import append_synced, write_atomic, write_if_changed
from archiver.store.lines import FORGOTTEN, LinkEntry, append_lines, read_lines
from archiver.store.link_table import LinkTable
from archiver.store.lock import archive_lock
from archiver.store.names import folder_name


def test_write_atomic_leaves_no_other_file(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b.txt"
    write_atomic(target, b"one")
    write_atomic(target, b"two")
    assert target.read_bytes() == b"two"
    assert os.listdir(target.parent) == ["b.txt"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    (target / "inside").write_bytes(b"1")
    with pytest.raises(StoreError, match="cannot write"):
        write_atomic(target, b"a file cannot replace a folder")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
    assert (target / "inside").read_bytes() == b"1"


def test_write_if_changed_does_not_touch_equal_content(tmp_path: Path) -> None:
    target = tmp_path / "x"
    assert write_if_changed(target, b"same")
    before = target.stat()
    assert not write_if_changed(target, b"same")
    assert (target.stat().st_mtime_ns, target.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert write_if_changed(target, b"diff")


def test_article_folder_is_replaced_in_whole(tmp_path: Path) -> None:
    folders = ArticleFolders(tmp_path)
    folder = "articles/2022/03/x"
    folders.write(folder, {"article.json": b"{}", "old.txt": b"1"})
    folders.write(folder, {"article.json": b"[]"})
    assert os.listdir(tmp_path / folder) == ["article.json"]
    assert sorted(os.listdir(tmp_path / "articles/2022/03")) == ["SHA256SUMS", "x"]
    assert folders.read(folder, "article.json") == b"[]"
    assert [found for found, _, _ in folders.records()] == [folder]


def test_recover_finishes_an_interrupted_replacement(tmp_path: Path) -> None:
    folders = ArticleFolders(tmp_path)
    month = tmp_path / "articles/2022/03"
    for name in ("a", ".old-a", ".old-b", ".tmp-c"):
        (month / name).mkdir(parents=True)
        (month / name / "article.json").write_text(name)
    folders.recover()
    assert sorted(os.listdir(month)) == ["SHA256SUMS", "a", "b"]
    assert (month / "a/article.json").read_text() == "a"
    assert (month / "b/article.json").read_text() == ".old-b"


@given(st.text(max_size=80), st.text(max_size=200))
def test_folder_names_are_safe_everywhere(account: str, title: str) -> None:
    folder = folder_name("0123456789ab", datetime(2022, 3, 31, 20, tzinfo=UTC), account, title)
    assert folder.startswith("articles/2022/04/2022-04-01")  # Beijing is eight hours ahead
    name = folder.removeprefix("articles/2022/04/")
    assert name.endswith("-0123456789ab")
    assert len(name.encode()) <= MAX_BYTES
    assert not set(name) & set('/\\:*?"<>|. \t\n%#&()[]\u200b\u202e')


def test_folder_name_reads_well() -> None:
    name = folder_name("0123456789ab", datetime(2022, 3, 7, 1, tzinfo=UTC), "机器之心", "CVPR 2022 | 即插即用！(开源)")
    assert name == "articles/2022/03/2022-03-07-机器之心-CVPR-2022-即插即用-开源-0123456789ab"
    assert folder_name("0123456789ab", None, "", "") == "articles/undated/undated-0123456789ab"


def entry(url: str = "https://mp.weixin.qq.com/s/a", **changes: object) -> LinkEntry:
    values = {"url": url, "kind": UrlKind.ARTICLE, "status": Status.PENDING, **changes}
    return LinkEntry(**values)  # type: ignore[arg-type]


def test_links_are_appended_at_once_and_sorted_in_the_end(tmp_path: Path) -> None:
    path = tmp_path / "links.jsonl"
    table = LinkTable(path)
    table.put(entry("https://mp.weixin.qq.com/s/b"))
    table.put(entry("https://mp.weixin.qq.com/s/a"))
    table.put(entry("https://mp.weixin.qq.com/s/b", status=Status.ARCHIVED, target="articles/x", checked="2026-01-01"))
    assert len(path.read_bytes().splitlines()) == 3
    assert list(LinkTable(path)) == list(table)
    table.compact()
    assert [value["url"][-1] for _, value in read_lines(path)] == ["a", "b"]
    assert {e.url: e for e in LinkTable(path)} == {e.url: e for e in table}


def test_an_idle_compact_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "links.jsonl"
    table = LinkTable(path)
    table.compact()
    assert not path.exists()
    table.put(entry())
    table.compact()
    before = path.stat().st_mtime_ns
    LinkTable(path).compact()
    table.put(entry())
    assert path.stat().st_mtime_ns == before


def test_gits_union_merge_is_read_by_the_last_check(tmp_path: Path) -> None:
    path = tmp_path / "links.jsonl"
    newer = {"url": "u", "kind": "article", "status": "archived", "checked": "2026-02-02T00:00:00+00:00"}
    older = {"url": "u", "kind": "article", "status": "pending", "checked": "2026-01-01T00:00:00+00:00"}
    append_lines(path, [newer, older])
    found = LinkTable(path).get("u")
    assert found is not None
    assert found.status is Status.ARCHIVED


EARLY, LATE = "2026-01-01T00:00:00+00:00", "2026-02-02T00:00:00+00:00"
COPY = {"status": Status.ARCHIVED, "target": "articles/x"}
FORGET = {"status": Status.REFUSED, "reason": FORGOTTEN, "target": "articles/x"}


@pytest.mark.parametrize(
    ("counts", "other"),
    [
        pytest.param(
            {**COPY, "via": "https://web.archive.org/web/2020id_/x", "checked": EARLY},
            {"status": Status.DELETED, "checked": EARLY},
            id="a rescue asks WeChat nothing",
        ),
        pytest.param({**COPY, "checked": EARLY}, {"status": Status.DELETED, "checked": LATE}, id="one machine had it"),
        pytest.param({**COPY, "checked": EARLY}, {**COPY, "status": Status.PARTIAL, "checked": EARLY}, id="completed"),
        pytest.param(
            {"status": Status.PENDING, "added": True}, {"status": Status.PENDING, "since": "2026-01-01"}, id="added"
        ),
        pytest.param({**COPY, "saved": LATE, "checked": EARLY}, {**COPY, "checked": EARLY}, id="saved"),
        pytest.param(
            {"status": Status.EXPIRED, "checked": EARLY, "sought": 3},
            {"status": Status.EXPIRED, "checked": EARLY, "sought": 2, "seek": LATE},
            id="sought once more",
        ),
        pytest.param({**FORGET, "checked": EARLY}, {**COPY, "checked": LATE}, id="forgotten here, looked at there"),
        pytest.param({**COPY, "checked": LATE, "added": True}, {**FORGET, "checked": EARLY}, id="added since"),
    ],
)
def test_in_gits_union_merge_the_line_of_an_idle_machine_undoes_nothing(
    tmp_path: Path, counts: dict[str, object], other: dict[str, object]
) -> None:
    right, wrong = entry(**counts), entry(**other)  # type: ignore[arg-type]
    for order in ([right, wrong], [wrong, right]):
        path = tmp_path / "links.jsonl"
        append_lines(path, [{k: v for k, v in asdict(line).items() if v} for line in order])
        assert list(LinkTable(path)) == [right]
        path.unlink()


def test_who_names_a_forgotten_article_gets_it_though_the_run_dies_at_once(tmp_path: Path) -> None:
    table = LinkTable(tmp_path / "links.jsonl")
    table.put(entry(**FORGET, checked=EARLY))
    table.put(entry(added=True, checked=EARLY))
    assert list(LinkTable(tmp_path / "links.jsonl")) == list(table)


def test_a_cut_off_last_line_is_dropped_and_any_other_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"a":1}\n{"b":')
    assert [value for _, value in read_lines(path)] == [{"a": 1}]
    append_lines(path, [{"c": 3}])
    assert [value for _, value in read_lines(path)] == [{"a": 1}, {"c": 3}]
    assert path.read_bytes().startswith(b'{"a":1}\n{"c":3,"check":"')
    append_synced(path, b"garbage\n")
    with pytest.raises(DamageError, match=r"x\.jsonl:3"):
        list(read_lines(path))


def test_a_last_line_that_only_lacks_its_end_counts(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"a":1}\n{"b":2}')
    assert [value for _, value in read_lines(path)] == [{"a": 1}, {"b": 2}]
    append_lines(path, [{"c": 3}])
    assert [value for _, value in read_lines(path)] == [{"a": 1}, {"b": 2}, {"c": 3}]


def test_a_wrong_entry_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "links.jsonl"
    append_lines(path, [{"url": "u", "kind": "article", "status": "lost"}])
    with pytest.raises(DamageError, match=r"links\.jsonl:1.*lost"):
        LinkTable(path)


def test_one_at_a_time(tmp_path: Path) -> None:
    with archive_lock(tmp_path), pytest.raises(LockedError, match="another archiver"), archive_lock(tmp_path):
        pass
    with archive_lock(tmp_path):
        assert tmp_path.is_dir()
