"""An article's body to a neutral HTML fragment (its conventions: `archiver.models.Article`).

WeChat's inline styles are kept; making them safe is the renderer's work. What the page's scripts use (lazy addresses,
classes, `data-*`), what it hides and what only its frame says is dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archiver.dom import Document, Tag, Unseen, empty, inner_markup, is_gone, refill, unwrap
from archiver.models import ImageRef, Loss, LossCode
from archiver.models.media import MediaRef
from archiver.wechat.bodyimages import ImageCollector, read_images
from archiver.wechat.cards import Embedded, holds_cards, read_cards
from archiver.wechat.codeblocks import LINE_NUMBERS, read_code
from archiver.wechat.drawings import drawing_url, shapes_by_id
from archiver.wechat.drawn import is_element
from archiver.wechat.fostered import put_before_tables
from archiver.wechat.held import Held, nothing_yet
from archiver.wechat.mathml import ASSISTIVE, read_mathml
from archiver.wechat.urls import link_url

_DROPPED = frozenset(
    (
        *("script", "style", "link", "meta", "template", "noscript", "base", "title", "head"),
        *("input", "select", "mp-style-type"),
    )
)
_FRAME_CLASSES = frozenset({"rich_media_tool", "qr_code_pc", "wx_stream_article_slide_tip"})
_FRAME_IDS = frozenset({"js_pc_qr_code", "js_tags_preview_toast", "content_bottom_area"})
# Lines of the page's frame; they are dropped only where one is all that its element says.
FRAME_LINES = frozenset(
    {
        "预览时标签不可点",
        "微信扫一扫关注该公众号",
        "微信扫一扫",
        "关注该公众号",
        "继续滑动看下一个",
        "轻触阅读原文",
        "在小说阅读器中沉浸阅读",
    }
)
_LONGEST_LINE = max(map(len, FRAME_LINES))
_HIDDEN = re.compile(r"(?:^|;)\s*display\s*:\s*none\b", re.IGNORECASE)
_KEPT = frozenset(
    (
        *("style", "href", "src", "alt", "title", "width", "height", "lang", "dir", "start", "type"),
        *("colspan", "rowspan", "align", "valign", "color", "face", "size", "data-card"),
        *("data-media", "data-decoration"),
    )
)
_UNWRAPPED = frozenset(
    {"form", "button", "label", "fieldset", "center", "body", "html", "object", "map", "output", "textarea"}
)
_PLAIN = frozenset({"span", "font", "a"})  # mean nothing without an attribute
_SVG_DROPPED = re.compile(r"on|data-|class$", re.IGNORECASE)
_NOTHING = re.compile(r"(?:<[^>]*+>|&nbsp;|\s)*+")
_SVG_LINKS = ("href", "xlink:href")


@dataclass(frozen=True, slots=True)
class Body:
    """A cleaned body: HTML fragment, its distinct images in reading order, what it lost, what it plays. `sources`: the
    places that have it, `image_sources`: what named the images (see archiver.wechat.sources); `unknown`: the names of
    WeChat's elements in it that nobody knows."""

    html: str
    images: tuple[ImageRef, ...]
    losses: tuple[Loss, ...]
    media: tuple[MediaRef, ...] = ()
    sources: tuple[str, ...] = ()
    image_sources: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def is_empty(self) -> bool:
        """Whether there is nothing to read or see."""
        return not self.images and _NOTHING.fullmatch(self.html) is not None and "<svg" not in self.html


def clean_body(root: Tag, soup: Document) -> Body:
    """Cleans the children of `root` (which is used up) and says what they show and lost."""
    held = _drop(root)
    if held.has({"pre"}, {LINE_NUMBERS}):
        read_code(root, soup)
    if held.has({"table"}):
        put_before_tables(root, soup)
    if held.has({"math"}, ASSISTIVE) or held.has(ASSISTIVE):
        read_mathml(root)
    has_formulas = held.has({"math", "embed"}) or "data-formula" in held.attributes
    formulas = _read_formulas(root) if has_formulas else []
    losses, media, unknown = read_cards(root, soup) if holds_cards(held) else Embedded([], [], ())
    collector = ImageCollector()
    missing = read_images(root, collector)
    if missing:
        why = f"the page gives no address for {missing} of its images"
        losses.append(Loss("image", why, body=False, code=LossCode.NO_ADDRESS))
    known = {id(svg) for tag, tex, _ in formulas if tex for svg in _drawn_in(tag)}
    drawn = _read_drawings(root, collector, known) if held.has({"svg"}) else {}
    for tag in root.find_all(True):
        if id(tag) in drawn:
            _read_svg(tag, drawn[id(tag)])
        else:
            _read_element(tag, losses)
    for tag, tex, display in formulas:
        if is_gone(tag):  # inside a card
            continue
        tag.attrs.update({"data-tex": tex, "data-display": display})
        tag.hidden = False
    markup = inner_markup(root).strip()
    named_by = tuple(collector.sources)
    return Body(markup, collector.refs(), tuple(losses), tuple(media), image_sources=named_by, unknown=unknown)


