"""A capture without its weight: all data and the DOM stay, library scripts and styles go."""

from __future__ import annotations

import re

from archiver.wechat.source import slim_page

_LINK = re.compile(r"<link\b[^<>]*>\s*", re.IGNORECASE)
_CHARSET = re.compile(r"(<meta\b[^<>]{0,200}?charset\s*=\s*[\"']?)(?!utf-8)[\w-]+", re.IGNORECASE)
_HEAD = 4096  # characters at the start in which a charset label counts


def slim(html: bytes) -> bytes:
    """The page in UTF-8 without library scripts, styles and stylesheet links; `read_page` gives the same for both.

    Deterministic, and slimming twice gives what slimming once gives. Typically 2–4 MB become 100–500 kB.
    """
    text = _LINK.sub("", slim_page(html))
    text = _CHARSET.sub(r"\1utf-8", text[:_HEAD]) + text[_HEAD:]
    return text.encode("utf-8", "surrogatepass")
