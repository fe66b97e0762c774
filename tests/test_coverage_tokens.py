"""The reader of tags that counts what a page shows."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from archiver.coverage.html import shown_in
from archiver.coverage.tokens import attributes, tokens
from tests.work import LINEAR, growth

FIXTURES = sorted((Path(__file__).parent / "wechat" / "fixtures").glob("article-*.html"))


class Parser(HTMLParser):
    """Python's own reader of HTML, in the same form."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.read.append((tag, {name: value or "" for name, value in reversed(attrs)}))

    def handle_endtag(self, tag: str) -> None:
        self.read.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is not None:
            return
        if self.read and self.read[-1][0] == "=":
            self.read[-1] += data  # a comment was between the two
        else:
            self.read.append(f"={data}")


def read(page: str) -> list[Any]:
    found: list[Any] = []
    for text, name, is_end, given, is_closed in tokens(page):
        if text:
            found.append(f"={text}")
        if name and not is_end:
            found.append((name, attributes(given)))
        if name and (is_end or is_closed):
            found.append(f"/{name}")
    return found


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_pages_are_read_as_python_reads_them(path: Path) -> None:
    page = path.read_text("utf-8", "replace")
    parser = Parser()
    parser.feed(page)
    parser.close()
    assert read(page) == parser.read


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("a<b>c</b>d", ["=a", ("b", {}), "=c", "/b", "=d"]),
        ("<A HREF=x Title='a>b' title=2>", [("a", {"href": "x", "title": "a>b"})]),
        ('<img alt="a&amp;b" src=x/>', [("img", {"alt": "a&b", "src": "x/"}), "/img"]),
        ("<br/><hr />", [("br", {}), "/br", ("hr", {}), "/hr"]),
        ("1 < 2 &lt; 3 <4", ["=1 < 2 < 3 <4"]),
        ("a<!-- <b> -->c<!x>d<?y?>e</>f", ["=acdef"]),
        ("a<!-- never closed <b>", ["=a"]),
        ("<script>if (a<b) '</p>'</script>c", [("script", {}), "/script", "=c"]),
        ("<style>never closed <p>", [("style", {})]),
        ("a<p title='never closed <b>c", ["=a<p title='never closed ", ("b", {}), "=c"]),
        ("", []),
    ],
)
def test_tags_and_text(page: str, found: list[Any]) -> None:
    assert read(page) == found


@pytest.mark.parametrize("piece", ["<a ", "<!", "</a", "<a b='", '<a b="c', "<!--", "<script>", '< a="', "&amp"])
def test_work_grows_with_the_size(piece: str) -> None:
    assert growth(lambda size: read(piece * size), 200) < LINEAR


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ('js_content <p title=js_content>甲</p><div ID="js_content">乙</div>', "乙"),
        ("<div id=js_content>乙<p>丙</p></div>丁", "乙丙"),
        ("<div id = 'js_content' x>乙", "乙"),
        ('id="js_content"><div id="js_content_2">乙</div>', None),
        ("", None),
    ],
)
def test_the_element_of_an_id(page: str, text: str | None) -> None:
    found = shown_in(page, "id", "js_content")
    assert (found.text if found else None) == text


def test_the_element_of_a_class() -> None:
    found = shown_in('rich_media_content<p class="a rich_media_content b">甲</p>', "class", "rich_media_content")
    assert found is not None
    assert found.text == "甲"
    assert shown_in("<p class=rich_media_content>甲</p>", "class", "rich_media_content") is None
