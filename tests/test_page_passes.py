"""What a page needs no second look for: each short cut gives what the long way gives, and is taken."""

from __future__ import annotations

import contextlib
import gzip
import html
import re
import subprocess
import sys
import unicodedata
import zlib
from base64 import b64encode
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.archive.packing import gzipped
from archiver.archive.record import StoredFiles, make_record
from archiver.coverage import page as coverage_page
from archiver.coverage import scripts, tokens
from archiver.coverage.html import _Reader as CoverageReader
from archiver.coverage.html import shown_by
from archiver.coverage.match import normal
from archiver.coverage.scripts import LITERAL
from archiver.dom import Tag, inner_markup, markup, parse, parse_page, unescaped
from archiver.dom.parse import MAX_DEPTH, _depth
from archiver.errors import TooComplexError
from archiver.models import Article, Capture, StoredImage
from archiver.render import join, tree
from archiver.render.html import render_html
from archiver.render.markdown import render_markdown
from archiver.wechat import jsstring, plain
from archiver.wechat.body import Body, clean_body
from archiver.wechat.jsdata import read_inner_html
from archiver.wechat.jsvalue import Reader
from archiver.wechat.page import read_page
from tests.render.samples import MOMENT
from tests.work import calls

URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
PAGE = (Path(__file__).parent / "wechat" / "fixtures" / "article-2026-plain-strings.html").read_bytes()
SIGNS = [
    *"a(é中，。…？！“”、\xa0\u3000①ａ￥가각",
    "\u0301",
    "\u0338",
    "\u1100",
    "\u1161",
    "\u11a8",
    "\u3099",
    "か",
    "=",
]
ENTITIES = ["&nbsp;", "&lt;", "&gt;", "&quot;", "&amp;", "&lt", "&not", "&notin;", "&#39;", "&#3", "&", "#", ";"]
PIECES = ["<p>", "</p>", "<img src='x>y'>", "<", ">", "<script>", "</script>", "<STYLE>", "</style>", "a", "<>", "甲"]
INLINED = b'<img src="data:image/png;base64,' + b64encode(Random(7).randbytes(90_000)) + b'">'


@given(st.lists(st.sampled_from(SIGNS) | st.characters(exclude_categories=["Cs"]), max_size=9).map("".join))
def test_signs_are_those_of_nfkc(text: str) -> None:
    assert normal(text) == unicodedata.normalize("NFKC", text)


def test_the_usual_signs_of_chinese_are_not_looked_up() -> None:
    usual = "他说：“好（真的），\xa0走吧！”……那么、怎么办？\u3000" * 50
    assert calls(lambda: normal(usual), unicodedata.normalize) == [0]
    assert calls(lambda: normal(usual + "①" + usual), unicodedata.normalize) == [1]


@given(st.lists(st.sampled_from([*ENTITIES, "nbsp;", "lt;", "a", "中", "\xa0", "<"]), max_size=9).map("".join))
def test_entities_are_those_of_html(text: str) -> None:
    assert unescaped(text) == html.unescape(text)


def test_the_usual_entities_are_not_looked_up() -> None:
    assert calls(lambda: unescaped("&lt;a&nbsp;b&quot;&gt;" * 50), html.unescape) == [0]


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_tags_are_left_out_as_a_pattern_finds_them(text: str) -> None:
    assert plain._without_tags(text) == plain._TAGS.sub("", text)


@pytest.mark.parametrize("page", [b"", b"<p>a</p>" * 9000, INLINED[:30_000]])
def test_a_page_without_large_images_is_packed_as_ever(page: bytes) -> None:
    assert gzipped(page) == gzip.compress(page, 7, mtime=0)


@pytest.mark.parametrize("parts", ["i", "ii", "ti", "it", "tittit"])
def test_images_in_a_page_are_not_searched_for_what_comes_twice(parts: str) -> None:
    page = b"".join(INLINED if part == "i" else b"<p>text, base64,</p>" * 4000 for part in parts)
    packed = gzipped(page)
    reader = zlib.decompressobj(wbits=31)  # one stream, and nothing behind it
    assert (reader.decompress(packed), reader.eof, reader.unused_data) == (page, True, b"")
    if parts != "ii":
        assert len(packed) < len(gzip.compress(page, 9, mtime=0))
    assert packed == gzipped(page)


