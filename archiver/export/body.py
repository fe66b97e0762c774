"""The body of an archived page, taken out of the archive: its relative URLs lead elsewhere, or nowhere.

The page was written by archiver from an allow-list, but it lay on a disk since then: what can run or load is looked
for once more.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from archiver.dom import Tag, empty, inner_markup, parse
from archiver.dom.sheet import NO_STYLES, put_styles
from archiver.render.css import safe_style
from archiver.render.links import safe_url
from archiver.render.text import words
from archiver.store.layout import BLOB

_RUNS = words("""
    applet base button embed form frame frameset iframe input link meta noscript object script select style
    template textarea title
""")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MAIL = re.compile(r"[\w.+%-]+@[\w.-]+", re.ASCII)
_HOST = re.compile(r"(?!-)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(?<!-)\.?")
_WISE = "%/?#:@!$&'()*+,;=~"
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


def localise(html: str, folder: str, places: Places, prefix: str = "", styles: Mapping[str, str] = NO_STYLES) -> Tag:
    """The tree of a body of the page in `folder`, with its paths replaced and the `styles` that are classes there (see
    `dom.sheet`) with the elements. What is not there becomes a line. Each id, and what leads to it, gets the `prefix`,
    so that several bodies can stand on one page."""
    body = parse(f"<body>{html}</body>").find("body")
    assert body is not None  # the parser makes one
    put_styles(body, styles)
    if prefix:
        _scope_ids(body, prefix)
    for element in body.find_all(True):
        if element.name in _RUNS:
            empty(element)
            continue
        for name in [name for name in element.attrs if name.lower().startswith("on")]:
            del element[name]
        for name in ("loading", "decoding"):  # all is there, and to be shown at once
            if name in element.attrs:
                del element[name]
        _address(element, folder, places)
        style = str(element.get("style", ""))
        if "url(" in style:
            element["style"] = safe_style(style, lambda url: _of_blob(places.image, path_of(folder, url)))
    return body


def web_url(url: str) -> str:
    """An http(s) or mailto URL that is well-formed to the letter, as validators want it; empty for any other."""
    address = _LONE_PERCENT.sub("%25", safe_url(url))
    try:
        parts = urlsplit(address)
        host = unquote(parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme == "mailto":
        return address if _MAIL.fullmatch(parts.path) else ""
    tail = quote(urlunsplit(("", "", parts.path, parts.query, parts.fragment)), safe=_WISE)
    return f"{parts.scheme}://{host}{port}{tail}" if _HOST.fullmatch(host) else ""


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
            to = places.link(path) if path else web_url(url)
        elif element.name in ("audio", "video") and name == "src":
            to = _of_blob(places.media, path)
        else:
            to = _of_blob(places.image, path)
        if to:
            element[name] = to
        elif element.name in ("img", "audio", "video") and name == "src":
            _line(element, _of_blob(places.original, path))
            return
        else:
            del element[name]


def _of_blob(place: Callable[[str], str], path: str) -> str:
    return place(path) if BLOB.fullmatch(path) else ""


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


def _scope_ids(body: Tag, prefix: str) -> None:
    for element in body.find_all(True):
        for name, value in list(element.attrs.items()):
            if not isinstance(value, str):
                continue
            if name == "id":
                element[name] = f"{prefix}{value}"
            elif name in ("href", "xlink:href") and value.startswith("#"):
                element[name] = f"#{prefix}{value[1:]}"
            elif "url(#" in value:
                element[name] = value.replace("url(#", f"url(#{prefix}")
