"""Each datum of a page comes from the first of its sources that has it: with one source less, from the next."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archiver.models import Article
from archiver.wechat.page import read_page

URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
BODY = '<div id="js_content"><p>正文。</p></div>'

# For each datum, its sources in order; § stands for what tells one source from another.
SOURCES: dict[str, list[str]] = {
    "title": [
        "<script>window.cgiDataNew = { title: JsDecode('题§') };</script>",
        '<meta property="og:title" content="题§">',
        "<script>var msg_title = '题§'.html(false);</script>",
        "<script>d.title = '题§';</script>",
        '<h1 id="activity-name"><span class="js_title_inner">题§</span> 已付费</h1>',
        '<h1 id="activity-name">\n 题§ \n</h1>',
    ],
    "account": [
        "<script>window.cgiDataNew = { nick_name: '题§' };</script>",
        '<script>var nickname = htmlDecode("题§");</script>',
        "<script>d.nick_name = xml ? getXmlValue('nick_name.DATA') : '题§';</script>",
        '<a id="js_name">\n 题§ \n</a>',
    ],
    "author": [
        '<meta property="og:article:author" content="题§">',
        '<meta name="author" content="题§">',
        '<script>var author = "题§";</script>',
        "<script>window.cgiDataNew = { author: '题§' };</script>",
        '<span id="js_author_name">题§</span>',
    ],
    "digest": [
        "<script>window.cgiDataNew = { desc: '题§' };</script>",
        '<script>var msg_desc = htmlDecode("题§");</script>',
        '<meta property="og:description" content="题§">',
        '<meta name="description" content="题§">',
    ],
}
TIMES = [
    '<script>var ct = "170000000§";</script>',
    "<script>window.cgiDataNew = { create_timestamp: '170000000§' * 1, ori_create_time: '1600000000' * 1 };</script>",
    "<script>d.ct = '170000000§';</script>",
]
IDS = {
    "biz": [
        '<script>var biz = "" || "Mz§=" || "";</script>',
        "<script>window.cgiDataNew = { bizuin: 'Mz§=' };</script>",
        "<script>d.biz = xml ? getXmlValue('biz.DATA') : 'Mz§=';</script>",
        '<meta property="og:url" content="http://mp.weixin.qq.com/s?__biz=Mz§=&amp;mid=9&amp;idx=9&amp;sn=9">',
    ],
    "mid": [
        '<script>var mid = "" || "" || "10§";</script>',
        "<script>window.cgiDataNew = { mid: '10§' * 1 };</script>",
        '<script>var appmsgid = "" || "10§";</script>',
        "<script>d.mid = '10§';</script>",
        '<meta property="og:url" content="http://mp.weixin.qq.com/s?__biz=Mz9=&amp;mid=10§&amp;idx=9&amp;sn=9">',
    ],
    "sn": [
        '<script>var sn = "" || "" || "ab§";</script>',
        "<script>window.cgiDataNew = { sn: 'ab§' };</script>",
        "<script>d.sn = 'ab§';</script>",
        '<script>var msg_link = "http://mp.weixin.qq.com/s?__biz=Mz9=&amp;mid=9&amp;idx=9&amp;sn=ab§#rd";</script>',
    ],
}
CASES = [(datum, first) for datum, sources in {**SOURCES, **IDS}.items() for first in range(len(sources))]


def read(sources: list[str], first: int) -> Article:
    """The page with all sources from the `first` on, the preferred ones last: their order in the page means nothing."""
    parts = [source.replace("§", str(n)) for n, source in enumerate(sources)][first:]
    named = '<meta property="og:title" content="有题">'
    if sources is SOURCES["title"]:
        named = '<script>var biz = "Mz1="; var mid = "1"; var idx = "1";</script>'
    body = "" if "正文" in sources[0] else BODY
    page = f"<html><head>{named}</head><body>{''.join(reversed(parts))}{body}</body></html>"
    found = read_page(page.encode(), URL)
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(("datum", "first"), CASES)
def test_the_next_source_steps_in(datum: str, first: int) -> None:
    sources = {**SOURCES, **IDS}[datum]
    meant = {"biz": f"Mz{first}=", "mid": f"10{first}", "sn": f"ab{first}"}.get(datum, f"题{first}")
    assert getattr(read(sources, first), datum) == meant


@pytest.mark.parametrize("first", range(len(TIMES)))
def test_the_next_clock_steps_in(first: int) -> None:
    assert read(TIMES, first).published_at == datetime.fromtimestamp(1_700_000_000 + first, UTC)


def test_the_time_of_the_first_publication_is_better_than_none() -> None:
    data = "<script>window.cgiDataNew = { create_timestamp: '' * 1, ori_create_time: '1600000000' * 1 };</script>"
    assert read([data], 0).published_at == datetime.fromtimestamp(1_600_000_000, UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2021-03-02 08:05", datetime(2021, 3, 2, 0, 5, tzinfo=UTC)),
        ("2021年3月2日 08:05", datetime(2021, 3, 2, 0, 5, tzinfo=UTC)),
        ("2021-03-02", datetime(2021, 3, 1, 16, tzinfo=UTC)),
        ("前天", None),
        ("Yesterday", None),
        ("3月2日", None),
        ("1周前", None),
    ],
)
def test_only_a_full_date_in_words_is_one(written: str, meant: datetime | None) -> None:
    assert read([f'<em id="publish_time">{written}</em>'], 0).published_at == meant
    if meant:
        assert read([f"<script>var createTime = '{written}';</script>"], 0).published_at == meant


def test_a_number_of_a_recommended_article_is_not_the_pages_own() -> None:
    for data in (
        "<script>window.cgiDataNew = { title: '题', related: [{ item_show_type: '8' * 1 }] };</script>",
        "<script>var list = { item_show_type: '8' }; var msg_title = '题';</script>",
    ):
        assert read([data], 0).kind.value == "article"


@pytest.mark.parametrize(
    "body",
    [
        BODY,
        '<div class="rich_media_content"><p>正文。</p></div>',
        '<div id="js_content"></div><script type="text/html" id="content_tpl"><p>正文。</p></script>',
        "<script>window.cgiDataNew = { content_noencode: '\\x3cp\\x3e正文。\\x3c/p\\x3e' };</script>",
        "<script>window.cgiDataNew = { content_noencode: JsDecode('\\\\x3cp\\\\x3e正文。\\\\x3c/p\\\\x3e') };</script>",
    ],
)
def test_where_a_body_can_be(body: str) -> None:
    assert read([body], 0).body.replace("<p></p>", "") == "<p>正文。</p>"


@pytest.mark.parametrize("datum", SOURCES)
def test_every_place_that_has_a_datum_is_noted(datum: str) -> None:
    reading = read(SOURCES[datum], 0).reading
    assert reading is not None
    found = reading.sources[datum]
    assert len(found) >= len(SOURCES[datum])
    rest = read(SOURCES[datum], 1).reading
    assert rest is not None
    assert rest.sources[datum] == found[1:], "with the first one gone, the next one gives it"


def test_elements_and_kinds_that_nobody_knows_are_noted() -> None:
    body = (
        '<div id="js_content"><p>文</p><mp-common-new data-title="甲"></mp-common-new><mpnew>乙</mpnew><qqmusic></div>'
    )
    page = f'<meta property="og:title" content="题"><script>var item_show_type = "31";</script>{body}'
    found = read_page(page.encode(), URL)
    assert isinstance(found, Article)
    assert found.reading is not None
    assert found.reading.unknown == ("item_show_type", "mp-common-new", "mpnew")
    assert found.reading.item_show_type == 31
    assert "乙" in found.body
