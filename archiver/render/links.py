"""Addresses: relative paths inside the archive, and which foreign URLs may stand in a generated file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import field
from urllib.parse import quote, urlsplit

from archiver.models import ArticleRecord, StoredImage
from archiver.models.media import StoredMedia
from archiver.models.values import dataclass
from archiver.render.losses import reason
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
    if url.startswith("data:"):
        return ""  # an image can be megabytes, which need not be looked through
    text = _IGNORED.sub("", printable(url)).strip()
    try:
        parts = urlsplit(text)
    except ValueError:  # such as an unclosed bracket in the host
        return ""
    needed = {"http": parts.netloc, "https": parts.netloc, "mailto": parts.path}
    if not needed.get(parts.scheme):
        return ""
    return _UNSAFE_IN_URL.sub(lambda match: quote(match[0], safe=""), text)


NOWHERE: Mapping[str, str] = {}  # nothing else is archived


def by_key(record: ArticleRecord) -> dict[str, StoredMedia]:
    """An article's audio and video files by `MediaRef.key`."""
    return {media.key: media for media in record.media}


@dataclass(frozen=True, slots=True)
class LocalFiles:
    """What of an article's surroundings is local, seen from its folder.

    `images` is keyed by URL as the body writes it, `media` by `MediaRef.key`, `copies` (what else is archived: folders
    of articles, files of albums) by the URL of a link as the body writes it.
    """

    folder: str
    images: Mapping[str, StoredImage]
    media: Mapping[str, StoredMedia] = field(default_factory=dict)
    copies: Mapping[str, str] = field(default_factory=dict)

    def href(self, url: str) -> str:
        """Relative URL of the stored file; empty when the image is not in the archive."""
        stored = self.images.get(url)
        return relative(self.folder, stored.path) if stored and stored.path else ""

    def reason(self, url: str) -> str:
        """Why the image is not in the archive, in the language of its readers."""
        stored = self.images.get(url)
        return reason(stored.error, stored.code) if stored and stored.error else "未抓取"

    def playable(self, key: str) -> StoredMedia | None:
        """The audio or video file of that key, if its file is in the archive."""
        stored = self.media.get(key)
        return stored if stored and stored.path else None

    def file(self, path: str) -> str:
        """Relative URL of a file of the archive."""
        return relative(self.folder, path)

    def copy(self, url: str, page: str) -> str:
        """Relative URL of the archived copy of what a link leads to, `page` naming the file in an article's folder."""
        path = self.copies.get(url, "")
        if not path:
            return ""
        return relative(self.folder, path if path.endswith(".md") else f"{path}/{page}")
