"""Stand-ins for addresses: of the same kind to the parser, with nothing of theirs but WeChat's hosts and own words."""

from __future__ import annotations

import html
import re
from urllib.parse import quote, unquote, urlsplit

from archiver.wechat.disguise.filler import Filler
from archiver.wechat.images import IMAGE_HOSTS, is_image_host
from archiver.wechat.media import VIDEO_HOSTS
from archiver.wechat.urls import is_page_host

_WEB = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_CODED = re.compile(r"https?%3a", re.IGNORECASE)
_INLINED = re.compile(r"data:image/(png|jpeg|jpg|gif|webp|svg\+xml)?", re.IGNORECASE)
_BUCKET = re.compile(r"/((?:sz_)?mmbiz(?:_(?:png|jpg|jpeg|gif|svg|webp))?|mmsns|mmemoticon)/([^/]+)(?:/([^/]*))?/?$")
_SHORT = re.compile(r"/s/([A-Za-z0-9_-]{1,22})")
_PATHS = (
    "/mp/appmsg/show",
    "/mp/appmsgalbum",
    "/mp/homepage",
    "/mp/profile_ext",
    "/mp/wappoc_appmsgcaptcha",
    "/mp/verify",
)
_NAMES = (
    "__biz",
    "mid",
    "idx",
    "sn",
    "appmsgid",
    "itemidx",
    "sign",
    "chksm",
    "scene",
    "src",
    "timestamp",
    "ver",
    "signature",
)
_KNOWN = {
    "wx_fmt": frozenset({"png", "jpeg", "jpg", "gif", "webp", "svg", "other"}),
    "tp": frozenset({"webp"}),
    "wxfrom": frozenset({"5", "12", "13"}),
    "wx_lazy": frozenset({"1"}),
    "wx_co": frozenset({"1"}),
    "from": frozenset({"appmsg"}),
    "action": frozenset({"getalbum", "home"}),
}
_SIZES = frozenset({"0", "132", "300", "640"})
_FRAGMENTS = frozenset({"wechat_redirect", "rd"})
_WORDS = re.compile(r"vote|video|vlog")  # by which an embedded page is known
_DOT, _LONG = (
    300,
    400,
)  # characters of inlined images: below the first, one can stand for a player that is not there yet


def address(filler: Filler, given: str) -> str:
    """A stand-in for what an attribute or a datum gives as an address; the same for the same one."""
    core = given.strip()
    made = _made(filler, core)
    return made if core == given or not made else f" {made}"


def _made(filler: Filler, core: str) -> str:
    if not core or core == "#":
        return core
    if core.startswith("#"):
        return f"#{anchor(filler, core[1:])}"
    if inlined := _INLINED.match(core):
        return _inlined(filler, core, inlined[1] or "png")
    if _CODED.match(core):
        return quote(_made(filler, unquote(core)), safe="")
    if web := _WEB.match(core):
        return _web(filler, web[0], core)
    if core.startswith("/"):
        return _page(filler, *_split(f"https://mp.weixin.qq.com{core}")[1:])
    for scheme, stand_in in (("mailto:", "mailto:a@example.com"), ("tel:", "tel:0"), ("javascript:", "javascript:;")):
        if core.lower().startswith(scheme):
            return stand_in
    number = filler.number_of(core)
    return f"other:{number}" if ":" in core.split("/")[0] else f"p{number}"


def anchor(filler: Filler, name: str) -> str:
    """A stand-in for the id of an element."""
    return f"i{filler.number_of(name)}"


def _web(filler: Filler, scheme: str, core: str) -> str:
    plain = core
    while "&amp;" in plain:
        plain = html.unescape(plain)
    host, path, query, fragment = _split(plain if plain[0] != "/" else f"https:{plain}")
    if not host or "<" in plain or ">" in plain:
        return f"{scheme}["  # no address, and none before
    if is_page_host(host):
        return f"{scheme}{host}{_page(filler, path, query, fragment)}"
    if host in VIDEO_HOSTS:
        return f"{scheme}{host}/v{filler.number_of(path)}.mp4"
    if is_image_host(host):
        return f"{scheme}{host if host in IMAGE_HOSTS else IMAGE_HOSTS[0]}{_image(filler, path, query)}"
    number, words = filler.number_of(plain), "".join(f"/{word}" for word in sorted({*_WORDS.findall(plain)}))
    if host == "v.qq.com":
        vid = re.search(r"(?:^|&)vid=([\w]+)", query)
        return f"{scheme}{host}{words}/{number}" + (f"?vid={filler.identifier(vid[1])}" if vid else "")
    return f"{scheme}example.com{words}/{number}" if path.strip("/") or query else f"{scheme}{number}.example.com"


def _split(url: str) -> tuple[str, str, str, str]:
    """Host, path, query, fragment; empty where `url` is none."""
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return "", "", "", ""
    return host, parts.path, parts.query, parts.fragment


def _page(filler: Filler, path: str, query: str, fragment: str) -> str:
    short = _SHORT.match(path)
    if short:
        return f"/s/{filler.identifier(short[1].rjust(22, '-'))}"
    known = next((one for one in _PATHS if path.startswith(one)), "/s" if path == "/s" else "")
    made = known or (f"/x{filler.number_of(path)}" if path.strip("/") else path)
    parts = [part for pair in query.split("&") if (part := _parameter(filler, *pair.partition("=")[::2]))]
    tail = f"#{fragment}" if fragment in _FRAGMENTS else ""
    return f"{made}{'?' if parts else ''}{'&'.join(parts)}{tail}"


def _parameter(filler: Filler, name: str, value: str) -> str:
    name = name.removeprefix("amp;")
    if value in _KNOWN.get(name, ()):
        return f"{name}={value}"
    if name in (*_NAMES, "album_id"):
        return f"{name}={filler.identifier(value)}"
    return f"{name}={_made(filler, value)}" if name == "target_url" else ""


def _image(filler: Filler, path: str, query: str) -> str:
    found = _BUCKET.search(path)
    parts = [pair for pair in query.split("&") if pair.partition("=")[2] in _KNOWN.get(pair.partition("=")[0], ())]
    tail = f"?{'&'.join(parts)}" if parts else ""
    if not found:
        return f"/we-emoji/{filler.number_of(path)}.png" if path.strip("/") else "/"
    size = "" if found[3] is None else f"/{found[3]}" if found[3] in _SIZES else "/640"
    return f"/{found[1]}/IMAGE{filler.number_of(f'{found[1]}/{found[2]}'):081d}{size}{tail}"


def _inlined(filler: Filler, core: str, kind: str) -> str:
    made = f"data:image/{kind.lower()};base64,{filler.number_of(core):012d}"
    return made.ljust(_LONG, "A") if len(core) >= _DOT else made