def members(between: str) -> str:
    """Such an object, `between` its signs and words."""
    given = (
        "a : JsDecode ( 'x\\x3c\\x5cn' ) , b : '5' * 1 , 'c' : 'y' , d : 'z' , a : 'not' , e : '1' * 2 , f : 'v' || 1"
    )
    return "{" + given.replace(" ", between) + "}"


def test_usual_members_are_read_at_a_glance() -> None:
    expected = {"a": "x<\\n", "b": 5, "c": "y", "d": "z", "e": 2, "f": "v"}
    assert Reader(members(" "), 0).value() == Reader(members(" // :\n"), 0).value() == expected
    usual = "{" + ",".join(f"a{n}: JsDecode('x'), b{n}: '5' * 1, c{n}: 'y'" for n in range(50)) + "}"
    assert calls(lambda: Reader(usual, 0).value(), Reader._term, Reader._advance) == [1, 302]


@pytest.mark.parametrize("end", ["", ")", "'x'", "'x' * 1", "JsDecode('x'", "JsDecode('x').html(false)", "'x'.y", "'x"])
def test_other_members_are_read_sign_by_sign(end: str) -> None:
    shut = f"{{a: {end}, b: 'y'}}"
    assert Reader(shut, 0).value() == Reader(shut.replace("a:", "a: //\n"), 0).value()


def test_nobody_walks_through_a_body_for_what_it_does_not_hold() -> None:
    def clean(inside: str) -> None:
        document = parse(f"<div>{inside}</div>")
        clean_body(document.find("div") or document, document)

    assert calls(lambda: clean("<p style='x'>甲<b>乙</b></p>" * 5), Tag.elements) == [3]
    everything = "<pre>x</pre><table><tr><td>1<p>x</table><math></math><embed><svg></svg><mpvoice></mpvoice>"
    assert calls(lambda: clean(everything), Tag.elements)[0] > 9


@given(st.lists(st.sampled_from(["\\", "'", '"', "a", "\n", "中"]), max_size=12).map("".join), st.sampled_from("'\""))
def test_literals_end_where_a_pattern_ends_them(text: str, quote: str) -> None:
    source = f"x: {quote}{text}"
    found = re.compile(LITERAL, re.DOTALL).match(source, 3)
    end = found.end() - 1 if found else -1
    assert (jsstring.literal_end(source, 3), scripts.literal_end(source, 3)) == (end, end)


def test_an_article_is_no_match_of_a_pattern() -> None:
    usual = "{a: JsDecode('x'), b: 'y', c: [{d: 'z'}]}"
    assert calls(lambda: Reader(usual, 0).value(), jsstring.literal_end) == [3]
    named = "cgiDataNew = {content_noencode: JsDecode('a\\x26b'), content: 'c', xcontent: 'no', desc: '', content: 'd"
    assert list(coverage_page._data(named)) == ["a&b", "c", ""]
    assert calls(lambda: list(coverage_page._data(named)), scripts.literal_end) == [4]


TEMPLATES = ["<script id='content_tpl'>", '<textarea x="<b" id=content_tpl>', "</script>", "</TEXTAREA>", "content_tpl"]


@given(st.lists(st.sampled_from([*TEMPLATES, "<template ", "<script ", "id=", " ", ">", "a"]), max_size=9).map("".join))
def test_a_template_is_the_one_that_a_pattern_finds(text: str) -> None:
    whole = re.compile(coverage_page._TEMPLATE.pattern + r"(.*?)</\1>", re.DOTALL | re.IGNORECASE)
    found = whole.search(text)
    assert coverage_page._template(text) == (found[2] if found else "")


def test_a_template_is_looked_for_where_it_is_named() -> None:
    text = "<script>a</script>" * 500 + "content_tpl <p>" + "<script id=content_tpl>甲</script>" + "content_tpl <p>" * 9
    assert calls(lambda: coverage_page._template(text), coverage_page._TEMPLATE.search) == [2]


@given(
    st.lists(st.sampled_from(["<p>", "&nbsp;", "&nbs", " ", "\xa0", "<", ">", "a", "<a\n>"]), max_size=6).map("".join)
)
def test_a_body_is_empty_where_nothing_is_left_of_it(text: str) -> None:
    assert Body(text, (), ()).is_empty() == (not re.sub(r"<[^>]*>|&nbsp;|\s", "", text))


