"""All addresses of a link, and what differs from them in case only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archiver.models import Article, Kind
from archiver.wechat.spellings import image_prefix, image_rank, is_other_article, is_same_page, spellings

SHORT = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"
IDS = "__biz=MzAxMjM0NTY3OA==&mid=2650000001&idx=1&sn=0123456789abcdef0123456789abcdef"
LONG = f"https://mp.weixin.qq.com/s?{IDS}&chksm=83ab&scene=27&key=secret&uin=MTIz&sharer_shareid=ff&lang=zh_CN#rd"
IMAGE = "https://mmbiz.qpic.cn/mmbiz_png/AbC_dE/640?wx_fmt=png"
ARTICLE = Article(SHORT, Kind.ARTICLE, "t", "", "", None, "MzAxMjM0NTY3OA==", "2650000001", "1", "", "", "", "")


def test_a_short_link_has_one_spelling() -> None:
    assert spellings([SHORT, SHORT.replace("https", "http"), f"{SHORT}?key=secret&sharer_shareid=1"]) == (SHORT,)


def test_a_long_link_is_asked_for_with_and_without_chksm_and_by_the_oldest_names() -> None:
    found = spellings([LONG, SHORT])
    assert found[0] == SHORT
    tails = [url.removeprefix("https://mp.weixin.qq.com") for url in found[1:]]
    assert tails == [
        f"/s?{IDS}",
        f"/s?{IDS}&chksm=83ab&scene=27",
        f"/s?{IDS}&scene=27",
        f"/s?{IDS}&chksm=83ab",
        "/mp/appmsg/show?" + IDS.replace("mid", "appmsgid").replace("idx", "itemidx").replace("sn", "sign"),
    ]


def test_nobody_s_credentials_or_data_are_asked_with() -> None:
    asked = " ".join(spellings([LONG, f"https://mp.weixin.qq.com/s?{IDS}&pass_ticket=x&exportkey=y&poc_token=z"]))
    named = ("secret", "uin", "sharer", "pass_ticket", "exportkey", "poc_token", "lang")
    assert [name for name in named if name in asked] == []


def test_a_link_to_a_web_archive_is_asked_for_as_what_it_leads_to() -> None:
    assert spellings([f"https://web.archive.org/web/2021/{SHORT}"]) == (SHORT,)
    assert spellings(["https://example.org/", "no URL"]) == ()


@pytest.mark.parametrize(
    ("original", "same"),
    [
        (SHORT, True),
        (SHORT.replace("https://mp.weixin.qq.com", "http://mp.weixin.qq.com:80"), True),
        (f"{SHORT}#rd", True),
        (SHORT.lower(), False),
        (SHORT.replace("Uv", "UV"), False),
        (f"{SHORT}?a=1", False),
        ("https://[broken", False),
    ],
)
def test_case_counts(original: str, same: bool) -> None:
    assert is_same_page(SHORT, original) is same


def test_the_order_and_coding_of_parameters_do_not() -> None:
    long = f"https://mp.weixin.qq.com/s?{IDS}"
    assert is_same_page(long, "http://mp.weixin.qq.com/s?" + "&".join(reversed(IDS.replace("==", "%3D%3D").split("&"))))
    assert not is_same_page(long, long.replace("MzAxMj", "mzAxMj"))


def test_a_page_is_known_by_its_ids_and_by_its_own_short_link() -> None:
    long = f"https://mp.weixin.qq.com/s?{IDS}"
    assert not is_other_article(ARTICLE, b"", long)
    assert not is_other_article(replace(ARTICLE, mid=""), b"", long)
    assert is_other_article(replace(ARTICLE, mid="2650000002"), b"", long)
    own = f'<meta property="og:url" content="{SHORT}"/>'
    assert not is_other_article(ARTICLE, own.encode(), SHORT)
    assert is_other_article(ARTICLE, own.replace("Uv", "uv").encode(), SHORT)
    assert not is_other_article(ARTICLE, f'<meta property="og:url" content="{long}"/>'.encode(), SHORT)


@pytest.mark.parametrize(
    ("original", "rank"),
    [
        ("http://mmbiz.qpic.cn/mmbiz_png/AbC_dE/640", 0),
        ("https://mmbiz.qpic.cn/mmbiz_png/AbC_dE/0?wx_fmt=png&tp=webp", 1),
        ("https://mmbiz.qlogo.cn/mmbiz_png/AbC_dE/300", 2),
        ("https://mmbiz.qpic.cn/mmbiz_png/abc_de/640?wx_fmt=png", None),
        ("https://mmbiz.qpic.cn/mmbiz_png/AbC_dEf/640", None),
    ],
)
def test_an_image_is_known_by_its_id_to_the_letter(original: str, rank: int | None) -> None:
    assert image_rank(IMAGE, original) == rank


def test_all_sizes_of_an_image_are_asked_for_at_once() -> None:
    assert image_prefix(IMAGE) == "https://mmbiz.qpic.cn/mmbiz_png/AbC_dE/"
    assert image_prefix("https://example.org/a.png") == ""
    assert image_prefix("data:image/png;base64,AAAA") == ""
