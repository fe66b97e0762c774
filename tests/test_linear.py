"""A page of any size and shape is read, and written, by work that grows with its size; one that is too complex is told
from an article soon."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archiver.archive.record import StoredFiles, make_record
from archiver.dom import MAX_DEPTH, MAX_ELEMENTS
from archiver.errors import TooComplexError
from archiver.models import Article, Capture, StoredImage
from archiver.render.html import render_html
from archiver.render.markdown import render_markdown
from archiver.render.plain import page_text
from archiver.wechat.page import read_page
from tests.render.samples import MOMENT
from tests.work import LINEAR, growth, lines_run

URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
IDS = '<script>var biz = "MzA=="; var mid = "1"; var idx = "1"; var msg_title = "题"; var ct = "1600000000";</script>'
CAPTURE = Capture(URL, URL, 200, b"", MOMENT, "http")


def page(body: str) -> bytes:
    return f"<html><body>{IDS}<div id='js_content'>{body}</div></body></html>".encode()


def write(body: str) -> str:
    """Read a page and write it, in HTML and Markdown, with all its images missing; what it says."""
    article = read_page(page(body), URL)
    assert isinstance(article, Article), article
    missing = [StoredImage(image.key, image.url, error="x") for image in article.images]
    record = make_record(article, CAPTURE, URL, StoredFiles(missing))
    images = {image.url: image for image in record.images}
    html = render_html(article, record, images)
    return render_markdown(article, record, images) + page_text(html)


def image(n: int) -> str:
    return f'<img data-src="https://mmbiz.qpic.cn/mmbiz_png/{n:032}/640?wx_fmt=png">'


def drawn(n: int) -> str:
    return f'<image href="https://mmbiz.qpic.cn/mmbiz_png/{n:032}/640?wx_fmt=png"/>'


SHAPES: dict[str, Callable[[int], str]] = {
    "images": lambda n: "".join(image(k) for k in range(n)),
    "images in a drawing": lambda n: "<svg>" + "".join(map(drawn, range(n))) + "</svg>x",
    "images in text in a drawing": lambda n: (
        f"<svg><foreignobject>{''.join(map(image, range(n)))}</foreignobject></svg>"
    ),
    "data tables": lambda n: "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>" * n,
    "what is dropped": lambda n: "<input><button>b</button><canvas></canvas>a" * n,
    "declarations": lambda n: "<!doctype x>a" * n,
    "embeds": lambda n: "a<embed>" * n,
    "cards": lambda n: "<p>" + '<mp-common-profile data-nickname="a" data-id="b"></mp-common-profile>' * n + "</p>",
    "line breaks": lambda n: f"<p>{'a<br> <span> </span><br>' * n}</p>",
    "marks": lambda n: f"<p>{'<b>a</b>，<i>b</i> ' * n}</p>",
    "spaces and marks": lambda n: f"<p><b>{' ，*' * n}</b></p>",
    "lines of the frame": lambda n: "<div>微信扫一扫" * n + "a",
    "nested": lambda n: "<section><p>a</p>" * n,
    "nested lists": lambda n: "<ul><li>a" * n,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_work_grows_with_the_size(shape: str) -> None:
    assert growth(lambda size: write(SHAPES[shape](size)), 150) < LINEAR


@pytest.mark.parametrize(
    ("opening", "between"),
    [
        ("<table><tr><td>", "</table><tr><td>"),
        ("<ul><li>", "</ul><li>"),
        ("<div><p>", "</div><p>"),
        ("<b><i>", "</b><i>"),
    ],
)
@pytest.mark.parametrize("times", [100, 400])
def test_elements_that_look_alike(opening: str, between: str, times: int) -> None:
    """The DOM library takes two of them for one where it compares all that they hold."""
    assert "深处" in write(opening * times + "深处" + between * times)


def test_one_paragraph_is_one_piece() -> None:
    """Whether it is set in bold or not: 18 MB of it are written as fast as they are read."""

    def paragraphs(size: int) -> str:
        return write(f"<p>{'字，' * size}</p><p><b>{'字，' * size}</b></p>")

    paragraphs(100)
    assert lines_run(lambda: paragraphs(10_000)) < 1.5 * lines_run(lambda: paragraphs(100))
    assert "字，" * 2_000_000 in write(f"<p>{'字，' * 2_000_000}</p>")


@pytest.mark.parametrize("body", ["<div>" * 100_000, "<p>a</p>" * (MAX_ELEMENTS + 1)])
def test_too_many_elements(body: str) -> None:
    def refuse() -> None:
        with pytest.raises(TooComplexError, match="elements; an article has at most 50,000"):
            read_page(page(body), URL)

    assert lines_run(refuse) < 10_000, "that is told before a tree is made"


def test_too_deep() -> None:
    with pytest.raises(TooComplexError, match="more than 10,000 deep"):
        read_page(page("<div>" * MAX_DEPTH), URL)


def test_as_many_and_as_deep_as_can_be() -> None:
    assert "底" in write("<section>" * 5000 + "底")
    assert write("<p>段</p>" * 4000).count("段") == 8000
