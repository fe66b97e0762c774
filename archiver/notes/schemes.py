"""Whether a URL leads to a host."""

from __future__ import annotations

import re

_NO_SCHEME = re.compile(r"//[A-Za-z0-9]")
_HTTP = re.compile(r"https?://\S", re.IGNORECASE)


def is_http(url: str) -> bool:
    """Tell whether a URL is an absolute http or https URL."""
    return bool(_HTTP.match(url))


def is_remote(url: str) -> bool:
    """Tell whether a URL leads to a host: it may leave the scheme to the page that it stands in."""
    return is_http(url) or bool(_NO_SCHEME.match(url))
