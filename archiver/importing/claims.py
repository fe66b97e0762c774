"""What the file of a saved page says of itself: the article's URL, and when it was saved. Nobody has checked it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from archiver.models import UrlKind
from archiver.wechat import urls

_HEAD = 200_000  # characters at the start in which a page names its address
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+?)\s*-->")  # Chromium, Edge, Internet Explorer
_SINGLEFILE = re.compile(
    r"<!--\s*Page saved with SingleFile\s+url:\s*(\S+)(?:\s+saved date:\s*([^\n]+?))?\s*(?:\n|-->)"
)
_LINK = re.compile(r"<(?:link|meta|base)\b[^<>]*>", re.IGNORECASE)
_NAMING = re.compile(r"\bcanonical\b|\bog:url\b|^<base\b", re.IGNORECASE)
_ADDRESS = re.compile(r"""\b(?:href|content)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_SCRIPTED = re.compile(r"""\bmsg_link\s*=\s*["']([^"'\s]+)["']""")
_DATE = "%b %d %Y %H:%M:%S GMT%z"  # JavaScript: Mon Nov 30 2026 21:18:13 GMT+0000 (Coordinated Universal Time)


def is_singlefile(page: str) -> bool:
    """Whether SingleFile wrote the page."""
    return _SINGLEFILE.search(page, 0, 4096) is not None


def claimed_url(page: str) -> str:
    """The article's URL that a page names as its own: who saved it, then the page; empty where none does."""
    return next(filter(None, map(article_url, _addresses(page))), "")


def article_url(url: str) -> str:
    """The URL to know an article by, without secrets; empty where `url` leads to no article."""
    plain = html.unescape(url)
    return urls.request_url(plain) if urls.classify(plain) is UrlKind.ARTICLE else ""


def saved_at(page: str) -> datetime | None:
    """When SingleFile saved the page, UTC."""
    found = _SINGLEFILE.search(page, 0, 4096)
    said = found[2].partition("(")[0].strip() if found and found[2] else ""
    try:
        return datetime.strptime(said.partition(" ")[2], _DATE).astimezone(UTC)
    except ValueError:
        return None


def _addresses(page: str) -> Iterator[str]:
    for pattern in (_SINGLEFILE, _SAVED_FROM):
        if found := pattern.search(page, 0, _HEAD):
            yield found[1]
    for tag in _LINK.finditer(page, 0, _HEAD):
        if _NAMING.search(tag[0]) and (address := _ADDRESS.search(tag[0])):
            yield address[1]
    if found := _SCRIPTED.search(page):
        yield found[1]
