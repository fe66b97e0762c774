"""A stranger's HTML fragment, rebuilt from allow-listed elements and attributes, with local images."""

from __future__ import annotations

import re
from itertools import chain

from archiver.dom import Document, Node, Tag, inner_markup, refill, unwrap, wrap
from archiver.models import StoredImage
from archiver.models.media import MediaKind
from archiver.render import svg
from archiver.render.css import background_urls, is_tinted, safe_style
from archiver.render.links import LocalFiles, safe_url
from archiver.render.tables import is_data
from archiver.render.text import one_line, words
from archiver.render.tree import parse_body, shift_headings
from archiver.store.layout import PAGE

_NUMBER = re.compile(r"\d{1,4}")
_LENGTH = re.compile(r"\d{1,4}(\.\d{1,3})?(px|%)?")
_WORD = re.compile(r"[A-Za-z0-9-]{1,20}")
_LANGUAGE = re.compile(r"language-[A-Za-z0-9+#._-]{1,40}")

_EVERYWHERE = {"lang": _WORD, "dir": re.compile("ltr|rtl|auto", re.IGNORECASE), "align": _WORD}
_CELL = {"colspan": _NUMBER, "rowspan": _NUMBER, "width": _LENGTH, "height": _LENGTH, "valign": _WORD}
_BOX = {"width": _LENGTH, "height": _LENGTH, "border": _NUMBER, "cellpadding": _NUMBER, "cellspacing": _NUMBER}
_PLAIN = words("""
    a abbr address article aside b bdi bdo big blockquote br center cite code dd del details dfn div dl
    dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd main mark nav p pre q rp rt
    ruby s samp section small span strike strong sub summary sup tbody tfoot thead time tr tt u ul var
    wbr caption
""")
_ELEMENTS: dict[str, dict[str, re.Pattern[str]]] = {
    **{name: {} for name in _PLAIN},
    "ol": {"start": _NUMBER, "type": re.compile("[1aAiI]")},
    "li": {"value": _NUMBER},
    "table": _BOX,
    "col": {"span": _NUMBER, "width": _LENGTH},
    "colgroup": {"span": _NUMBER},
    "td": _CELL,
    "th": _CELL,
    "font": {"color": re.compile(r"#?\w{1,30}"), "size": re.compile(r"[+-]?\d")},
}


