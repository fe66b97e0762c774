"""Albums (合集, `/mp/appmsgalbum`): lists of articles.

The page holds the first articles (10 in the one seen) in `cgiData.articleList` and in the DOM; the rest comes as JSON
from the same address with `f=json`, in portions that begin behind a named article.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from archiver.dom import parse_page
from archiver.models import Album, AlbumArticle, Refusal, Status
from archiver.wechat.jsdata import read_album_data
from archiver.wechat.jsvalue import Value, member, text
from archiver.wechat.source import Source, decode_page, read_source
from archiver.wechat.states import read_state
from archiver.wechat.urls import canonical_url, request_url, url_ids

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

PORTION = 20
_ID = re.compile(r"\d{1,40}")
_EPOCHS = range(1_300_000_000, 4_102_444_800)  # 2011, before the first Official Account, to 2100


@dataclass(frozen=True, slots=True)
class Portion:
    """Further articles of an album, and whether WeChat says that there are more."""

    articles: tuple[AlbumArticle, ...]
    more: bool


def album_id(url: str) -> str:
    """The number of the album behind `url`; empty where it names none."""
    value = _query(url).get("album_id", "")
    return value if _ID.fullmatch(value) else ""


def read_album(body: bytes, url: str) -> Album | Refusal:
    """The album on the page `body` that came from `url`, with the articles that the page itself holds."""
    source = read_source(decode_page(body))
    page = parse_page(source.html or "<p></p>")
    soup = _soup(source.html)
    data = read_album_data(source.data_scripts())
    listed = member(data, "articleList")
    articles = _articles(listed if isinstance(listed, list) else []) or _shown(soup)
    title = _plain(member(data, "title")) or _shown_text(soup, "#js_tag_name, .album__label-title")
    if not articles and not title:
        return read_state(page, source) or Refusal(Status.REFUSED, "the page holds no album")
    count = text(member(data, "article_count"))
    return Album(
        id=text(member(data, "albumId")) or album_id(url),
        url=request_url(url),
        title=title,
        account=_plain(member(data, "nick_name")) or _shown_text(soup, ".album__author-name"),
        description=_plain(member(data, "desc")),
        count=max(int(count) if count.isascii() and count.isdigit() else 0, len(articles)),
        articles=articles,
    )


def portion_url(album: Album, last: AlbumArticle) -> str:
    """What to ask for the articles behind `last`."""
    asked, ids = _query(album.url), url_ids(last.url)
    names = {"action": "getalbum", "__biz": asked.get("__biz", "") or ids.get("biz", ""), "album_id": album.id}
    names |= {"count": str(PORTION), "begin_msgid": ids.get("mid", ""), "begin_itemidx": ids.get("idx", "")}
    names |= {name: asked[name] for name in ("is_reverse",) if name in asked}
    query = "&".join(f"{name}={quote(value, safe='=')}" for name, value in {**names, "f": "json"}.items())
    return f"https://mp.weixin.qq.com/mp/appmsgalbum?{query}"


def read_portion(body: bytes) -> Portion | Refusal:
    """The articles in a JSON answer, or why it holds none."""
    page = decode_page(body)
    try:
        answer = json.loads(page)
    except (ValueError, RecursionError):
        source = Source(page, ()) if "<" not in page else read_source(page)
        state = read_state(parse_page(source.html or "<p></p>"), source)
        return state or Refusal(Status.REFUSED, "WeChat's answer is no list of articles")
    found = member(answer, "getalbum_resp") if isinstance(answer, dict) else None
    listed = member(found, "article_list")
    if not isinstance(listed, list | dict):
        code = text(member(answer, "base_resp", "ret")) if isinstance(answer, dict) else ""
        return Refusal(Status.REFUSED, f"WeChat's answer holds no articles (ret {code or 'unknown'})")
    articles = _articles(listed if isinstance(listed, list) else [listed])  # a single article comes without its list
    return Portion(articles, text(member(found, "continue_flag")) == "1")


def joined(album: Album, further: Iterable[AlbumArticle]) -> tuple[AlbumArticle, ...]:
    """The album's articles with further ones behind them, each once."""
    found = {canonical_url(article.url): article for article in album.articles}
    for article in further:
        found.setdefault(canonical_url(article.url), article)
    return tuple(found.values())


def _articles(listed: list[Value]) -> tuple[AlbumArticle, ...]:
    found = []
    for entry in listed:
        url, title = request_url(_plain(member(entry, "url"))), _plain(member(entry, "title"))
        if url.startswith("http"):
            found.append(AlbumArticle(title or url, url, _moment(text(member(entry, "create_time")))))
    return tuple(found)


def _soup(markup: str) -> BeautifulSoup:
    """A page of which `parse_page` knows that it is not too large.

    Albums are few and are read with Beautiful Soup; articles are many, and read by `archiver.dom`, which is faster.
    """
    from bs4 import BeautifulSoup  # here, since most runs meet no album

    return BeautifulSoup(markup, "lxml")


def _shown(soup: BeautifulSoup) -> tuple[AlbumArticle, ...]:
    items = soup.select("[data-link][data-title]")
    return _articles([{"url": str(item["data-link"]), "title": str(item["data-title"])} for item in items])


def _shown_text(soup: BeautifulSoup, selector: str) -> str:
    tag = soup.select_one(selector)
    if tag is None:
        return ""
    # The template closes the title's element before its text.
    own = tag.get_text(strip=True)
    return own or str(tag.next_sibling or "").strip()


def _plain(value: Value) -> str:
    return " ".join(html.unescape(text(value)).split())


def _moment(stamp: str) -> datetime | None:
    if stamp.isascii() and stamp.isdigit() and len(stamp) < 12 and int(stamp) in _EPOCHS:
        return datetime.fromtimestamp(int(stamp), UTC)
    return None


def _query(url: str) -> dict[str, str]:
    parts = (part.partition("=") for part in urlsplit(request_url(url)).query.split("&"))
    return {name: unquote(value) for name, _, value in parts}
