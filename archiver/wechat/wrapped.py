"""Addresses inside addresses: redirectors, web archives and image proxies that name WeChat's own address in theirs.

Nothing is asked for: what is meant stands in the address. A service is a line of a table.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import unquote

_SCHEME = re.compile(r"https?:/{1,2}", re.IGNORECASE)
_HEX = re.compile(r"/[0-9a-f]+/((?:[0-9a-f]{2})+)", re.IGNORECASE)
_ARCHIVED = re.compile(r"/(?:web/)?\d{4,14}[a-z_*]*/(.+)", re.IGNORECASE | re.DOTALL)
_SAVED = re.compile(r"/save/(?:_embed/)?(.+)", re.DOTALL)
_NAMED = re.compile(r"/a/([^/?#]+)/(\d+)/(\d+)")
_MOST_LAYERS = 4


def _parameter(*names: str) -> Callable[[str, str], str]:
    """What stands behind one of these parameters, in the query or as a part of the path. An address with a query of its
    own that is not coded goes on to the end."""

    def inner(path: str, query: str) -> str:
        for name in names:
            found = re.search(rf"[?&/]{re.escape(name)}=(.+)", f"{path}?{query}", re.DOTALL)
            if found:
                value = found[1]
                return value if _SCHEME.match(value) and "?" in value else value.partition("&")[0]
        return ""

    return inner


def _behind(path: str, query: str) -> str:
    """What stands behind the date in the path of a web archive, with the query."""
    found = _ARCHIVED.match(path) or _SAVED.match(path)
    return _path(found[1], query) if found else ""


def _path(path: str, query: str) -> str:
    """The path and the query as they are."""
    return path.lstrip("/") + (f"?{query}" if query else "")


def _camo(path: str, _query: str) -> str:
    """The second part of the path, in hexadecimal digits."""
    found = _HEX.match(path)
    return bytes.fromhex(found[1]).decode("utf-8", "replace") if found else ""


def _base64(path: str, _query: str) -> str:
    """The last part of the path."""
    try:
        return base64.urlsafe_b64decode(path.rpartition("/")[2] + "===").decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _identity(path: str, _query: str) -> str:
    """The parts of the path, which name an article without what it takes to ask for it."""
    found = _NAMED.match(path)
    return f"https://mp.weixin.qq.com/s?__biz={unquote(found[1])}&mid={found[2]}&idx={found[3]}" if found else ""


# Host (a dot before it: any below it too) -> where in path and query the address is.
WRAPPERS: dict[str, Callable[[str, str], str]] = {
    # Pages that ask before they lead on.
    "link.zhihu.com": _parameter("target"),
    "link.juejin.cn": _parameter("target"),
    "link.csdn.net": _parameter("target"),
    "xie.infoq.cn": _parameter("target"),
    "gitee.com": _parameter("target"),
    "sspai.com": _parameter("target"),
    "link.jianshu.com": _parameter("t"),
    "www.jianshu.com": _parameter("url"),
    "www.oschina.net": _parameter("url"),
    "blog.51cto.com": _parameter("url"),
    "www.douban.com": _parameter("url"),
    "docs.qq.com": _parameter("url"),
    "c.pc.qq.com": _parameter("pfurl", "url"),
    "weixin110.qq.com": _parameter("url", "main_url", "target_url"),
    ".wx.qq.com": _parameter("requrl", "url"),
    ".wx2.qq.com": _parameter("requrl", "url"),
    ".google.com": _parameter("q", "url", "imgurl"),
    "duckduckgo.com": _parameter("uddg"),
    "l.facebook.com": _parameter("u"),
    # Copies of articles elsewhere, with the names of the originals.
    "freewechat.com": _identity,
    # Web archives.
    "web.archive.org": _behind,
    "archive.ph": _behind,
    "archive.today": _behind,
    "archive.is": _behind,
    "webcache.googleusercontent.com": _parameter("q"),
    # Readers of pages.
    "r.jina.ai": _path,
    # Proxies of images.
    "images.weserv.nl": _parameter("url"),
    "wsrv.nl": _parameter("url"),
    "i0.wp.com": _path,
    "i1.wp.com": _path,
    "i2.wp.com": _path,
    "i3.wp.com": _path,
    "external-content.duckduckgo.com": _parameter("u"),
    "camo.githubusercontent.com": _camo,
    ".sogoucdn.com": _parameter("url"),
    ".sogou.com": _parameter("url"),
    ".baidu.com": _parameter("src", "url", "objurl"),
    ".135editor.com": _base64,
}


def is_identity(host: str, path: str) -> bool:
    """Whether an address only names an article: WeChat does not answer for it without a key (`sn`)."""
    return WRAPPERS.get(host.lower()) is _identity and _NAMED.match(path) is not None


def unwrapped(host: str, path: str, query: str) -> str:
    """The http(s) address inside another of that host; empty where there is none or the host is not known."""
    inner = _wrapper(host.lower())
    value = inner(path, query) if inner else ""
    for _ in range(_MOST_LAYERS):
        if start := _SCHEME.match(value):
            scheme = value[: start.end()].rstrip("/").lower()
            return f"{scheme}//{value[start.end() :].lstrip('/')}"
        if value.startswith("//"):
            return f"https:{value}"
        if re.match(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+/", value):
            return f"https://{value}"
        decoded = unquote(value)
        if decoded == value:
            return ""
        value = decoded
    return ""


def _wrapper(host: str) -> Callable[[str, str], str] | None:
    if host in WRAPPERS:
        return WRAPPERS[host]
    parts = host.split(".")
    tails = ("." + ".".join(parts[index:]) for index in range(len(parts)))
    return next((WRAPPERS[tail] for tail in tails if tail in WRAPPERS), None)
