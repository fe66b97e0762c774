"""Links that were pasted into their own template, `[t]([url](URL))`: the destination of the link is a link itself, so
that it leads nowhere."""

from __future__ import annotations

import re

_HTTP = re.compile(r"(?:https?:)?//[A-Za-z0-9]", re.IGNORECASE)
_STARTS = ("[", "![")
_MOST_LAYERS = 5


def inner_url(destination: str) -> str:
    """The URL that was meant by a destination that is a Markdown link or image itself, perhaps of another one; empty
    where it is none."""
    for _ in range(_MOST_LAYERS):
        if not destination.startswith(_STARTS) or not destination.endswith(")"):
            return ""
        destination = _destination(destination.partition("](")[2][:-1].strip())
        if _HTTP.match(destination):
            return destination
    return ""


def _destination(inside: str) -> str:
    """The destination in what stands between the parentheses of a link, without angle brackets and title."""
    if inside.startswith("<"):
        return inside[1:].partition(">")[0]
    return inside if inside.startswith(_STARTS) else inside.partition(" ")[0]
