"""What is done once for a page, and no more often."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.archive.record import StoredFiles, make_record
from archiver.coverage.match import visible
from archiver.dom import Tag, inner_markup, parse
from archiver.models import Article, Capture, StoredImage
from archiver.render import tree
from archiver.render.html import render_html
from archiver.render.markdown import render_markdown
from archiver.wechat.page import read_page
from tests.render.samples import MOMENT
from tests.work import LINEAR, calls, growth

URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
FIXTURES = Path(__file__).parents[1] / "wechat" / "fixtures"
# A page of today has its body twice, in the page and in its data; only the fuller one is read into a tree.
PAGES = ("article-2026-plain-strings.html", "article-2022.html", "article-code-both-styles.html")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_into_one_tree_and_its_body_into_another(name: str) -> None:
    body = (FIXTURES / name).read_bytes()
    assert calls(lambda: read_page(body, URL), parse) == [1]
    article = read_page(body, URL)
    assert isinstance(article, Article)
    missing = [StoredImage(image.key, image.url, error="x") for image in article.images]
    record = make_record(article, Capture(URL, URL, 200, body, MOMENT, "http"), URL, StoredFiles(missing))
    images = {image.url: image for image in record.images}

    def render() -> None:
        render_html(article, record, images)
        render_markdown(article, record, images)

    tree._second.clear()
    assert calls(render, parse) == [1]


def test_the_tree_that_is_shared_stays_as_it_is() -> None:
    first, second = (tree.parse_body("<p class='a b'>甲<br></p><ruby>乙<rt>yi</rt></ruby>") for _ in range(2))
    for element in first.elements():
        element.name, element.attrs = "x", {}
        element.get_attribute_list("class").append("c")
        element.append("丙")
    assert inner_markup(second) == '<p class="a b">甲<br/></p><ruby>乙<rt>yi</rt></ruby>'
    assert second.get_text() == "甲乙"
    assert second.parent is None


def test_a_copy_has_lists_of_its_own() -> None:
    old = parse("<p class='a b'>甲</p>")
    new = old.copy()
    (paragraph,) = new.find_all("p")
    paragraph.get_attribute_list("class").append("c")
    assert [tag["class"] for tag in (*old.find_all("p"), paragraph)] == [["a", "b"], ["a", "b", "c"]]


@pytest.mark.parametrize("piece", ["<p>甲</p>", "<b>", "<p><b>甲</b>乙", "甲<br>", "<!-- c -->", "</div>", "<ul><li>"])
def test_work_grows_with_the_size(piece: str) -> None:
    def work(size: int) -> None:
        document = parse(piece * size)
        inner_markup(document.copy())
        document.get_text()
        document.find("nothing")
        document.select("p > b")
        for tag in document.find_all(True):
            assert isinstance(tag, Tag)
        visible("".join(document.stripped_strings))

    assert growth(work, 100) < LINEAR
