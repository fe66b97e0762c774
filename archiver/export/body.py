"""The body of an archived page, taken out of the archive: its relative URLs lead elsewhere, or nowhere.

The page was written by archiver from an allow-list, but it lay on a disk since then: what can run or load is looked
for once more.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from archiver.dom import Tag, empty, inner_markup, parse
from archiver.render.css import safe_style
from archiver.render.links import safe_url
from archiver.render.text import words
from archiver.store.layout import BLOB

_RUNS = words("""
    applet base button embed form frame frameset iframe input link meta noscript object script select style
    template textarea title
""")
_ADDRESSES = ("src", "poster", "href", "xlink:href")


@dataclass(frozen=True, slots=True)
class Places:
    """What takes the place of the archive's own paths (POSIX, relative to its root): the URL of an `image` or `media`
    file, or "" where there is none there; of what a `link` leads to, or "" for none; and, for an image or media file
    that is not there, its `original` URL."""

    image: Callable[[str], str]
    media: Callable[[str], str]
    link: Callable[[str], str]
    original: Callable[[str], str] = lambda _: ""


def localise(html: str, folder: str, places: Places) -> Tag:
    """The tree of a body of the page in `folder`, with its paths replaced. What is not there becomes a line."""
    body = parse(f"<body>{html}</body>").find("body")
    assert body is not None  # the parser makes one
    for element in body.find_all(True):
        if element.name in _RUNS:
            empty(element)
            continue
        for name in [name for name in element.attrs if name.lower().startswith("on")]:
            del element[name]
        _address(element, folder, places)
        style = str(element.get("style", ""))
        if "url(" in style:
            element["style"] = safe_style(style, lambda url: places.image(path_of(folder, url)))
    return body


def path_of(folder: str, url: str) -> str:
    """The path in the archive that a relative URL of a page in `folder` means; empty for any other."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or not parts.path:
        return ""
    path = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
    return "" if path.startswith(("..", "/")) else path


def _address(element: Tag, folder: str, places: Places) -> None:
    found = {name: str(element.get(name, "")) for name in _ADDRESSES if name in element.attrs}
    for name, url in found.items():
        if name == "href" and url.startswith("#"):
            continue
        path = path_of(folder, url)
        if element.name == "a":
            to = places.link(path) if path else safe_url(url)
        elif element.name in ("audio", "video") and name == "src":
            to = places.media(path) if BLOB.fullmatch(path) else ""
        else:
            to = places.image(path) if BLOB.fullmatch(path) else ""
        if to:
            element[name] = to
        elif element.name in ("img", "audio", "video") and name == "src":
            _line(element, places.original(path))
            return
        else:
            del element[name]


_WORDS = {"img": "图片", "audio": "音频", "video": "视频"}


def _line(element: Tag, original: str) -> None:
    """Make a line of what is not there."""
    address = safe_url(original)
    said = _WORDS[element.name]
    inside = element.find_parent("a") is not None
    element.clear()
    element.name = "a" if address and not inside else "span"
    element.attrs = {"href": address, "class": "missing"} if element.name == "a" else {"class": "missing"}
    element.string = f"［{said}］"


def fragment(body: Tag) -> str:
    """The HTML inside a body."""
    return inner_markup(body).strip()
