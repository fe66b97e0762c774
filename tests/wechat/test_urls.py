"""URLs: what they lead to, mending, canonical form; laws over mangled and arbitrary text."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.models import UrlKind
from archiver.wechat.urls import (
    article_id,
    canonical_url,
    classify,
    clean_url,
    is_short,
    link_url,
    request_url,
    url_ids,
)
from tests.work import calls

TOKEN = "-aB3_cD4eF5gH6iJ7kL8__"
SHORT = f"https://mp.weixin.qq.com/s/{TOKEN}"
LONG = "https://mp.weixin.qq.com/s?__biz=MzA1MDAwMDAwMA==&mid=2650000001&idx=1&sn=0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (SHORT, UrlKind.ARTICLE),
        (LONG + "&chksm=87abc&scene=21#wechat_redirect", UrlKind.ARTICLE),
        ("http://MP.WEIXIN.QQ.COM/mp/appmsg/show?__biz=MzA1&appmsgid=10000&itemidx=1&sign=ab12", UrlKind.ARTICLE),
        ("https://mp.weixin.qq.com/s?src=11&timestamp=1700000000&ver=1&signature=a*b-c", UrlKind.ARTICLE),
        ("https://mp.weixin.qq.com/mp/appmsgalbum?__biz=MzA1&action=getalbum&album_id=1", UrlKind.ALBUM),
        ("https://mp.weixin.qq.com/mp/homepage?__biz=MzA1&hid=1", UrlKind.OTHER),
        ("https://mp.weixin.qq.com/mp/profile_ext?action=home&__biz=MzA1", UrlKind.OTHER),
        ("https://mp.weixin.qq.com/s?", UrlKind.OTHER),
        ("https://mp.weixin.qq.com/s/", UrlKind.OTHER),
        ("https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x", UrlKind.OTHER),
        ("http://mmbiz.qpic.cn/mmbiz_png/AbC/640?wx_fmt=png", UrlKind.IMAGE),
        ("https://wx.qlogo.cn/mmhead/AbC/132", UrlKind.IMAGE),
        ("https://res.wx.qq.com/t/wx_fed/we-emoji/res/v1/assets/2.png", UrlKind.IMAGE),
        ("https://res.wx.qq.com/voice/getvoice?mediaid=x", UrlKind.OTHER),
        ("http://mpvideo.qpic.cn/0abc.f10002.mp4?dis_k=1&dis_t=2", UrlKind.VIDEO),
        ("https://example.com/s/" + TOKEN, None),
        ("https://mp.weixin.qq.com.example.com/s/" + TOKEN, None),
        ("ftp://mp.weixin.qq.com/s/" + TOKEN, None),
        ("archive.example/https://mp.weixin.qq.com/s/" + TOKEN, None),
        ("", None),
    ],
)
def test_classify(url: str, kind: UrlKind | None) -> None:
    assert classify(url) is kind


@pytest.mark.parametrize(
    "written",
    [
        SHORT,
        "http://mp.weixin.qq.com/s/" + TOKEN,
        SHORT + "#rd",
        SHORT + "）。后面是正文",
        SHORT + "》",
        SHORT + "中文",
        SHORT + ").",
        SHORT + "**",
        SHORT + "?",
        SHORT + "?key=1&uin=2&pass_ticket=3&exportkey=4&poc_token=5",
        SHORT + "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA" + "http://example.com/",
        SHORT.replace("_", "\\_"),
        f"“{SHORT}”",
        f"//mp.weixin.qq.com/s/{TOKEN}",
        f"https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x&target_url=https%3A%2F%2Fmp.weixin.qq.com%2Fs%2F{TOKEN}",
        f"https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?target_url=https%253A%252F%252Fmp.weixin.qq.com%252Fs%252F{TOKEN}&x=1",
        f"https://mp.weixin.qq.com/mp/verify?target_url={SHORT}",
    ],
)
def test_a_mangled_short_link_is_mended(written: str) -> None:
    assert clean_url(written) == SHORT
    assert request_url(written) == SHORT
    assert canonical_url(written) == SHORT


def test_the_request_keeps_what_the_note_had_except_secrets_and_fragment() -> None:
    written = (
        LONG.replace("https", "http").replace("&", "&amp;")
        + "&chksm=87ab12&amp;key=SECRET&amp;scene=21#wechat_redirect"
    )
    assert request_url(written) == LONG + "&chksm=87ab12&scene=21"
    assert canonical_url(written) == LONG


@pytest.mark.parametrize(
    "written",
    [
        "http://mp.weixin.qq.com/s?sn=0123456789abcdef0123456789abcdef&idx=1&mid=2650000001&__biz=MzA1MDAwMDAwMA%3D%3D",
        "https://mp.weixin.qq.com/s?__biz=MzA1MDAwMDAwMA==&appmsgid=2650000001&itemidx=1&sign=0123456789abcdef0123456789abcdef",
        LONG + "&nettype=WIFI&lang=zh_CN&sessionid=1&subscene=2#rd",
        LONG + ")，见上文",
        LONG.replace("&", "\\&"),
        LONG.replace("&", "&amp;amp;"),
    ],
)
def test_long_forms_of_one_link_have_one_canonical_form(written: str) -> None:
    assert canonical_url(written) == LONG


def test_temporary_links_lose_the_entity_that_an_editor_made_of_them() -> None:
    written = "https://mp.weixin.qq.com/s?src=11×tamp=1700000000&ver=5&signature=Ab*c-d&new=1"
    assert clean_url(written) == "https://mp.weixin.qq.com/s?src=11&timestamp=1700000000&ver=5&signature=Ab*c-d&new=1"
    assert canonical_url(written) == ("https://mp.weixin.qq.com/s?src=11&timestamp=1700000000&ver=5&signature=Ab*c-d")


@pytest.mark.parametrize(
    "text", ["", "not a url", "https://mp.weixin.qq.com/s?scene=1", "https://[::1", "https://a:99999999/"]
)
def test_no_article_link(text: str) -> None:
    assert clean_url(text) is None


def test_tokens_are_case_sensitive() -> None:
    assert canonical_url(SHORT) != canonical_url(SHORT.lower())


def test_an_expiring_video_has_one_canonical_form() -> None:
    first = canonical_url("http://mpvideo.qpic.cn/0a.f10002.mp4?dis_k=1&dis_t=2&vid=wxv_1")
    assert first == canonical_url("https://mpvideo.qpic.cn/0a.f10002.mp4?dis_k=9&dis_t=8&vid=wxv_1")
    assert "dis_k=1" in request_url("http://mpvideo.qpic.cn/0a.f10002.mp4?dis_k=1&dis_t=2&vid=wxv_1")


def test_ids_of_long_urls() -> None:
    assert url_ids(LONG) == {
        "biz": "MzA1MDAwMDAwMA==",
        "mid": "2650000001",
        "idx": "1",
        "sn": "0123456789abcdef0123456789abcdef",
    }
    assert url_ids(SHORT) == {}


def test_article_id_comes_from_the_ids_and_else_from_the_url() -> None:
    assert article_id("MzA=", "1", "2", SHORT) == hashlib.sha256(b"MzA=/1/2").hexdigest()[:12]
    assert article_id("", "1", "2", SHORT) == hashlib.sha256(SHORT.encode()).hexdigest()[:12]
    assert article_id("", "", "", SHORT + "#rd") == article_id("", "", "", SHORT)


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        (
            "/s?__biz=MzA1MDAwMDAwMA==&mid=1&idx=1&sn=ab&key=SECRET#rd",
            "https://mp.weixin.qq.com/s?__biz=MzA1MDAwMDAwMA==&mid=1&idx=1&sn=ab",
        ),
        ("https://example.com/a#b", "https://example.com/a#b"),
        ("//example.com/a", "https://example.com/a"),
        ("mailto:a@example.com", "mailto:a@example.com"),
        ("javascript:void(0)", None),
        (" JavaScript:alert(1)", None),
        ("data:text/html,x", None),
        ("#top", None),
        ("http://[x", None),
        ("//[::1", None),
        ("https://a:99999/", None),
        ("", None),
    ],
)
def test_links_inside_articles(href: str, kept: str | None) -> None:
    assert link_url(href) == kept


# Pieces that real notes put into URLs, in any order, and arbitrary text.
pieces = st.sampled_from(
    [
        *[
            "https://",
            "http://",
            "mp.weixin.qq.com",
            "/s/",
            "/s?",
            TOKEN,
            "__biz=MzA1MDAwMDAwMA==",
            "&",
            "&amp;",
            "mid=265",
            "idx=1",
        ],
        *[
            "sn=0ab",
            "appmsgid=77",
            "key=K",
            "×tamp=12",
            "&timestamp=12",
            "signature=a*b",
            "#rd",
            "）",
            "\\_",
            "?",
            "=",
            "%",
            "%3D",
        ],
        *[
            "target_url=",
            "/mp/verify?",
            "https%3A%2F%2F",
            "mmbiz.qpic.cn",
            "/mmbiz_png/ID/640",
            "wx_fmt=png",
            "tp=webp",
            " ",
            "[",
            "]",
            ":",
        ],
        *["mpvideo.qpic.cn", "/a.mp4?", "dis_k=1", "“", "\x00", "\ud800", "/mp/appmsg/show?", ".", "_", "-", "*", "/"],
    ]
)
mangled = st.one_of(st.lists(pieces, max_size=12).map("".join), st.text(max_size=60))


@given(mangled)
def test_laws(url: str) -> None:
    classify(url)
    asked, canonical, clean = request_url(url), canonical_url(url), clean_url(url)
    assert request_url(asked) == asked
    assert canonical_url(canonical) == canonical
    assert canonical_url(asked) == canonical
    assert clean is None or (clean_url(clean) == clean == asked)
    assert len(article_id("", "", "", url)) == 12


@given(mangled)
def test_secrets_never_survive(url: str) -> None:
    secret = f"https://mp.weixin.qq.com/s?__biz=MzA1&mid=1&{url}&key=SECRET&uin=SECRET&pass_ticket=SECRET"
    for kept in (clean_url(secret) or "", canonical_url(secret)):
        if "target_url=" not in url and "://" not in url:
            assert "SECRET" not in kept


@given(
    st.from_regex(r"[A-Za-z0-9]{1,16}={0,3}", fullmatch=True),
    st.integers(0, 10**11),
    st.integers(0, 20),
    st.integers(0, 16**32),
)
def test_a_canonical_link_tells_what_any_spelling_of_it_does(biz: str, mid: int, idx: int, sn: int) -> None:
    url = f"https://mp.weixin.qq.com/s?__biz={biz}&mid={mid}&idx={idx}&sn={sn:x}"
    assert url_ids(url) == url_ids(url.replace("https", "http").replace("&", "&amp;") + "#rd")


def test_a_canonical_link_is_not_put_right() -> None:
    clean_url.cache_clear()
    assert calls(lambda: url_ids(LONG), clean_url.__wrapped__) == [0]


@pytest.mark.parametrize(
    "host", ["https://mp.weixin.qq.com", "http://mp.weixin.qq.com", "https://MP.weixin.qq.com:443"]
)
@pytest.mark.parametrize(
    ("rest", "short"),
    [
        ("/s/abc", True), ("/s/-", True), ("/s/abc[", True), ("/s/", False), ("/s", False), ("/s?__biz=1", False),
        ("/s/中", False), ("/s//a", False), ("/s/?a=/s/b", False), ("/s#/s/b", False), ("/sabc", False),
    ],
)  # fmt: skip
def test_what_a_short_link_is(host: str, rest: str, short: bool) -> None:
    assert is_short(host + rest) is short
