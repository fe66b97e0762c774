"""Pages that are no article. Asked only when a page has no body, since articles quote these phrases.

The phrases are those of WeChat in China. Its Traditional Chinese is folded into them, character by character; of its
English, which has changed more than once, the words are known that each message has to use.
"""

from __future__ import annotations

import re

from archiver.dom import Document
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
_FOLDED = str.maketrans(
    "該內發佈刪違規無審權帳賬號註銷眾遷處於暫時鏈連結過參數錯誤據隱設僅見請戶開當環異驗證後繼續訪問頻統關嚴導現廣動稱體嗎權給與個點進電",
    "该内发布删违规无审权帐账号注销众迁处于暂时链连结过参数错误据隐设仅见请户开当环异验证后继续访问频统关严导现广动称体吗权给与个点进电",
)
_SPELLED = (
    ("隐私设定", "隐私设置"),
    ("连结已", "链接已"),
    ("连结", "链接"),
    ("用户端", "客户端"),
    ("目前环境异常", "当前环境异常"),
)
# What the English messages say; tried on the message itself only.
_ENGLISH = (
    (r"\b(?:deleted|removed) by (?:the |its )?(?:author|publisher|owner)", Status.DELETED),
    (r"\baccount\b.*\b(?:blocked|banned|suspended|deactivated|closed|cancell?ed|deregistered)\b", Status.BLOCKED),
    (r"\bviolat|\binfring|\bimpersonat", Status.VIOLATION),
    (r"\baccount\b.*\b(?:migrat|transfer)", Status.FAILED),
    (r"\b(?:under|in) review\b|\bsystem error\b|\bunknown error\b|\bsystem (?:is )?busy\b", Status.FAILED),
    (r"\blink (?:has |is )?expired\b", Status.EXPIRED),
    (r"\b(?:parameter error|(?:invalid|incorrect|wrong) parameters?)\b", Status.MALFORMED),
    (r"\bprivacy settings?\b|\bonly\b.*\bfriends\b|\bopen\b.*\bin (?:the )?(?:weixin|wechat)\b", Status.PRIVATE),
    (
        r"\btoo (?:many requests|frequent)|\bcomplete (?:the )?verification\b|\bverify (?:that )?you\b",
        Status.WALL,
    ),
    (r"\btemporarily unavailable\b|\b(?:cannot|can't|unable to)\b.*\bview", Status.UNAVAILABLE),
)
_LONGEST_QUOTE = 200  # characters
_MESSAGES = ".weui-msg__title, .weui-msg__desc, .mesg-block, .page_msg, .icon_area, .text_area, title"
_SHORT_PAGE = 2000  # characters; a longer page without a body is a list or an account's page, not a message
_ANSWER_SCRIPT = 20_000  # characters; the one seen has 5,400
_TARGET = re.compile(r"^https?://mp\.weixin\.qq\.com/")


def read_state(soup: Document, source: Source) -> Refusal | None:
    """Which of WeChat's messages the page is, with the words in which it says so; None where it is none of them."""
    if source.is_wall():
        return Refusal(Status.WALL, "the page asks for verification")
    messages = [" ".join(tag.get_text().split()) for tag in soup.select(_MESSAGES)]
    visible = " ".join(soup.get_text().split())
    short = len(visible) < _SHORT_PAGE
    said = [_folded(words) for words in [*messages, *([visible] if short else [])]]
    for phrase, status in _PHRASES:
        if any(phrase in words for words in said):
            return Refusal(status, _reason(phrase, soup))
    for pattern, status in _ENGLISH:
        found = next((words for words in messages if re.search(pattern, words, re.IGNORECASE)), "")
        if found:
            return Refusal(status, _reason(found[:_LONGEST_QUOTE], soup))
    if any(_asks_for_verification(script.text) for script in source.scripts):
        return Refusal(Status.WALL, "the page asks for verification")
    if moved_to(soup, source):
        return Refusal(Status.FAILED, "the account has moved")
    title = soup.select_one(".weui-msg__title")
    quoted = " ".join(title.get_text().split())[:_LONGEST_QUOTE] if title and short else ""
    # What nobody knows may pass: it is looked at again for a while.
    return Refusal(Status.UNAVAILABLE, _reason(quoted, soup)) if quoted else None


def _folded(words: str) -> str:
    words = words.lower().translate(_FOLDED)
    for spelled, known in _SPELLED:
        words = words.replace(spelled, known)
    return words


def moved_to(soup: Document, source: Source) -> str | None:
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


def _reason(phrase: str, soup: Document) -> str:
    detail = soup.select_one(".weui-msg__desc")
    words = " ".join(detail.get_text().split())[:200] if detail else ""
    return f"{phrase}: {words}" if words and phrase not in words else phrase
