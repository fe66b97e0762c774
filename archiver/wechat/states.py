"""Pages that are no article. Asked only when a page has no body, since articles quote these phrases."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

from archiver.models import Refusal, Status
from archiver.wechat.jsdata import read_globals
from archiver.wechat.jsvalue import text
from archiver.wechat.source import Source

# (phrase, state), in the order in which they are tried: a page that names several is what the first one says.
_PHRASES = (
    ("该内容已被发布者删除", Status.DELETED),
    ("the content has been deleted by the author", Status.DELETED),
    ("此内容因违规无法查看", Status.VIOLATION),
    ("涉嫌违反相关法律法规和政策", Status.VIOLATION),
    ("此内容发送失败无法查看", Status.VIOLATION),
    ("经审核涉嫌侵权", Status.VIOLATION),
    ("冒名侵权", Status.VIOLATION),
    ("帐号已被屏蔽", Status.BLOCKED),
    ("账号已被屏蔽", Status.BLOCKED),
    ("账号已被封禁", Status.BLOCKED),
    ("帐号已被封禁", Status.BLOCKED),
    ("帐号已自主注销", Status.BLOCKED),
    ("账号已自主注销", Status.BLOCKED),
    ("公众号已迁移", Status.FAILED),
    ("处于帐号迁移流程中", Status.FAILED),
    ("处于账号迁移流程中", Status.FAILED),
    ("内容审核中", Status.FAILED),
    ("该内容暂时无法查看", Status.UNAVAILABLE),
    ("链接已过期", Status.EXPIRED),
    ("参数错误", Status.MALFORMED),
    ("parameter error", Status.MALFORMED),
    ("根据作者隐私设置", Status.PRIVATE),
    ("仅限朋友可见", Status.PRIVATE),
    ("请在微信客户端打开链接", Status.PRIVATE),
    ("当前环境异常", Status.WALL),
    ("完成验证后即可继续访问", Status.WALL),
    ("访问过于频繁", Status.WALL),
    ("访问验证", Status.WALL),
    ("系统出错", Status.FAILED),
    ("未知错误", Status.FAILED),
)
_MESSAGES = ".weui-msg__title, .weui-msg__desc, .mesg-block, .page_msg, .icon_area, .text_area, title"
_SHORT_PAGE = 2000  # characters; a longer page without a body is a list or an account's page, not a message
_ANSWER_SCRIPT = 20_000  # characters; the one seen has 5,400
_TARGET = re.compile(r"^https?://mp\.weixin\.qq\.com/")


def read_state(soup: BeautifulSoup, source: Source) -> Refusal | None:
    """Which of WeChat's messages the page is, with the words in which it says so; None where it is none of them."""
    if source.is_wall():
        return Refusal(Status.WALL, "the page asks for verification")
    said = [" ".join(tag.get_text().split()) for tag in soup.select(_MESSAGES)]
    visible = " ".join(soup.get_text().split())
    if len(visible) < _SHORT_PAGE:
        said.append(visible)
    for phrase, status in _PHRASES:
        if any(phrase in words.lower() for words in said):
            return Refusal(status, _reason(phrase, soup))
    if any(_asks_for_verification(script.text) for script in source.scripts):
        return Refusal(Status.WALL, "the page asks for verification")
    if moved_to(soup, source):
        return Refusal(Status.FAILED, "the account has moved")
    return None


def moved_to(soup: BeautifulSoup, source: Source) -> str | None:
    """Where the article of a migrated account is now: `transferTargetLink`, or the link of `#js_access_msg`.

    Both are reported by other tools' authors; no capture was at hand.
    """
    link = text(read_globals(source.data_scripts()).get("transferTargetLink"))
    tag = soup.select_one("#js_access_msg[href]")
    for target in (link, str(tag["href"]) if tag else ""):
        if _TARGET.match(target):
            return target
    return None


def _asks_for_verification(script: str) -> bool:
    """A wall can be a message that a script of its page builds."""
    return len(script) < _ANSWER_SCRIPT and "weui-msg" in script and "访问过于频繁" in script


def _reason(phrase: str, soup: BeautifulSoup) -> str:
    detail = soup.select_one(".weui-msg__desc")
    words = " ".join(detail.get_text().split())[:200] if detail else ""
    return f"{phrase}: {words}" if words and phrase not in words else phrase
