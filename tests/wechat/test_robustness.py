"""Damaged and arbitrary bytes: an Article, a Refusal or an error of our own, never anything else."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import ArchiverError
from archiver.models import Article, Refusal
from archiver.wechat.page import read_page
from archiver.wechat.slim import slim
from archiver.wechat.source import decode_page
from tests.wechat.checks import URL, check_read

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.html"))
SPLICES = [
    *[b"<", b">", b"'", b'"', b"</script>", b"<script>", b"<!--", b"-->", b"\\", b"{", b"}", b"\x00", b"\xff", b"&#0;"],
    *[b"&#xD800;", b"</div>", b"<svg>", b"<pre>", b"<p>", b"data-w='9e999'", b"style='display:none'", b"url(", b"\r"],
    *[b"<?xml ?>", b"<![CDATA[", b"<mp-x>", b"<iframe src='//[::1'>", b"href='http://[x'"],
    *[b"<p data-formula='x'>", b"<embed>", b"<embed src='//mmbiz.qpic.cn/mmbiz_svg/A/0'>", b"<mpvoice name='x'>"],
]


edits = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 200), st.sampled_from(SPLICES)), min_size=1, max_size=6
)


def mutated(page: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for where, length, splice in changes:
        at = int(where * len(page))
        page = page[:at] + splice + page[at + length :]
    return page


@settings(max_examples=150)
@given(st.sampled_from(FIXTURES), edits)
def test_mutated_pages(path: Path, changes: list[tuple[float, int, bytes]]) -> None:
    check_read(mutated(path.read_bytes(), changes))


@settings(max_examples=60)
@given(st.sampled_from(FIXTURES), edits)
def test_slim_agrees_on_mutated_pages(path: Path, changes: list[tuple[float, int, bytes]]) -> None:
    page = mutated(path.read_bytes(), changes)
    try:
        expected = read_page(page, URL)
    except ArchiverError:
        return
    assert read_page(slim(page), URL) == expected


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))  # four of 25,000 pages, to be run side by side
def test_many_mutated_pages(seed: int) -> None:
    chance = random.Random(seed)
    pages = [path.read_bytes() for path in FIXTURES]
    for _ in range(25_000):
        changes = [
            (chance.random(), chance.randint(0, 200), chance.choice(SPLICES)) for _ in range(chance.randint(1, 6))
        ]
        check_read(mutated(chance.choice(pages), changes))


@pytest.mark.slow
@settings(max_examples=10_000)
@given(st.sampled_from(FIXTURES), edits)
def test_mutated_pages_that_hypothesis_thinks_of(path: Path, changes: list[tuple[float, int, bytes]]) -> None:
    check_read(mutated(path.read_bytes(), changes))


@pytest.mark.slow
def test_pages_that_reach_further(tmp_path: Path) -> None:
    """Ten minutes of atheris, where it can be installed (Linux)."""
    pytest.importorskip("atheris")
    for path in FIXTURES:
        shutil.copy(path, tmp_path)
    options = ["-max_total_time=600", "-timeout=60", "-max_len=60000", f"-artifact_prefix={tmp_path}/"]
    command = [sys.executable, "-W", "ignore", "-m", "tests.wechat.fuzz", str(tmp_path), *options]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-5000:]


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_arbitrary_bytes(page: bytes) -> None:
    check_read(page)
    slim(page)


@pytest.mark.parametrize(
    "page", [b"", b"abc.html", b"http://example.com/", b"\x00" * 10, b"<?xml version='1.0'?><a/>", b"<"]
)
def test_bytes_that_are_no_page(page: bytes) -> None:
    assert isinstance(read_page(page, URL), Refusal)


def test_charsets() -> None:
    words = "三伏天，急诊室里有人“冻伤”了" * 50
    assert decode_page(words.encode()) == words
    assert decode_page(b"\xef\xbb\xbf" + words.encode()) == words
    assert decode_page(words.encode("gb18030")) == words
    assert decode_page(words.encode("utf-16")) == words
    # A cut-off download and a stray byte stay UTF-8.
    assert decode_page(words.encode()[:-1]).startswith(words[:-1])
    assert decode_page(b"\xff" + words.encode()).endswith(words)


def test_gb18030_under_a_utf8_label() -> None:
    page = (
        '<html><head><meta charset="utf-8"></head><body><div id="js_content"><p>正文是国标码</p></div>'
        '<script>var msg_title = "题目"; var mid = "1"; var biz = "MzA=="; var idx = "1";</script></body></html>'
    ).encode("gb18030")
    found = read_page(page, URL)
    assert isinstance(found, Article)
    assert (found.title, found.body) == ("题目", "<p>正文是国标码</p>")
    assert read_page(slim(page), URL) == found
    assert slim(page.replace(b'"utf-8"', b"gb2312")).decode().startswith("<html><head><meta charset=utf-8>")