class _Sanitizer:
    """Rewrites one tree in place; holds what every step needs."""

    def __init__(self, local_files: LocalFiles) -> None:
        self.local_files = local_files
        self.soup = Document()  # makes new elements
        self.behind: dict[Node, list[Tag]] = {}  # drawing -> what goes behind it, the last one first

    def run(self, root: Tag) -> None:
        stack = [(child, False) for child in root.find_all(True, recursive=False)]
        while stack:
            element, in_svg = stack.pop()
            children = element.find_all(True, recursive=False)
            inside = (in_svg or element.name == "svg") and element.name != "foreignobject"
            stack += [(child, inside) for child in children]
            if in_svg and element.name == "img":  # a browser would break it out of the drawing
                self.behind.setdefault(self.outermost(element), []).append(element)
                self.clean(element)
            elif in_svg or element.name == "svg":
                self.draw(element)
            else:
                self.clean(element)
        self.move_behind()

    def move_behind(self) -> None:
        """Put behind each drawing what cannot stand in it, the last one first."""
        for parent in dict.fromkeys(drawing.parent for drawing in self.behind):
            if parent is not None:
                parts = ((part, *reversed(self.behind.get(part, ()))) for part in list(parent.contents))
                refill(parent, chain.from_iterable(parts))

    def clean(self, element: Tag) -> None:
        """Rewrite one HTML element; an unknown one becomes a bare span."""
        allowed = _ELEMENTS.get(element.name)
        if allowed is None:
            element.name, element.attrs = "span", {}
            return
        old = {name: str(value) for name, value in element.attrs.items() if isinstance(value, str)}
        classes = element.get_attribute_list("class")
        element.attrs = {
            name: old[name]
            for name, pattern in {**_EVERYWHERE, **allowed}.items()
            if name in old and pattern.fullmatch(old[name])
        }
        self.dress(element, old.get("style", ""))
        if element.name == "a":
            self.link(element, old.get("href", ""))
        elif element.name == "img":
            self.image(element, old)
        elif element.name == "table":
            self.table(element)
        elif element.name == "code":
            language = next((str(name) for name in classes if _LANGUAGE.fullmatch(str(name))), "")
            if language:
                element["class"] = language
        if "data-tex" in old:
            element["class"] = "formula block" if old.get("data-display") == "block" else "formula"
            element["title"] = one_line(old["data-tex"])
        elif "data-decoration" in old:
            element["class"] = "decoration"
        elif "data-card" in old:
            element["class"] = "card"
            self.play(element, old.get("data-media", ""))

    def dress(self, element: Tag, style: str) -> None:
        """Keep what is harmless of an inline style; say which background images are missing."""
        if not style:
            return
        kept = safe_style(style, self.local_files.href)
        if kept:
            element["style"] = kept
        urls = background_urls(style)
        if any(map(self.local_files.href, urls)) and element.get_text(strip=True):
            element["class"] = "backdrop"  # in dark mode the image behind text is dimmed
        elif "background" in kept and element.name != "img" and is_tinted(kept):
            element["class"] = "tint"  # in dark mode the box stays one: its text may lie over an image
        for url in urls:
            if not self.local_files.href(url) and element.name not in ("img", "br", "hr", "wbr", "col"):
                element.insert(0, self.missing(url, element))

    def link(self, element: Tag, href: str) -> None:
        copy = self.local_files.copy(href, PAGE)
        address = copy or safe_url(href)
        if address:
            element["href"] = address
            if not copy:
                element["rel"] = "noopener noreferrer nofollow"
        else:
            element.name = "span"

    def play(self, card: Tag, key: str) -> None:
        """A player before a card's line, where its file is in the archive; the cover becomes the poster."""
        stored = self.local_files.playable(key)
        if stored is None or stored.path is None:
            return
        is_audio = stored.kind is MediaKind.AUDIO
        attributes = {
            "src": self.local_files.file(stored.path),
            "controls": "",
            "preload": "none" if is_audio else "metadata",
        }
        player = self.soup.new_tag("audio" if is_audio else "video", attrs=attributes)
        cover = card.find("img")
        poster = self.local_files.href(str(cover.get("src", ""))) if isinstance(cover, Tag) else ""
        if isinstance(cover, Tag) and poster and not is_audio:
            player["poster"] = poster
            # Walked over already or later, an invisible empty element does no harm; one taken away would.
            cover.name, cover.attrs, cover.hidden = "span", {}, True
        card.insert(0, player)

    def table(self, element: Tag) -> None:
        """A table of data may be wider than the screen and scrolls; one that arranges the page has to fit it."""
        if is_data(element):
            wrap(element, "div", {"class": "table"}, self.soup)
        else:
            element["class"] = "layout"

    def image(self, element: Tag, old: dict[str, str]) -> None:
        url = old.get("src", "")
        href = self.local_files.href(url)
        if not href:
            self.box(element, url, inside_link=element.find_parent("a") is not None)
            return
        element["src"] = href
        formula = element.find_parent(attrs={"class": "formula"})
        element["alt"] = one_line(old.get("alt", "")) or (str(formula["title"]) if formula else "")
        _set_size(element, self.local_files.images[url])
        element["loading"] = "lazy"
        element["decoding"] = "async"

    def missing(self, url: str, where: Tag) -> Tag:
        """A visible box in the place of an image that is not in the archive, with its address but never loading it."""
        box = self.soup.new_tag("span")
        self.box(box, url, inside_link=where.name == "a" or where.find_parent("a") is not None)
        return box

    def box(self, box: Tag, url: str, *, inside_link: bool) -> None:
        """Make such a box of an element."""
        box.name, box.attrs = "span", {"class": "missing"}
        box.string = f"图片未存档（{one_line(self.local_files.reason(url))}）"
        address = safe_url(url)
        if address and not inside_link:
            attrs = {"href": address, "rel": "noopener noreferrer nofollow"}
            link = self.soup.new_tag("a", attrs=attrs)
            link.string = "原图链接"
            box.append(link)

    def draw(self, element: Tag) -> None:
        """Rewrite one element of an inline SVG."""
        attributes = svg.attributes(element) if element.name in svg.ELEMENTS else None
        if attributes is None:
            element.name, element.attrs = "g", {}  # a group without any effect
            return
        url = svg.address(element)
        style = str(element.get("style", ""))
        element.attrs = dict(attributes)
        if element.name == "image":
            href = self.local_files.href(url)
            if not href:
                self.after_drawing(element, url)
                element.clear()
                unwrap(element)
                return
            element["href"] = href
        kept = safe_style(style, self.local_files.href) if style else ""
        if kept:
            element["style"] = kept
        for background in background_urls(style) if style else ():
            if not self.local_files.href(background):
                self.after_drawing(element, background)

    def after_drawing(self, element: Tag, url: str) -> None:
        """Put the box for a missing image behind the drawing, since HTML cannot stand inside it."""
        drawing = self.outermost(element)
        self.behind.setdefault(drawing, []).append(self.missing(url, drawing))

    def outermost(self, element: Tag) -> Tag:
        """The outermost `<svg>` around `element`, or the element itself where it is that."""
        drawings = [parent for parent in element.parents if parent.name == "svg"]
        return drawings[-1] if drawings else element


def _set_size(element: Tag, stored: StoredImage) -> None:
    if stored.width and stored.height:
        element["width"] = str(stored.width)
        element["height"] = str(stored.height)


def safe_tree(body: str, local_files: LocalFiles) -> Tag:
    """The body as the tree of HTML that cannot run, load or ask anything, nor leave its place on the page.

    Only allow-listed elements, attributes and CSS are written, all of them anew, and no element whose contents a
    browser parses by rules of its own (style, noscript, math, …): so a browser reads what was written here.
    """
    root = parse_body(body)
    shift_headings(root)
    _Sanitizer(local_files).run(root)
    return root


def safe_fragment(body: str, local_files: LocalFiles) -> str:
    """The markup of that tree."""
    return inner_markup(safe_tree(body, local_files)).strip()
