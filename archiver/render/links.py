"""Addresses: relative paths inside the archive, and which foreign URLs may stand in a generated file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from archiver.models import StoredImage
from archiver.render.text import printable

# What a browser ignores inside a URL, and what may hide a scheme from a careless reader.
_IGNORED = re.compile(r"[\t\n\r]")
_UNSAFE_IN_PATH = re.compile(r"[^\w\-./~]")
_UNSAFE_IN_URL = re.compile(r"[^A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]")


def relative(from_folder: str, path: str) -> str:
    """Relative URL from a file in `from_folder` to `path`, both POSIX and relative to the archive's root.

    Letters of every script stay as they are; whatever else a URL, Markdown or CSS could misread is percent-encoded.
    """
    way = posixpath.relpath("/" + path, "/" + from_folder)
    return _UNSAFE_IN_PATH.sub(lambda match: quote(match[0], safe=""), way)


def safe_url(url: str) -> str:
    """The http(s) or mailto URL, with unsafe characters percent-encoded; empty for every other scheme or none."""
    text = _IGNORED.sub("", printable(url)).strip()
    try:
        parts = urlsplit(text)
    except ValueError:  # such as an unclosed bracket in the host
        return ""
    needed = {"http": parts.netloc, "https": parts.netloc, "mailto": parts.path}
    if not needed.get(parts.scheme):
        return ""
    return _UNSAFE_IN_URL.sub(lambda match: quote(match[0], safe=""), text)


@dataclass(frozen=True, slots=True)
class Pictures:
    """Where an article's pictures are, seen from its folder. `images` is keyed by URL as the body writes it."""

    folder: str
    images: Mapping[str, StoredImage]

    def href(self, url: str) -> str:
        """Relative URL of the stored file; empty when the picture is not in the archive."""
        stored = self.images.get(url)
        return relative(self.folder, stored.path) if stored and stored.path else ""

    def reason(self, url: str) -> str:
        """Why the picture is not in the archive."""
        stored = self.images.get(url)
        return (stored.error if stored else None) or "未抓取"
