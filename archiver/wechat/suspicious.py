"""Links of notes that cannot be taken at their word: several URLs in one, and pages of WeChat that are no article."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archiver.models import UrlKind
from archiver.wechat.urls import SEARCH_HOST, classify, is_page_host, request_url, without_wrapping

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_WITHOUT_SCHEME = re.compile(r"(?<!/)(?<!//)mp\.weixin\.qq\.com/(?:s|mp)\b", re.IGNORECASE)
_NAMED = (
    ("/mp/wappoc_appmsgcaptcha", "a verification page that does not say for which article"),
    ("/mp/verify", "a verification page that does not say for which article"),
    ("/mp/homepage", "a page of an account, no article"),
    ("/mp/profile_ext", "a page of an account, no article"),
    ("/mp/appmsg", "a long link without what names the article (__biz and mid)"),
    ("/s", "a link without what names the article"),
)


def glued(url: str) -> int:
    """How many URLs stand in `url` one behind the other, where that is more than one; else 0.

    Which of them is meant is not known; the `target_url` of a verification page is no second one.
    """
    url = without_wrapping(url)
    found = [match.start() for match in _SCHEME.finditer(url)]
    found += [match.start() for match in _WITHOUT_SCHEME.finditer(url)]
    plain = [start for start in found[1:] if not re.search(r"\w=$", url[:start])]
    return len(plain) + 1 if plain else 0


def is_search_link(url: str) -> bool:
    """Whether a URL is a result of Sogou's search, which leads to an article and does not say to which."""
    try:
        parts = urlsplit(url)
    except ValueError:  # "Invalid IPv6 URL"
        return False
    return parts.hostname == SEARCH_HOST and parts.path == "/link"


def refusal(url: str) -> str:
    """What a link to WeChat leads to that can never be archived; empty for all that can be asked for."""
    if is_search_link(url):
        return (
            "a result of Sogou's search, which expires and does not say which article it is; open it, and link to that"
        )
    if classify(url) is not UrlKind.OTHER:
        return ""
    try:
        parts = urlsplit(request_url(url))
    except ValueError:  # "Invalid IPv6 URL"
        return ""
    if not is_page_host(parts.hostname or ""):
        return ""
    return next((what for path, what in _NAMED if parts.path.startswith(path)), "a page of WeChat that is no article")
