"""`archiver.find_links` and `archiver.parse_page`."""

from __future__ import annotations

import pytest

import archiver
from tests.api.example import NOTE, PAGE_URL
from tests.replica.pages import article_page
from tests.replica.spec import ArticleSpec

URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
NOTES = {
    "link": f"[a]({URL}) 后",
    "bare": f"见 {URL} 。",
    "with credentials": f"[a]({URL}?key=SECRET&pass_ticket=y)",
    "reference": f"[a][1]\n\n[1]: {URL}\n",
    "html": f'<a href="{URL}">x</a>',
    "named": f"---\nsource: {URL}\n---\n",
    "wikilink": f"[[{URL}]]",
    "code": f"`{URL}`",
}


@pytest.mark.parametrize("name", NOTES)
def test_a_link_stands_where_it_says(name: str) -> None:
    note = NOTES[name].encode()
    found = archiver.find_links(note)
    assert len(found) == (name != "code")
    for link in found:
        assert (link.kind, link.canonical, link.is_link) == ("article", URL, name not in ("named", "wikilink"))
        assert note[link.start : link.end].decode() == link.url
        assert note[: link.start].count(b"\n") + 1 == link.line


def test_every_kind_of_link() -> None:
    kinds = {
        "https://mmbiz.qpic.cn/mmbiz_png/AbC/640?wx_fmt=png": "image",
        "https://mp.weixin.qq.com/mp/appmsgalbum?__biz=M&action=getalbum&album_id=1": "album",
        "https://mp.weixin.qq.com/": "other",
        "https://example.org/a": None,
    }
    found = archiver.find_links("".join(f"[x]({url})\n" for url in kinds).encode())
    assert {link.url: link.kind for link in found} == kinds
    assert [bool(link.canonical) for link in found] == [bool(kind) for kind in kinds.values()]
    assert archiver.find_links(b"") == []
    assert [link.line for link in archiver.find_links(b"\xef\xbb\xbf" + NOTE.replace("\n", "\r\n").encode())] == [
        2,
        5,
        6,
    ]


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(archiver.NoteError):
        archiver.find_links(b"\x00\xff\xfe\x81")


def test_a_page() -> None:
    spec = ArticleSpec(
        "题 & 目", '<p>一<br>二</p><script>alert(1)</script><p><img data-src="https://mmbiz.qpic.cn/mmbiz_png/A/0"></p>'
    )
    page = archiver.parse_page(article_page(spec, PAGE_URL), f"{PAGE_URL}?key=SECRET")
    assert isinstance(page, archiver.Article)
    assert (page.title, page.kind, page.url) == ("题 & 目", "article", PAGE_URL)
    assert page.text.splitlines() == ["一", "二"]
    assert len(page.images) == 1
    assert page.published is not None
    assert page.published.utcoffset() is not None


@pytest.mark.parametrize(
    ("page", "url", "status"),
    [
        (b"", PAGE_URL, "refused"),
        ("<title>该内容已被发布者删除</title>".encode(), PAGE_URL, "deleted"),
        (b"<p>x</p>", "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x", "wall"),
    ],
)
def test_a_page_that_is_no_article(page: bytes, url: str, status: str) -> None:
    read = archiver.parse_page(page, url)
    assert isinstance(read, archiver.Refusal)
    assert read.status == status
    assert read.reason


def test_a_page_that_is_too_much() -> None:
    with pytest.raises(archiver.PageError):
        archiver.parse_page(b"<div>" * 200_000, PAGE_URL)
