"""Addresses inside addresses: what is meant is known without asking anybody."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from archiver.models import UrlKind
from archiver.wechat.suspicious import glued
from archiver.wechat.urls import canonical_url, classify, image_key, request_url
from archiver.wechat.wrapped import WRAPPERS

SHORT = "https://mp.weixin.qq.com/s/Example-Token-00000001"
LONG = "https://mp.weixin.qq.com/s?__biz=MzA3MDM3NjE5NQ==&mid=2650000001&idx=1&sn=0123456789abcdef0123456789abcdef"
IMAGE = "https://mmbiz.qpic.cn/mmbiz_png/PictureOne/640?wx_fmt=png"

PAGES = [
    "https://web.archive.org/web/20200101000000/{}",
    "https://web.archive.org/web/2020id_/{}",
    "http://web.archive.org/web/20200101000000*/{}",
    "https://web.archive.org/save/{}",
    "https://web.archive.org/web/2020/{bare}",
    "https://archive.ph/20200101/{}",
    "https://r.jina.ai/{}",
    "https://link.zhihu.com/?target={q}",
    "https://link.zhihu.com/?source=x&target={q}&type=y",
    "https://link.zhihu.com/?target={qq}",
    "https://link.juejin.cn/?target={q}",
    "https://link.juejin.cn?target={q}",
    "https://link.csdn.net/?target={q}&login=from_csdn",
    "https://xie.infoq.cn/link?target={q}",
    "https://wx.qq.com/cgi-bin/mmwebwx-bin/webwxcheckurl?requrl={q}&skey=x",
    "https://wx2.qq.com/cgi-bin/mmwebwx-bin/webwxcheckurl?requrl={q}",
    "https://weixin110.qq.com/cgi-bin/mmspamsupport-bin/newredirectconfirmcgi?main_type=2&url={q}",
    "https://link.jianshu.com/?t={q}",
    "https://www.jianshu.com/go-wild?ac=2&url={q}",
    "https://www.google.com/url?sa=t&q={q}",
]
IMAGES = [
    "https://images.weserv.nl/?url={}",
    "https://images.weserv.nl/?url={q}&w=300",
    "https://wsrv.nl/?url={bare}",
    "https://i0.wp.com/{bare}",
    "https://img01.sogoucdn.com/net/a/04/link?appid=1&url={q}",
    "https://pic.sogou.com/get?url={q}",
    "https://gimg2.baidu.com/image_search/src={q}&refer=x",
    "https://image.baidu.com/search/down?url={q}",
    "https://camo.githubusercontent.com/0123456789abcdef/{hex}",
    "https://image2.135editor.com/cache/remote/{base64}",
]


def filled(template: str, url: str) -> str:
    coded = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    quoted = quote(url, safe="/")
    return template.replace("{}", url).format(
        q=quoted, qq=quote(quoted), bare=url.removeprefix("https://"), hex=url.encode().hex(), base64=coded
    )


@pytest.mark.parametrize("url", [SHORT, LONG])
@pytest.mark.parametrize("template", PAGES)
def test_a_page_inside_another_address(template: str, url: str) -> None:
    wrapped = filled(template, url)
    assert (classify(wrapped), canonical_url(wrapped), glued(wrapped)) == (UrlKind.ARTICLE, canonical_url(url), 0)
    assert request_url(wrapped) == request_url(url)


@pytest.mark.parametrize("template", IMAGES)
def test_an_image_inside_another_address(template: str) -> None:
    wrapped = filled(template, IMAGE)
    assert (classify(wrapped), canonical_url(wrapped)) == (UrlKind.IMAGE, canonical_url(IMAGE))
    assert image_key(wrapped) == image_key(IMAGE)


def test_layers_are_taken_off_one_by_one() -> None:
    wrapped = filled(PAGES[0], filled(PAGES[5], SHORT))
    assert canonical_url(wrapped) == SHORT


def test_credentials_in_the_inner_address_are_filtered() -> None:
    wrapped = filled("https://link.zhihu.com/?target={q}", f"{LONG}&key=secret&pass_ticket=secret&scene=1")
    assert "secret" not in request_url(wrapped) + canonical_url(wrapped)
    assert request_url(wrapped) == f"{LONG}&scene=1"


@pytest.mark.parametrize(
    "url",
    [
        "https://link.zhihu.com/?target=https%3A//x.example/a",
        "https://link.zhihu.com/?target=",
        "https://web.archive.org/web/2020/https://x.example/",
        "https://weixin.sogou.com/link?url=dn9a_-gY295K0Rci_xozVXfdMkSQTLW6cwJThYulHEtVjXrGTiVgS",
        "https://camo.githubusercontent.com/0123/zz",
        "https://image2.135editor.com/cache/remote/%%%",
        "https://x.example/?url=https%3A//mp.weixin.qq.com/s/Example-Token-00000001",
    ],
)
def test_what_holds_none_of_ours_stays(url: str) -> None:
    assert classify(url) is None


def test_a_proxy_that_is_mirrored_has_a_key_of_its_own() -> None:
    assert image_key("https://images.weserv.nl/?url=x.example/a.png") == "images.weserv.nl/?url=x.example/a.png"


def test_no_wrapper_is_a_host_of_ours() -> None:
    assert not [host for host in WRAPPERS if classify(f"https://{host.lstrip('.')}/s/x")]
