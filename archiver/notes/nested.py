"""Links that were pasted into their own template, `[t]([url](URL))`: the destination of the link is a link itself, so
that it leads nowhere."""

from __future__ import annotations

import re

_LINK = re.compile(r"""\s*!?\[.*?\]\(\s*(?:<([^<>]+)>|(\S+?))(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)\s*""", re.DOTALL)
_HTTP = re.compile(r"(?:https?:)?//[A-Za-z0-9]", re.IGNORECASE)
_MOST_LAYERS = 5


def inner_url(destination: str) -> str:
    """The URL that was meant by a destination that is a Markdown link or image itself, perhaps of another one; empty
    where it is none."""
    for _ in range(_MOST_LAYERS):
        match = _LINK.fullmatch(destination)
        if not match:
            return ""
        destination = match[1] or match[2]
        if _HTTP.match(destination):
            return destination
    return ""
