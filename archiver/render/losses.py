"""What of an article is missing, in the language of its readers. article.json keeps the details, in English."""

from __future__ import annotations

import re

from archiver.models import ONLY_A_LINE, Loss, LossCode
from archiver.render.text import one_line

_THINGS = {
    "image": "图片",
    "video": "视频",
    "audio": "音频",
    "music": "音乐",
    "paid": "付费内容",
    "card": "卡片",
    "text": "正文",
}
_REASONS = {
    LossCode.PAID: "付费文章，只有试读部分是公开的",
    LossCode.PAID_WHOLE: "付费文章，没有公开的内容",
    LossCode.EXCERPT: "转载的文章，页面上只有开头",
    LossCode.LIVE_PHOTO: "实况照片的动态部分",
    LossCode.NO_ADDRESS: "页面没有给出地址",
    LossCode.LINE_ONLY: "只保留了一行文字",
    LossCode.MINI_PROGRAM_LINK: "小程序链接，在微信之外打不开",
    LossCode.LEFT_OUT: "按配置没有保存",
    LossCode.TOO_MANY: "超过一篇文章的数量上限",
    LossCode.TOO_LARGE: "文件太大",
    LossCode.HOST_REFUSED: "地址不在微信的服务器上，没有请求",
    LossCode.NOT_FOUND: "服务器上已经没有了",
    LossCode.HTTP_REFUSED: "服务器拒绝了请求",
    LossCode.SERVER_ERROR: "服务器出错",
    LossCode.NO_ANSWER: "服务器没有应答，或中途断开",
    LossCode.REDIRECTED: "一再重定向",
    LossCode.HOST_DOWN: "服务器多次失败，这次没有再请求",
    LossCode.NOT_ASKED: "未抓取",
    LossCode.BROWSER_FAILED: "浏览器出错",
    LossCode.PLACEHOLDER: "来的是微信的防盗链提示图",
    LossCode.NOT_AN_IMAGE: "来的不是图片",
    LossCode.BROKEN_IMAGE: "图片不完整，或已损坏",
    LossCode.DAMAGED_AT_SOURCE: "在来源处就不完整，已按原样保存",
    LossCode.NOT_MEDIA: "来的不是音频或视频",
    LossCode.BROKEN_MEDIA: "文件不完整",
    LossCode.INTERNAL: "程序内部出错",
    LossCode.FAILED: "没有抓取成功",
    LossCode.LOST: "文件已损坏，也无法重新抓取",
    LossCode.UNKNOWN: "不知道是哪个文件",
}
# What older archivers wrote without a code.
_OLDER = {
    "a paid article: only its preview was public": LossCode.PAID,
    "the moving part of a live photo": LossCode.LIVE_PHOTO,
    "the page gives no address of it": LossCode.NO_ADDRESS,
    "left out, as the configuration says": LossCode.LEFT_OUT,
    "not fetched": LossCode.NOT_ASKED,
}
_STATUS = re.compile(r"\bHTTP (\d{3})\b")
_NAMELESS = re.compile(r"no address for (\d+) of its images")
_LINK = "mini-program link: "


def reason(why: str, code: LossCode | None) -> str:
    """Why something is missing; in the words of `why` only where an older archiver gave no code that is known."""
    code = code or _OLDER.get(why)
    if code is None:
        return one_line(why)
    said = _REASONS[code]
    status = _STATUS.search(why)
    return f"{said}（HTTP {status[1]}）" if status else said


def loss_line(loss: Loss) -> str:
    """A loss as a reader sees it: what is missing, and why."""
    if loss.why.startswith(ONLY_A_LINE):
        return one_line(loss.why.removeprefix(ONLY_A_LINE))
    said = reason(loss.why, loss.code)
    if many := _NAMELESS.search(loss.why):
        said = f"页面没有给出其中 {many[1]} 张的地址"
    elif loss.why.startswith(_LINK) and (name := one_line(loss.why.removeprefix(_LINK))):
        said = f"{_REASONS[LossCode.MINI_PROGRAM_LINK]}：{name}"
    return f"{_THINGS.get(loss.what, one_line(loss.what))}：{said}"
