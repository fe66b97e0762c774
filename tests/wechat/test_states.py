"""Pages that are no article."""

from __future__ import annotations

import pytest

from archiver.models import Article, Refusal, Status
from archiver.wechat.page import migration_target, read_page

URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
IDS = '<script>var biz = "MzA=="; var mid = "1"; var idx = "1"; var msg_title = "题"; var ct = "1600000000";</script>'


def message(words: str, script: str = "") -> bytes:
    said = f'<div class="weui-msg"><h2 class="weui-msg__title">\n {words} </h2></div>'
    return f"<html><head><title></title></head><body>{said}{script}</body></html>".encode()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("该内容已被发布者删除", Status.DELETED),
        ("The content has been deleted by the author.", Status.DELETED),
        ("此内容因违规无法查看", Status.VIOLATION),
        ("此内容涉嫌违反相关法律法规和政策，发送失败", Status.VIOLATION),
        ("此内容发送失败无法查看", Status.VIOLATION),
        ("此内容被投诉且经审核涉嫌侵权，无法查看", Status.VIOLATION),
        ("此帐号已被屏蔽, 内容无法查看", Status.BLOCKED),
        ("该账号已被封禁，内容无法查看", Status.BLOCKED),
        ("此帐号已自主注销，内容无法查看", Status.BLOCKED),
        ("此帐号处于帐号迁移流程中", Status.FAILED),
        ("系统出错", Status.FAILED),
        ("该内容暂时无法查看", Status.UNAVAILABLE),
        ("链接已过期", Status.EXPIRED),
        ("参数错误", Status.MALFORMED),
        ("Parameter error", Status.MALFORMED),
        ("根据作者隐私设置，无法查看该内容", Status.PRIVATE),
        ("请在微信客户端打开链接", Status.PRIVATE),
        ("当前环境异常，完成验证后即可继续访问。", Status.WALL),
        ("你的访问过于频繁", Status.WALL),
    ],
)
def test_states(words: str, status: Status) -> None:
    found = read_page(message(words), URL)
    assert isinstance(found, Refusal)
    assert found.status is status
    assert found.reason


@pytest.mark.parametrize(
    "mark",
    [
        "<script>var PAGE_MID='mmbizwap:secitptpage/verify.html';</script>",
        '<script src="https://captcha.example/TCaptcha.js"></script>',
        '<a id="js_verify">Verify</a>',
        '<script>window.cgiData = { poc_token : "x" }</script>',
        "<script>var t = '<div class=\"weui-msg\">你的访问过于频繁</div>';</script>",
    ],
)
def test_a_wall_is_told_without_its_words(mark: str) -> None:
    assert read_page(f"<html><body>{mark}</body></html>".encode(), URL) == Refusal(
        Status.WALL, "the page asks for verification"
    )


def test_a_library_that_speaks_of_captchas_makes_no_wall_of_a_deleted_page() -> None:
    library = "<script>(function(){'use strict'; function f(){ open('x?poc=1') } })()</script>"
    found = read_page(message("该内容已被发布者删除", library), URL)
    assert isinstance(found, Refusal)
    assert found.status is Status.DELETED


def test_the_reason_says_why() -> None:
    page = message("此内容因违规无法查看").replace(
        b"</h2>", '</h2><div class="weui-msg__desc">由用户投诉</div>'.encode()
    )
    found = read_page(page, URL)
    assert isinstance(found, Refusal)
    assert found.reason == "此内容因违规无法查看: 由用户投诉"


def test_a_page_with_a_body_is_an_article_whatever_it_quotes() -> None:
    page = message("该内容已被发布者删除", f'<div id="js_content"><p>正文</p></div>{IDS}')
    assert isinstance(read_page(page, URL), Article)


def test_a_body_without_words_or_pictures_is_none() -> None:
    page = f'<div id="js_content"><p>&nbsp;<br></p><p style="display:none">x</p></div>{IDS}'.encode()
    found = read_page(page, URL)
    assert isinstance(found, Refusal)
    assert found.status is Status.REFUSED


def test_lists_and_account_pages_are_refused_by_name() -> None:
    page = f"<html><body><ul>{'<li>参数错误怎么办</li>' * 300}</ul></body></html>".encode()
    album = read_page(page, "https://mp.weixin.qq.com/mp/appmsgalbum?__biz=MzA&album_id=1")
    assert album == Refusal(Status.REFUSED, "an album is a list of articles, not an article")
    home = read_page(page, "https://mp.weixin.qq.com/mp/homepage?__biz=MzA&hid=1")
    assert home == Refusal(Status.REFUSED, "the link leads to a page of WeChat that is no article")


def test_a_moved_account_says_where() -> None:
    target = "https://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBBBB"
    page = message("该公众号已迁移", f"<script>var transferTargetLink = '{target}' || '';</script>")
    found = read_page(page, URL)
    assert isinstance(found, Refusal)
    assert found.status is Status.FAILED
    assert migration_target(page) == target
    assert migration_target(message("x", f'<a id="js_access_msg" href="{target}">访问文章</a>')) == target
    assert migration_target(message("x", '<a id="js_access_msg" href="https://evil.example/">x</a>')) is None
    assert migration_target(message("x")) is None