def test_a_body_with_words_is_seen_not_to_be_empty_at_the_first() -> None:
    assert calls(lambda: Body("<p>甲</p>" * 500, (), ()).is_empty(), re.sub) == [0]


TAGS = [
    "<p class='x'>",
    '<a href="b>c">',
    "<br/>",
    "</p >",
    "<P a=b/>",
    '<p a"b c="d>',
    "<script>",
    "</script>",
    "<!--",
    "-->",
]


@given(st.lists(st.sampled_from([*TAGS, "<", ">", "'", '"', "/", "=", " ", "a", "&lt;", "<!x>", "<b"]), max_size=9))
def test_usual_tags_are_read_as_all_others(parts: list[str]) -> None:
    page = "".join(parts)
    read = list(tokens.tokens(page))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "_usual", lambda _: None)
        assert list(tokens.tokens(page)) == read


def test_a_tag_that_comes_again_is_not_read_again() -> None:
    tokens._usual.cache_clear()
    assert calls(lambda: list(tokens.tokens("<p class='x'>甲<br>乙</p>" * 100)), tokens._read) == [3]


def test_only_lists_ask_what_follows_them() -> None:
    tree = parse("<p>甲</p><h2>乙</h2><ul><li data-mark='- '>丙</li></ul><p>丁</p>").find("body")
    assert tree
    assert calls(lambda: join.join(tree), join._following) == [1]


def test_elements_are_counted_only_where_there_may_be_too_many() -> None:
    counting = sys.modules[parse_page.__module__]._START_TAG.findall
    assert calls(lambda: parse_page("<p>甲</p>" * 500), counting) == [0]
    assert calls(lambda: parse_page("<p>甲</p>" * 25_001), counting) == [1]


def test_a_process_that_reads_pages_loads_no_configuration_and_no_folders() -> None:
    program = "import sys; from archiver.gathering import page_reading; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert {"archiver.archive.captures", "archiver.archive.derived"} < set(told)
    assert {"archiver.config", "archiver.store.articles", "shutil", "tempfile"}.isdisjoint(told)


def test_what_scripts_write_is_read_once_for_a_page() -> None:
    assert calls(lambda: read_page(PAGE, URL), read_inner_html) == [1]


def test_a_body_is_copied_once() -> None:
    article = read_page(PAGE, URL)
    assert isinstance(article, Article)
    missing = [StoredImage(image.key, image.url, error="x") for image in article.images]
    record = make_record(article, Capture(URL, URL, 200, PAGE, MOMENT, "http"), URL, StoredFiles(missing))

    def render() -> None:
        render_html(article, record, {})
        render_markdown(article, record, {})

    tree._second.clear()
    assert calls(render, Tag.copy) == [1]


def test_depth_is_measured_only_where_there_are_tags_enough() -> None:
    assert calls(lambda: parse_page("<p>甲<b>乙</b></p>" * 500), _depth) == [0]
    assert calls(lambda: parse_page("<p>甲<b>乙</b></p>" * 2000), _depth) == [1]


@pytest.mark.parametrize("tag", ["div", "b", "_x", "li", "td"])
def test_no_page_is_deeper_than_may_be(tag: str) -> None:
    for count in (100, MAX_DEPTH + 9):
        with contextlib.suppress(TooComplexError):
            assert _depth(parse_page(f"<{tag}>甲" * count)) <= MAX_DEPTH


def test_an_end_tag_where_nothing_waits_for_it_closes_nothing_else() -> None:
    assert calls(lambda: shown_by("<p>甲<b>乙</b></p>" * 100), CoverageReader._close) == [1]
    crossed = shown_by("<p>甲<a href='http://x'>乙<b>丙</a>丁</b></p><table><tr><td>1</td></tr></table>")
    assert (crossed.text, crossed.links) == ("甲乙丙丁1", ["乙丙"])


def test_a_style_is_put_in_quotes_once() -> None:
    document = parse("<p style='color: rgb(1, 2, 3) & \"x\"'>甲</p>" * 50)
    markup._usual.cache_clear()
    assert calls(lambda: inner_markup(document), markup._in_quotes) == [1]
    assert len(re.findall("style='color: rgb\\(1, 2, 3\\) &amp; \"x\"'", inner_markup(document))) == 50
