"""From a page to `article.md`: each hand-written page of tests/wechat/fixtures gives the Markdown beside it.

`UPDATE_GOLDEN=1` writes the files anew.
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.archive.record import StoredFiles, read_from_page, with_files
from archiver.models import Article, ArticleRecord, StoredImage
from archiver.models.media import StoredMedia
from archiver.render.html import render_html
from archiver.render.markdown import render_markdown
from archiver.wechat.page import read_page
from tests.render.safety import assert_safe

FIXTURES = sorted((Path(__file__).parent / "wechat" / "fixtures").glob("*.html"))
ARTICLES = [path for path in FIXTURES if isinstance(read_page(path.read_bytes(), ""), Article)]
URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
FOLDER = "articles/2026/01/2026-01-01-号-题-0123456789ab"
OTHER = "https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAyOA==&mid=2650000001&idx=1&sn=ab"
COPIES = {OTHER: "articles/2025/12/2025-12-31-原来的号-前一篇-ba9876543210"}


def stored(article: Article) -> ArticleRecord:
    """The article with every image, audio file and video in the archive."""
    images, media = [], []
    for ref in article.images:
        name = hashlib.sha256(ref.key.encode()).hexdigest()
        images.append(StoredImage(ref.key, ref.url, f"images/{name[:2]}/{name}.png", name, "image/png", 60, 40))
    for item in article.media:
        name = hashlib.sha256(item.key.encode()).hexdigest()
        path = f"media/{name[:2]}/{name}.bin"
        media.append(StoredMedia(item.kind, item.key, "", path, name, "application/octet-stream", 9))
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    fields = {**read_from_page(article), **with_files(article, StoredFiles(images, media))}
    return ArticleRecord(id="0123456789ab", folder=FOLDER, url=URL, aliases=(URL,), captured_at=moment, **fields)


def markdown(path: Path) -> str:
    article = read_page(path.read_bytes(), URL)
    assert isinstance(article, Article)
    record = stored(article)
    return render_markdown(article, record, {image.url: image for image in record.images}, COPIES)


def test_there_are_pages_of_many_kinds() -> None:
    assert len(ARTICLES) >= 20


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_golden_markdown(path: Path) -> None:
    golden, found = path.with_suffix(".md"), markdown(path)
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(found, "utf-8")
    assert found == golden.read_text("utf-8")


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_the_page_is_safe(path: Path) -> None:
    article = read_page(path.read_bytes(), URL)
    assert isinstance(article, Article)
    assert check_page(article) == len(article.media)


HOSTILE = [
    b"<script>alert(1)</script>",
    b"<img src=x onerror=alert(1)>",
    b"<a href='javascript:alert(1)'>x</a>",
    b"<base href=//x>",
    b"<meta http-equiv=refresh content='0;url=//x'>",
    b"<form action=//x><input>",
    b"<iframe src=//x></iframe>",
    b"<svg onload=x>",
    b"<video src=//x poster=//x onplay=x></video>",
    b"<audio src=//x autoplay></audio>",
    b"<p data-card=audio data-media='audio/x'>",
    b"<mpvoice voice_encode_fileid='\"><script>'>",
    b"style='position:fixed;background:url(//x)'",
    b"<style>@import '//x'</style>",
    b"<p style='background:url(javascript:x)'>",
    b"<link rel=stylesheet href=//x>",
    b"<embed src=//x>",
    b"</title>",
    b"-->",
    b"'\">",
]


@settings(max_examples=120)
@given(
    st.sampled_from(ARTICLES),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.sampled_from(HOSTILE)), min_size=1, max_size=6),
)
def test_hostile_pages_are_safe(path: Path, splices: list[tuple[float, bytes]]) -> None:
    page = path.read_bytes()
    for where, splice in splices:
        at = int(where * len(page))
        page = page[:at] + splice + page[at:]
    article = read_page(page, URL)
    if isinstance(article, Article):
        check_page(article)
        record = stored(article)
        render_markdown(article, record, {image.url: image for image in record.images}, COPIES).encode()


def check_page(article: Article) -> int:
    """Assert that the article's page is safe; how many players it has."""
    record = stored(article)
    soup = BeautifulSoup(render_html(article, record, {image.url: image for image in record.images}, COPIES), "lxml")
    players = soup.select("article audio, article video")
    count = len(players)
    for player in players:
        assert str(player["src"]).startswith("../../../../media/")
        assert str(player.get("poster", "../../../../images/")).startswith("../../../../images/")
        assert set(player.attrs) <= {"src", "controls", "preload", "poster"}
        player.decompose()
    for link in soup.select('article a[href^="../"]'):
        assert str(link["href"]).endswith("/index.html")
        link.unwrap()
    assert_safe(soup)
    return count
