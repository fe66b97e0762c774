"""WeChat URLs: what they lead to, and the one form under which each is known.

An article has many URLs (short, long, temporary, wrapped in a verification page) and notes hold them mangled. Nothing
here raises: text that is no URL comes back as it is, or as None where an article link was asked for.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from urllib.parse import unquote, urljoin, urlsplit

from archiver.models import UrlKind
from archiver.wechat import images, wrapped
from archiver.wechat.images import image_requests, is_image_host
from archiver.wechat.media import VIDEO_HOSTS
from archiver.wechat.secrets import SECRETS, without_secrets

PAGE_HOSTS = ("mp.weixin.qq.com",)
SEARCH_HOST = "weixin.sogou.com"  # Sogou's search for articles, whose links nobody but it can take apart
# All that notes can name, as tails after a dot.
NAMED_HOSTS = (*PAGE_HOSTS, "res.wx.qq.com", ".qpic.cn", ".qlogo.cn", SEARCH_HOST)
SCRIPT_HOSTS = ("res.wx.qq.com", "res2.wx.qq.com")

# What names the article, in the order of the canonical form, with the names of older links.
_IDENTITY = ("__biz", "mid", "idx", "sn")
_OLD_NAMES = {"appmsgid": "mid", "itemidx": "idx", "sign": "sn"}
_ALBUM = "/mp/appmsgalbum"
_WALL_PATHS = ("/mp/wappoc_appmsgcaptcha", "/mp/verify")
_TEMPORARY = ("src", "timestamp", "ver", "signature")  # links from Sogou's search; they expire
_SIGNED = frozenset({"dis_k", "dis_t"})  # a video address's signature: changes from visit to visit
# The longest prefix of a value that can be meant; what follows was glued on by an editor or by prose.
_VALUES = {
    "__biz": re.compile(r"(?:[A-Za-z0-9+/]|%2[BbFf])+(?:=|%3[Dd]){0,2}"),
    **dict.fromkeys(("mid", "idx", "scene", "timestamp", "album_id"), re.compile(r"\d+")),
    **dict.fromkeys(("sn", "chksm"), re.compile(r"[0-9a-fA-F]+")),
}
_CANONICAL = re.compile(
    r"https://mp\.weixin\.qq\.com/s\?__biz=([A-Za-z0-9]+={0,2})&mid=([0-9]+)&idx=([0-9]+)&sn=([0-9a-f]+)"
)
_USUAL = re.compile(r"https://mp\.weixin\.qq\.com/s(?:\?|(/[A-Za-z0-9_-]))")  # a query, or a token
_SHORT = re.compile(r"/s/([A-Za-z0-9_-]{1,22})")
_URL_END = re.compile(r"""[^!#$%&()*+,\-./0-9:;=?@A-Z\[\]_a-z~]""")
_TRAILING = ".,;:!?)]*~"  # Markdown and prose after a bare URL; a token may end in `_` or `-`
_HOST = re.compile(r"[^\s/]+")
_START = re.compile(r"""^[\s<("'“‘「《]+""")
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
# A link is asked about in a dozen places, by steps of which each goes through all: of so many the answers are kept.
_remembered = lru_cache(maxsize=16384)
_IMAGE_PATH = re.compile(r"/we-emoji/|\.(?:png|jpe?g|gif|webp|svg)$", re.IGNORECASE)


def is_page_host(host: str) -> bool:
    """Whether `host` serves article pages."""
    return host.lower() in PAGE_HOSTS


def is_script_host(host: str) -> bool:
    """Whether `host` serves the scripts of article pages."""
    return host.lower() in PAGE_HOSTS + SCRIPT_HOSTS


def is_short(url: str) -> bool:
    """Whether an article's URL is its short link, `/s/<token>`."""
    usual = _USUAL.match(url)  # asked of every link that is due: to split each takes long
    return bool(usual[1]) if usual else _SHORT.match(_split(url)[1]) is not None


def is_wall(url: str) -> bool:
    """Whether a URL leads to a verification page, whatever stands on it (WECHAT.md 1 and 8)."""
    host, path, _ = _split(url)
    return host in PAGE_HOSTS and path.startswith(_WALL_PATHS)


@_remembered
def classify(url: str) -> UrlKind | None:
    """What `url` leads to, or None where it is not WeChat's."""
    plain = _undo_mangling(url)
    host, path, _ = _split(plain)
    if host in VIDEO_HOSTS:
        return UrlKind.VIDEO
    if is_image_host(host):
        if host == "res.wx.qq.com" and not _IMAGE_PATH.search(path):
            return UrlKind.OTHER
        return UrlKind.IMAGE if path.strip("/") else UrlKind.OTHER
    if host not in PAGE_HOSTS:
        return None
    if path == _ALBUM:
        return UrlKind.ALBUM
    return UrlKind.ARTICLE if clean_url(url) else UrlKind.OTHER


@_remembered
def clean_url(url: str) -> str | None:
    """The article link that `url` was meant to be: https, entities undone, without secrets, fragment and glued junk.

    A verification page's URL gives the article in its `target_url`. None where no article link can be read.
    """
    plain = _undo_mangling(url)
    host, path, query = _split(plain)
    if host not in PAGE_HOSTS:
        return None
    if path.startswith(_WALL_PATHS):
        target = _target(plain)
        return clean_url(target) if target else None
    short = _SHORT.match(path)
    if short:
        glued = len(path) > short.end()
        return _built(host, short[0], [] if glued else _pairs(query))
    if path not in ("/s", "/mp/appmsg/show"):
        return None
    pairs = _pairs(query)
    names = {_OLD_NAMES.get(name, name) for name, value in pairs if value}
    if not ({"__biz", "mid"} <= names or {"timestamp", "signature"} <= names):
        return None
    return _built(host, path, pairs)


def is_identity(url: str) -> bool:
    """Whether a URL only names an article, which is found where it is archived already and cannot be asked for."""
    host, path, _ = _split(url.strip())
    return wrapped.is_identity(host, path)


def is_host_alone(url: str) -> bool:
    """Whether a URL names a host and no page."""
    _, path, query = _split(_undo_mangling(url))
    return not path.strip("/") and not query


def without_wrapping(url: str) -> str:
    """The address inside that of a redirector, web archive or image proxy, where it is WeChat's; else `url`."""
    return _inside(_ESCAPED.sub(r"\1", url.strip()).replace("&amp;", "&")) or url


def image_key(url: str) -> str | None:
    """What names the image at `url`, as in images.image_key, where a proxy's address may hold WeChat's."""
    return images.image_key(canonical_url(url) if classify(url) is UrlKind.IMAGE else url)


@_remembered
def request_url(url: str) -> str:
    """What to ask the server for: all that the note had except secrets and fragment, by https.

    `chksm` and the like are kept: without them a valid long link can answer with an empty shell.
    """
    article = clean_url(url)
    if article:
        return article
    plain = _undo_mangling(url)
    host, path, query = _split(plain)
    if not host:
        return plain
    if is_image_host(host):
        return image_requests(plain, "given")[0]
    return _built(host, path, _pairs(query))


@_remembered
def canonical_url(url: str) -> str:
    """The key under which links.jsonl lists `url`; equal for all spellings of one link (not of one article).

    A short link keeps nothing but its case-sensitive token; a long one `__biz mid idx sn` in that order.
    """
    asked = request_url(url)
    host, path, query = _split(asked)
    if host in VIDEO_HOSTS:
        return _built(host, path, [pair for pair in _pairs(query) if pair[0] not in _SIGNED])
    if host in PAGE_HOSTS and path == _ALBUM:
        known = dict(_pairs(query))
        named = {"__biz": unquote(known.get("__biz", "")), "action": "getalbum", "album_id": known.get("album_id", "")}
        return _built(host, path, [(name, value) for name, value in named.items() if value])
    if host not in PAGE_HOSTS or not clean_url(asked):
        return asked
    if _SHORT.match(path):
        return f"https://{host}{path}"
    known = {_OLD_NAMES.get(name, name): value for name, value in reversed(_pairs(query)) if value}
    known["__biz"] = unquote(known.get("__biz", ""))
    order = _IDENTITY if known["__biz"] and "mid" in known else _TEMPORARY
    return _built(host, "/s", [(name, known[name]) for name in order if known.get(name)])


def url_ids(url: str) -> dict[str, str]:
    """`biz mid idx sn` as far as an article's long URL tells them; empty for a short one."""
    if plain := _CANONICAL.fullmatch(url):  # as most are: it need not be put right
        return dict(zip(("biz", "mid", "idx", "sn"), plain.groups(), strict=True))
    clean = clean_url(url) or ""
    pairs = {_OLD_NAMES.get(name, name): value for name, value in reversed(_pairs(_split(clean)[2])) if value}
    pairs["biz"] = unquote(pairs.get("__biz", ""))
    return {name: pairs[name] for name in ("biz", "mid", "idx", "sn") if pairs.get(name)}


def link_url(href: str) -> str | None:
    """A link inside an article as it is kept: absolute, without secrets; None where it leads nowhere."""
    href = href.strip()
    if not href or href.startswith("#"):
        return None
    if href.lower().startswith(("mailto:", "tel:")):
        return href
    try:
        absolute = href if ":" in href.split("/")[0] else urljoin("https://mp.weixin.qq.com/", href)
    except ValueError:  # "Invalid IPv6 URL"
        return None
    host = _split(absolute)[0]
    if not host:
        return None
    return request_url(absolute) if host in PAGE_HOSTS else absolute


def article_id(biz: str, mid: str, idx: str, url: str) -> str:
    """First 12 hex digits of SHA-256 of `biz/mid/idx`, or of the canonical URL where one of these is unknown."""
    name = f"{biz}/{mid}/{idx}" if biz and mid and idx else canonical_url(url)
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _undo_mangling(url: str) -> str:
    """The first URL in `url`, with what Markdown, HTML and editors did to it undone; other text as it is."""
    text = _ESCAPED.sub(r"\1", url.strip())
    # `&times` is an HTML entity even without a semicolon, so `&timestamp` is often found as `×tamp`.
    text = _START.sub("", text.replace("×tamp", "&timestamp"))
    while "&amp;" in text:
        text = text.replace("&amp;", "&")
    if text.startswith("//"):
        text = "https:" + text
    start = _SCHEME.match(text)
    if not start:
        return url.strip()
    end = _URL_END.search(text)
    text = text[: end.start()] if end else text
    if inner := _inside(text):
        return inner
    second = _SCHEME.search(text, start.end())
    if second and "target_url=" not in text[: second.start()]:
        text = text[: second.start()]
    return text.partition("#")[0].rstrip(_TRAILING)


def _inside(url: str) -> str:
    """WeChat's own address inside that of a redirector, web archive or image proxy; empty where there is none."""
    address = wrapped.unwrapped(*_split(url))
    plain = _undo_mangling(address) if address else ""
    host = _split(plain)[0]
    return plain if host in PAGE_HOSTS or host in VIDEO_HOSTS or is_image_host(host) else ""


def _split(url: str) -> tuple[str, str, str]:
    """Host in lower case, path, query; three empty strings where `url` is no http URL."""
    if not _SCHEME.match(url):
        return "", "", ""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError:  # "Invalid IPv6 URL", "Port out of range"
        return "", "", ""
    if not _HOST.fullmatch(host):
        return "", "", ""
    if port not in (None, 80, 443):
        host = f"{host}:{port}"
    return host, parts.path or "/", parts.query


def _target(url: str) -> str | None:
    """The article's URL inside a verification page's; it may be percent-encoded once, twice or not at all."""
    _, found, rest = url.partition("target_url=")
    if not found:
        return None
    if not _SCHEME.match(rest):
        rest = rest.split("&")[0]
    for _ in range(3):
        if _SCHEME.match(rest) and ("&" in rest or "%26" not in rest):
            return rest
        rest = unquote(rest)
    return None


def _pairs(query: str) -> list[tuple[str, str]]:
    """Parameters as written, without the secrets, each value cut where it stops to be one."""
    pairs = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if not name or name in SECRETS:
            continue
        shape = _VALUES.get(_OLD_NAMES.get(name, name))
        if shape:
            found = shape.match(value)
            value = found[0] if found else ""
        pairs.append((name, value))
    return pairs


def _built(host: str, path: str, pairs: list[tuple[str, str]]) -> str:
    query = "&".join(f"{name}={value}" for name, value in pairs)
    # What is encoded inside a value is no parameter of this URL, but no less a credential.
    return without_secrets(f"https://{host}{path}{'?' if query else ''}{query}").rstrip(_TRAILING)
