"""SHA256SUMS of a folder to which article after article comes."""

from __future__ import annotations

import gc
import hashlib
import tracemalloc
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.store.sums import Checksums, parse_sums, sums_text
from tests.work import lines_run

MONTH = "articles/2024/03"
NAMES = ("a", "a-b", "a.b", "ab", "a  b", "b", "文", "文章", "\uff5e", "\U0001f600", "\udcff", "\udc80x", "zz")
FILES = ("article.json", "capture.html.gz", "capture.slim.html.gz", "index.html", ".hidden")
Put = tuple[str, tuple[str, ...], bytes]
PUTS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.lists(st.sampled_from(FILES), unique=True).map(tuple), st.binary(max_size=1)),
    max_size=30,
)


def put(sums: Checksums, made: Put) -> None:
    name, files, data = made
    sums.put(f"{MONTH}/{name}", dict.fromkeys(files, data))


def filled(root: Path, articles: int) -> Checksums:
    """Of a folder with so many articles, and one that was put just now."""
    lines = {f"{n:06}/{name}": hashlib.sha256(name.encode()).hexdigest() for n in range(articles) for name in FILES[:4]}
    (root / MONTH).mkdir(parents=True)
    (root / MONTH / "SHA256SUMS").write_bytes(sums_text(lines))
    sums = Checksums(root)
    put(sums, ("first", FILES, b""))
    return sums


@given(PUTS)
def test_the_file_is_as_if_it_were_written_in_whole(tmp_path_factory: pytest.TempPathFactory, puts: list[Put]) -> None:
    root = tmp_path_factory.mktemp("sums")
    sums = Checksums(root)
    for made in puts:
        put(sums, made)
        once = (root / MONTH / "SHA256SUMS").read_bytes() if (root / MONTH).exists() else b""
        again = root / "again"
        (again / MONTH).mkdir(parents=True, exist_ok=True)
        put(Checksums(again), made)  # which knows of no put before
        assert (again / MONTH / "SHA256SUMS").read_bytes() == once == sums_text(parse_sums(once).sums)


def test_what_somebody_else_writes_between_two_articles_is_seen(tmp_path: Path) -> None:
    sums = filled(tmp_path, 3)
    path = tmp_path / MONTH / "SHA256SUMS"
    line = f"{'0' * 64}  zz/article.json\n".encode()
    path.write_bytes(line + path.read_bytes().replace(b"000001/index.html", b"000001/a/b"))
    put(sums, ("second", FILES, b""))
    data = path.read_bytes()
    assert data.endswith(line)
    assert b"000001/a/b" not in data  # it says nothing
    assert [sum(text.startswith("second/") for text in parse_sums(data).sums), parse_sums(data).bad] == [4, []]


def test_an_article_costs_the_same_in_a_full_folder(tmp_path: Path) -> None:
    few, many = (partial(put, filled(tmp_path / f"{n}", n), ("x", FILES, b"")) for n in (50, 800))
    assert lines_run(many) < 2 * lines_run(few)


def test_no_more_of_a_full_folder_is_held_than_its_file_twice(tmp_path: Path) -> None:
    sums = filled(tmp_path, 800)
    gc.collect()
    tracemalloc.start()
    try:
        put(sums, ("x", FILES, b""))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 2.5 * (tmp_path / MONTH / "SHA256SUMS").stat().st_size
