"""The images of a body: `<img>`, SVG `<image>`, CSS backgrounds; each is shown by the URL to ask for."""

from __future__ import annotations

import re

from archiver.dom import Tag
from archiver.models import ImageRef
from archiver.wechat.images import KEPT, image_key, image_ref, image_requests, is_image_host

_URL = re.compile(r"""url\(\s*("[^"]*"|'[^']*'|[^()"'\s]*)\s*\)""", re.IGNORECASE)
_UNCROPPED = "data-croporisrc"
_SOURCES = ("data-src", "src", "data-backsrc", "data-original", _UNCROPPED)
# What the template writes into every image; it says nothing about the image.
_EMPTY_ALTS = frozenset({"图片", "image", "img", "cover_image"})
_NOT_IN_URLS = (("\r", ""), ("\n", ""), ("\t", ""), ('"', "%22"), ("\\", "%5C"))
_DOT = 300  # characters of the data: URI of a single pixel
_LARGEST_SIDE = 100_000


class ImageCollector:
    """Distinct images in reading order; an image inlined as a `data:` URI is one: its bytes are in its URL."""

    def __init__(self) -> None:
        self._found: dict[str, ImageRef] = {}
        self.sources: dict[str, None] = {}  # what named them, in order: `img:data-src`

    def refs(self) -> tuple[ImageRef, ...]:
        """All images added so far."""
        return tuple(self._found.values())

    def add(self, url: str, width: int | None = None, height: int | None = None, original: str = "") -> str | None:
        """Notes the image at `url` (with the pixels that the page promises, and the URL of what it was cut out of);
        the URL to show, None if it is none."""
        # A URL stands in quotes in a style attribute: what would end them is written as the server reads it.
        for sign, instead in _NOT_IN_URLS:
            url = url.replace(sign, instead)
        url = url.strip()
        ref = image_ref(url, width, height, original) if url.startswith(("http", "//", "data:image/")) else None
        if ref is None:
            return None
        return self._found.setdefault(ref.key, ref).url

    def add_element(self, tag: Tag) -> str | None:
        """Notes the image of an `<img>` or `<embed>`: its lazy address before `src`, its promised size."""
        width = _pixels(tag.get("data-w"))
        ratio = _number(tag.get("data-ratio"))
        height = round(width * ratio) if width and ratio and width * ratio < _LARGEST_SIDE else None
        cut = str(tag.get(_UNCROPPED) or "").strip()
        original = image_requests(cut, "given")[0] if image_key(cut) else ""
        for name in _SOURCES:
            url = self.add(str(tag.get(name) or ""), width if height else None, height or None, original)
            if url:
                self.sources[f"img:{name}"] = None
                return url
        return None

    def style(self, style: str) -> str:
        """The style with the URLs of images as they are asked for, and every other address gone."""
        return _URL.sub(self._background, style.replace("&quot;", '"'))

    def _background(self, match: re.Match[str]) -> str:
        address = match[1].strip("\"'").strip()
        if address.startswith("#"):
            return match[0]  # a gradient or mask of the SVG itself
        key = image_key(address) or ""
        own = key.startswith("data/") or is_image_host(_host(address)) or address.startswith(KEPT)
        shown = self.add(address) if own else None
        if shown:
            self.sources["style:url"] = None
        return f'url("{shown}")' if shown else "none"


def read_images(root: Tag, collector: ImageCollector) -> int:
    """Gives every image of `root` the URL to ask for, in reading order; the number of images without any address."""
    missing = 0
    for tag in root.elements():
        if not tag.attrs and tag.name not in ("img", "image"):
            continue
        lazy = tag.attrs.get("data-lazy-bgimg")
        style = str(tag.attrs.get("style") or "")
        if lazy:
            style = f'{_URL.sub("none", style).rstrip("; ")};background-image:url("{lazy}")'.lstrip(";")
        if "url(" in style.lower():
            tag["style"] = collector.style(style)
        if tag.name == "img" and _is_lazy(tag):
            tag.name, tag.attrs = "span", {}
        elif tag.name == "img":
            missing += not _read_img(tag, collector)
        elif tag.name == "image":
            _read_svg_image(tag, collector)
    return missing


def _is_lazy(tag: Tag) -> bool:
    """Whether this is the dot that a page's script shows until a player has loaded."""
    dot = str(tag.get("src") or "")
    return (
        "img_loading" in (tag.get("class") or [])
        and dot.startswith("data:")
        and len(dot) < _DOT
        and not tag.get("data-src")
    )


def _read_img(tag: Tag, collector: ImageCollector) -> bool:
    url = collector.add_element(tag)
    alt = str(tag.get("alt") or tag.get("data-text") or "").strip()
    if url is None:
        tag.name, tag.attrs = "span", {}
        if alt.startswith("["):  # an emoji whose image is drawn by the page's style
            tag.string = alt
        return False
    kept = {name: str(tag[name]) for name in ("style", "title") if tag.get(name)}
    tag.attrs = {"src": url, "alt": "" if alt.lower() in _EMPTY_ALTS else alt, **kept}
    return True


def _read_svg_image(tag: Tag, collector: ImageCollector) -> None:
    for name in ("href", "xlink:href", "data-src", "src"):
        url = collector.add(str(tag.get(name) or ""))
        if url:
            collector.sources[f"image:{name}"] = None
            break
    for name in ("href", "xlink:href", "data-src", "src"):
        tag.attrs.pop(name, None)
    if url:
        tag["href"] = url


def _host(url: str) -> str:
    found = re.match(r"(?:https?:)?//([^/?#:]+)", url.strip(), re.IGNORECASE)
    return found[1] if found else ""


def _pixels(value: object) -> int | None:
    number = _number(value)
    return round(number) if number and 1 <= number < _LARGEST_SIDE else None


def _number(value: object) -> float | None:
    found = re.match(r"\s*(\d{1,9}(?:\.\d{1,20})?)", str(value or ""))
    return float(found[1]) if found else None
