"""Links inside an article's body that lead to other articles and albums of WeChat."""

from __future__ import annotations

import re

from archiver.models import UrlKind
from archiver.wechat.urls import canonical_url, classify

_HREF = re.compile(r"""<a\b[^<>]*?\bhref=(?:"([^"]*)"|'([^']*)')""")


def inner_links(body: str) -> dict[str, str]:
    """URL as the (neutral) body writes it -> canonical URL, for every link to an article or album, in reading order."""
    import html  # a run that writes no article does without

    found: dict[str, str] = {}
    for match in _HREF.finditer(body):
        href = html.unescape(match[1] or match[2] or "")
        if href not in found and classify(href) in (UrlKind.ARTICLE, UrlKind.ALBUM):
            found[href] = canonical_url(href)
    return found
