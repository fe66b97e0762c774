"""The destinations of image links as text: paths, and the addresses from which an image may have come."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from urllib.parse import unquote

_URL = re.compile(r"https?://[^\s\"'<>()\[\]]+")
_NAMED_BY_ID = re.compile(
    r"(?P<bucket>(?:sz_)?mmbiz(?:_(?:png|jpg|jpeg|gif|webp|svg))?)[/_-](?P<id>[A-Za-z0-9_-]{60,}?)(?=[./]|_\d+\b|\Z)"
)


def plain_path(url: str) -> str:
    """The path in a relative URL: without query and fragment, percent-encoding undone."""
    return unquote(re.split(r"[?#]", url, maxsplit=1)[0])


def normal(folder: str, path: str) -> str:
    """The absolute path that a path means when seen from a folder."""
    return os.path.normpath(os.path.join(folder, path))  # noqa: PTH118  # a relative path is text


def destination(raw: str) -> str:
    """The path in a construct that is no image for Markdown, or a destination as it is."""
    return raw.rpartition("](")[2].removesuffix(")") if raw.startswith("![") else raw


def origins(text: str, path: str) -> Iterator[str]:
    """Yield addresses from which an image may have come: other URLs beside it, or BUCKET and ID in its path."""
    for match in _URL.finditer(text.replace("&amp;", "&")):
        yield match[0]
    if named := _NAMED_BY_ID.search(path):
        yield f"https://mmbiz.qpic.cn/{named['bucket']}/{named['id']}/640"
