"""The HTML page: safe whatever the body holds, and complete."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.render.html import render_html
from archiver.render.markdown import body_markdown
from tests.render.safety import LOCAL, assert_safe
from tests.render.samples import IMAGES, LOST, ONE, PICTURES, RECORD, SHA_ONE, TWO, article

FIXTURES = Path(__file__).parent / "fixtures"
PARSERS = ("lxml", "html.parser")  # two readings: what one takes for text the other may take for an element


def page(body: str, parser: str = "lxml") -> BeautifulSoup:
    return BeautifulSoup(render_html(article(body), RECORD, IMAGES), parser)


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.html")), ids=lambda path: path.stem)
def test_fixture_is_safe(path: Path, parser: str) -> None:
    assert_safe(page(path.read_text(encoding="utf-8"), parser))


def test_hostile_text_is_kept() -> None:
    body = page((FIXTURES / "hostile.html").read_text(encoding="utf-8")).find("article")
    assert body is not None
    text = body.get_text()
    assert all(
        word in text for word in ("点", "点二", "点三", "表单", "正文", "图字", "内", "又一个题", "<script>文字")
    )
    assert "alert" not in text


PIECES = [
    "<p>", "</p>", "<svg>", "</svg>", "<math>", "<mtext>", "<style>", "</style>", "<!--", "-->", "<![CDATA[", "]]>",
    "<img src=x onerror=alert(1)>", '<a href="javascript:alert(1)">', "</a>", "<title>", "</title>", "<noscript>",
    "</noscript>", "<foreignObject>", "</foreignObject>", "<table>", "<td>", "</table>", "<template>", "</template>",
    "<script>", "</script>", "<h1>", '<p style="position:fixed;background:url(//evil.example/x)">', "</article>",
    "</body>", '" onload="alert(1)', "'", "<textarea>", "</textarea>", "text", "&lt;script&gt;", "<form action=x>",
    "<image href=//evil.example/a>", "<use href='data:image/svg+xml,x'>", "<plaintext>", "<frameset>", "<mglyph>",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@settings(max_examples=250)
def test_any_mixture_is_safe(body: str) -> None:
    html = render_html(article(body), RECORD, IMAGES)
    for parser in PARSERS:
        assert_safe(BeautifulSoup(html, parser))


def test_deep_nesting_is_no_error() -> None:
    for name in ("section", "blockquote", "strong", "svg", "font"):
        body = f"<{name}>" * 5000 + "底" + f"</{name}>" * 5000
        assert "底" in page(body).get_text()
        assert "底" in body_markdown(body, PICTURES)
    for opening in ("<ul><li>", "<table><tr><td>", "<svg><foreignObject>"):
        assert "底" in page(opening * 5000 + "底").get_text()
        assert "底" in body_markdown(opening * 5000 + "底", PICTURES)
    assert "底" in page(f'<p style="color: {"calc(" * 5000}; margin: {"{" * 5000}">底</p>').get_text()


def test_header_tells_where_it_is_from() -> None:
    title = "</title><script>alert(1)</script>\u202e倒"
    soup = BeautifulSoup(render_html(article("<p>x</p>", title), RECORD, IMAGES), "lxml")
    assert soup.html is not None
    assert soup.html["lang"] == "zh-CN"
    assert soup.title is not None
    assert soup.title.get_text() == "</title><script>alert(1)</script>倒"
    header = soup.find("header")
    assert header is not None
    assert header.find("bdi") is not None
    words = header.get_text(" ", strip=True)
    assert all(part in words for part in ("样例号", "甲 | 乙", "2022-03-05", "HTTP 404"))
    assert RECORD.url in [link["href"] for link in soup.select("header a")]
    unknown = replace(article("<p>x</p>", ""), published_at=None, author="")
    assert "无标题" in render_html(unknown, replace(RECORD, url="javascript:alert(1)"), {})


def test_images_are_local_with_their_size() -> None:
    soup = page(f'<img src="{ONE}" alt="一"><img src="{TWO}">')
    first, second = soup.find_all("img")
    assert first.attrs == {
        "src": f"{LOCAL}ab/{SHA_ONE}.png", "alt": "一", "width": "640", "height": "360", "loading": "lazy",
        "decoding": "async",
    }  # fmt: skip
    assert "width" not in second.attrs  # the SVG names no size


def test_tables_of_data_scroll_and_layout_tables_fit() -> None:
    soup = page((FIXTURES / "tables.html").read_text(encoding="utf-8"))
    data, layout = soup.find_all("table")
    assert data.parent is not None
    assert data.parent["class"] == ["table"]
    assert layout["class"] == ["layout"]


@pytest.mark.parametrize(
    ("style", "tinted"),
    [
        ("background: rgb(218, 251, 225)", True),
        ("background-color: #f6f7f8", True),
        ("background: linear-gradient(red, blue)", True),
        ("background-color: #fff", False),
        ("background: rgba(0, 0, 0, 0.1)", False),
        ("background: none; color: red", False),
        ("border: 1px solid red", False),
    ],
)
def test_coloured_boxes_stay_boxes_in_the_dark(style: str, tinted: bool) -> None:
    (box,) = page(f'<section style="{style}">字</section>').select(".body section")
    assert ("tint" in box.get_attribute_list("class")) == tinted


def test_missing_images_say_so() -> None:
    for body in (
        f'<p><img src="{LOST}"></p>',
        f'<section style="background: url({LOST})">x</section>',
        f'<svg><g><image xlink:href="{LOST}"></image></g></svg>',
    ):
        box = page(body).select_one("span.missing")
        assert box is not None, body
        assert "HTTP 404" in box.get_text()
        assert [link["href"] for link in box.select("a")] == [LOST]


def test_policy() -> None:
    soup = page("<p>x</p>")
    policy = soup.select("meta[http-equiv=Content-Security-Policy]")[0]
    assert "default-src 'none'" in str(policy["content"])
    assert "http" not in str(policy["content"])
