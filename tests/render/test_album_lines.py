"""An album's lines are read back from its Markdown as they were written, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import DamageError
from archiver.models import Album, AlbumArticle
from archiver.render.album import album_markdown, parse_album_lines
from archiver.render.text import beijing_date, title_of

URL = "https://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMQ==&mid=2650000013&idx=1&sn=x(1)&copy;=3"
TITLES = [
    "a * [b](c) \\ <x> _",
    "a — b",
    "&amp; &lt;",
    "`code` ~~x~~ **b** :smile:",
    "x\\",
    "1. a",
    "# b",
    "2026-01-01",
    "www.a.org<b> ftp://a<i>",
]


def written(*articles: AlbumArticle, copy: str = "") -> str:
    album = Album("33", URL, "1. 册", "号", "2. 第二句", len(articles) + 3, articles)
    return album_markdown(album, lambda _: copy)


def no_copy(path: str) -> str:
    raise AssertionError(path)


@pytest.mark.parametrize("moment", [None, datetime(2026, 1, 1, 20, tzinfo=UTC)])
def test_lines_are_read_back(moment: datetime | None) -> None:
    articles = [AlbumArticle(title, URL, moment) for title in TITLES]
    text = written(*articles)
    read = parse_album_lines(text, no_copy)
    assert [article.title for article in read] == TITLES
    assert {beijing_date(article.published_at) for article in read} == {beijing_date(moment)}
    assert written(*read) == text


def test_a_local_copy_tells_the_address() -> None:
    copy = "articles/2026/01/2026-01-01-号-题-0123456789ab/article.md"
    text = written(AlbumArticle("题", URL, None), copy=copy)
    asked: list[str] = []
    (article,) = parse_album_lines(text, lambda path: asked.append(path) or URL)  # type: ignore[func-returns-value]
    assert (article.url, asked) == (URL, [copy])


@given(st.text(), st.sampled_from([URL, "javascript:x", "https://mp.weixin.qq.com/s/(x"]))
def test_what_is_read_back_is_what_was_written(title: str, url: str) -> None:
    text = written(AlbumArticle(title, url, None))
    try:
        (article,) = parse_album_lines(text, no_copy)
    except DamageError:
        return
    assert written(article) == text


def test_most_titles_can_be_read_back() -> None:
    for code in range(0x20, 0x7F):
        title = f"a{chr(code)}b {chr(code)}"
        (article,) = parse_album_lines(written(AlbumArticle(title, URL, None)), no_copy)
        assert article.title == title_of(title)


@pytest.mark.parametrize(
    "line",
    ["2. [a](https://x.org/)", "1. [a](https://x.org/) — 2026-13-01", "1. ", "1. [a](<https://x.org/>)", "1. *a*"],
)
def test_a_changed_line_is_not_read(line: str) -> None:
    with pytest.raises(DamageError):
        parse_album_lines(f"# t\n\n{line}\n", no_copy)