def _drawn_in(formula: Tag) -> list[Tag]:
    return [] if is_gone(formula) else formula.find_all("svg")


def _read_drawings(root: Tag, collector: ImageCollector, known: set[int]) -> dict[int, str]:
    """All elements of drawings, by id of the object; for an outermost one the URL of the image that it is as well,
    unless what it draws is `known` in words beside it."""
    drawn: dict[int, str] = {}
    drawings = root.find_all("svg")
    shapes = shapes_by_id(root) if drawings else {}
    for svg in drawings:
        if id(svg) not in drawn:
            drawn.update((id(tag), "") for tag in svg.find_all(True))
            drawn[id(svg)] = "" if id(svg) in known else collector.add(drawing_url(svg, shapes)) or ""
    return drawn


def _drop(root: Tag) -> Held:
    """Leave out what is no part of the body; what it holds."""
    texts = root.texts()
    unseen = [part for part in texts if isinstance(part, Unseen)]
    # Of declarations, processing instructions.
    for tag in dict.fromkeys(part.parent for part in unseen if part.parent is not None):
        refill(tag, [part for part in tag.contents if not isinstance(part, Unseen)])
    held = nothing_yet()
    for tag in root.elements():
        if is_gone(tag):
            continue
        if _is_dropped(tag):
            empty(tag)
        else:
            held.note(tag)
    for line in [part for part in texts if part.strip() in FRAME_LINES and not isinstance(part, Unseen)]:
        above = None if is_gone(line) else line.parent  # of those that were dropped before, it is gone
        if above and above is not root and _text_start(above) in FRAME_LINES and not above.find("img"):
            empty(above)
    return held


def _text_start(tag: Tag) -> str:
    """An element's text as far as a line of the frame may go."""
    text = ""
    for part in tag.stripped_strings:
        text += part
        if len(text) > _LONGEST_LINE:
            break
    return text


def _is_dropped(tag: Tag) -> bool:
    attrs = tag.attrs
    if tag.name in _DROPPED or (attrs and attrs.get("id") in _FRAME_IDS):
        return True
    classes = attrs.get("class")
    if classes and not _FRAME_CLASSES.isdisjoint(classes):
        return True
    style = str(attrs.get("style") or "")
    return "display" in style.lower() and _HIDDEN.search(style) is not None and not is_element(tag)


def _read_formulas(root: Tag) -> list[tuple[Tag, str, str]]:
    """Formulas to spans around their image; the spans with their TeX, which is set when attributes are settled."""
    found = []
    for tag in root.find_all(attrs={"data-formula": True}):
        tex = str(tag["data-formula"]).strip()
        display = "block" if "block" in str(tag.get("data-formula-type") or "") else "inline"
        tag.name = "span"
        for drawing in tag.find_all("embed"):
            drawing.name = "img"
            drawing["alt"] = tex
        found.append((tag, tex, display))
    for tag in root.find_all("embed"):
        if str(tag.get("src") or "").strip():
            tag.name = "img"
        else:
            unwrap(tag)  # the DOM library takes what follows it for its contents
    return found


def _read_element(tag: Tag, losses: list[Loss]) -> None:
    if not tag.attrs and tag.name in _PLAIN:
        tag.hidden = True
        return
    href = tag.get("href") if tag.name == "a" else None
    if tag.name == "a" and tag.get("data-miniprogram-appid"):
        name = tag.get_text(" ", strip=True) or str(tag.get("data-miniprogram-nickname") or "")
        why = f"mini-program link: {name[:80]}"
        losses.append(Loss("card", why, body=False, code=LossCode.MINI_PROGRAM_LINK))
    language = tag.get("class") if tag.name == "code" else None
    tag.attrs = {name: str(value) for name, value in tag.attrs.items() if name in _KEPT and str(value).strip()}
    if tag.name == "img":
        tag.attrs.setdefault("alt", "")
    tag.attrs.pop("href", None)
    if language and tag.parent and tag.parent.name == "pre":
        tag["class"] = language
    link = link_url(str(href)) if href else None
    if link:
        tag["href"] = link
    # `hidden` leaves the children in place and the element's own tags out, without moving anything.
    tag.hidden = tag.name in _UNWRAPPED or ":" in tag.name or (tag.name in _PLAIN and not tag.attrs)


def _read_svg(tag: Tag, image: str) -> None:
    tag.attrs = {name: value for name, value in tag.attrs.items() if not _SVG_DROPPED.match(name)}
    if image:
        tag["data-image"] = image
    for name in _SVG_LINKS:
        link = str(tag.get(name) or "")
        if link and tag.name not in ("image", "img") and not link.startswith("#"):
            kept = link_url(link) if tag.name == "a" else None
            if kept:
                tag[name] = kept
            else:
                del tag[name]
