"""All addresses under which a web archive may have an article or image, and whether what it has is that.

A web archive knows addresses, not articles, and gives out under one key what differs in case only: WeChat's tokens and
the ids of images are case-sensitive.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from archiver.models import Article
from archiver.wechat import images, urls
from archiver.wechat.secrets import SECRETS

# What a link carries of the person who copied it, and of that person's device (WECHAT.md 1).
_PERSONAL = frozenset(
    {*SECRETS, "wx_header", "click_id", "clicktime", "enterid", "ascene", "devicetype", "version", "subscene"}
    | {"sessionid", "nettype", "lang"}
)
_OLDEST = {"__biz": "__biz", "mid": "appmsgid", "idx": "itemidx", "sn": "sign"}
_OWN_LINK = re.compile(rb"""<meta[^>]*?property=["']og:url["'][^>]*?content=["']([^"']*)["']""", re.IGNORECASE)
_SIZE = re.compile(r"/(\d+)/?$")


def spellings(known: Iterable[str]) -> tuple[str, ...]:
    """What to ask a web archive for, given the URLs under which an article's link is known: short, long, with and
    without `chksm`, by the oldest names; each once whatever its scheme, case and order. By https, without anybody's
    credentials or data."""
    found: dict[str, str] = {}
    clean = list(dict.fromkeys(filter(None, map(urls.clean_url, known))))
    for url in sorted((each for one in clean for each in _variants(one)), key=lambda url: not urls.is_short(url)):
        found.setdefault(_key(url), url)
    return tuple(found.values())


def _variants(url: str) -> Iterator[str]:
    yield urls.canonical_url(url)
    given = [pair for pair in _pairs(url) if not _is_personal(pair[0])]
    yield _built(url, given)
    if urls.is_short(url):
        return
    yield _built(url, [pair for pair in given if pair[0] != "chksm"])
    ids = _pairs(urls.canonical_url(url))
    yield _built(url, [*ids, *(pair for pair in given if pair[0] == "chksm")])
    if all(name in _OLDEST for name, _ in ids):
        yield _built("https://mp.weixin.qq.com/mp/appmsg/show", [(_OLDEST[name], value) for name, value in ids])


def is_same_page(asked: str, original: str) -> bool:
    """Whether two addresses are the same but for scheme, port, fragment and the order and coding of parameters. Case
    counts."""
    return _exact(asked) == _exact(original)


def is_other_article(article: Article, page: bytes, asked: str) -> bool:
    """Whether a page that was archived under the address `asked` is the article of another link: by its ids, or by the
    short link that it names as its own, which is the one that it was opened by (WECHAT.md 1)."""
    ids = urls.url_ids(asked)
    if any(ids[name] != said for name in ("biz", "mid", "idx") if name in ids and (said := getattr(article, name))):
        return True
    found = _OWN_LINK.search(page)
    own = html.unescape(found[1].decode("utf-8", "replace")) if found else ""
    both_short = urls.is_short(asked) and urls.is_short(own)
    return both_short and urls.canonical_url(own) != urls.canonical_url(asked)


def image_prefix(url: str) -> str:
    """What all addresses of an image begin with, whatever its size and parameters; empty where it is none that is known
    by an id."""
    parts = urlsplit(url)
    key = images.image_key(url) or ""
    place = parts.path.find(f"/{key}")
    if not key or place < 0 or not images.is_image_host(parts.hostname or ""):
        return ""
    return f"https://{parts.hostname}{parts.path[:place]}/{key}/"


def image_rank(asked: str, original: str) -> int | None:
    """How good an archived address is for the image `asked`: 0 in the same size, 1 in the original one, 2 in another;
    None where it is another image, or one that differs in case."""
    if images.image_key(asked) != images.image_key(original):
        return None
    wanted, there = _size(asked), _size(original)
    return 0 if there == wanted else 1 if there == "0" else 2


def _size(url: str) -> str:
    found = _SIZE.search(urlsplit(url).path)
    return found[1] if found else ""


def _is_personal(name: str) -> bool:
    return name in _PERSONAL or name.startswith("sharer_")


def _pairs(url: str) -> list[tuple[str, str]]:
    parts = (part.partition("=") for part in urlsplit(url).query.split("&") if part)
    return [(name, value) for name, _, value in parts]


def _built(url: str, pairs: Iterable[tuple[str, str]]) -> str:
    parts = urlsplit(url)
    query = "&".join(f"{name}={value}" for name, value in pairs)
    return f"https://{parts.hostname}{parts.path}{'?' if query else ''}{query}"


def _exact(url: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:  # "Invalid IPv6 URL"
        return "", url, ()
    return host.lower(), parts.path, tuple(sorted((name, unquote(value)) for name, value in _pairs(url)))


def _key(url: str) -> str:
    """What the index of a web archive knows an address by."""
    return repr(_exact(url)).lower()
