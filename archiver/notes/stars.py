"""The owner's rating of what a link leads to: stars written behind it."""

from __future__ import annotations

import re

MOST = 5
_STAR = rb":star2?:|:glowing_star:|\xe2\xad\x90(?:\xef\xb8\x8f)?|\xf0\x9f\x8c\x9f|\xe2\x98\x85"
_STARS = re.compile(rb"(?:(?:" + _STAR + rb")\s*)+")
_ONE = re.compile(_STAR)


def stars_after(data: bytes, end: int, stop: int) -> int:
    """How many stars (`:star:`, ⭐, ★) stand behind a link that ends at byte `end`, on its line and before byte `stop`,
    where the next link begins; 0 for none, 5 at most."""
    line_end = min((place for place in (data.find(b"\n", end), data.find(b"\r", end)) if place >= 0), default=len(data))
    found = _STARS.search(data, end, max(end, min(stop, line_end)))
    return min(MOST, len(_ONE.findall(found[0]))) if found else 0
