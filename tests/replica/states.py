"""Answers of WeChat that are no article."""

from __future__ import annotations

from enum import StrEnum

from tests.replica.escape import js_string
from tests.replica.pages import template
from tests.replica.scripts import filler


class State(StrEnum):
    """Names of the pages; those of the walls begin with `wall`."""

    DELETED = "deleted"
    DELETED_ENGLISH = "deleted-english"
    VIOLATION = "violation"
    INFRINGEMENT = "infringement"
    ACCOUNT_BLOCKED = "account-blocked"
    ACCOUNT_CLOSED = "account-closed"
    REVIEW = "review"
    SYSTEM_ERROR = "system-error"
    UNAVAILABLE = "unavailable"
    EXPIRED = "expired"
    PARAMETER_ERROR = "parameter-error"
    PARAMETER_ERROR_ENGLISH = "parameter-error-english"
    PRIVATE = "private"
    WALL = "wall"
    WALL_SHELL = "wall-shell"
    WALL_FREQUENT = "wall-frequent"


_TITLES = {
    State.DELETED: "该内容已被发布者删除",
    State.DELETED_ENGLISH: "The content has been deleted by the author.",
    State.INFRINGEMENT: "此内容被投诉且经审核涉嫌侵权，无法查看",
    State.ACCOUNT_BLOCKED: "此帐号已被屏蔽",
    State.ACCOUNT_CLOSED: "此帐号已自主注销",
    State.REVIEW: "内容审核中",
    State.SYSTEM_ERROR: "系统出错",
    State.EXPIRED: "链接已过期",
    State.PARAMETER_ERROR: "参数错误",
    State.PARAMETER_ERROR_ENGLISH: "Parameter error",
    State.PRIVATE: "根据作者隐私设置，无法查看该内容",
}

_VIOLATION = """\
<h2 class="weui-msg__title title">
            此内容因违规无法查看
        </h2>
        <div class="weui-msg__desc">
            <p class="tips">由用户投诉并经平台审核，涉嫌违反相关法律法规和政策，查看<a href="http://mp.weixin.qq.com/mp/opshowpage?action=oplaw">对应规则</a></p>
        </div>"""

_WALL_TEXT = """\
<div class="weui-msg__icon-area"><i class="weui-icon-info-circle weui-icon_msg"></i></div>
<div class="weui-msg__text-area pc-area">
<h2 class="weui-msg__title">环境异常</h2>
<p class="weui-msg__desc">当前环境异常，完成验证后即可继续访问。</p>
</div>
<div class="weui-msg__opr-area">
<p class="weui-btn-area"><a class="weui-btn weui-btn_primary" id="js_verify" wah-hotarea="click">去验证</a></p>
</div>"""


def state_page(state: State, target: str = "") -> bytes:
    """The page for `state` in UTF-8; a wall names the article's URL `target`. WeChat sends all of them with HTTP 200.

    The shell of the wall holds no visible text at all: script would draw it.
    """
    if state in (State.WALL, State.WALL_SHELL):
        text = _WALL_TEXT if state is State.WALL else ""
        return template("wall").substitute(text=text, target=js_string(target), filler=filler(12)).encode()
    if state is State.WALL_FREQUENT:
        return template("frequent").substitute().encode()
    if state is State.UNAVAILABLE:
        return template("unavailable").substitute().encode()
    text = _VIOLATION if state is State.VIOLATION else f'<div class="weui-msg__title warn">{_TITLES[state]}</div>'
    return template("message").substitute(text=text).encode()
