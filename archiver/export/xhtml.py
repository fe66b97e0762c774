"""The body of a page as XHTML: each element where the content model of HTML lets it stand.

Pages of WeChat put sections into paragraphs and paragraphs into spans, which a browser shows and a book's validator
refuses. Here an element for running text that holds blocks becomes a `div` that looks the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape

from archiver.dom import Node, Tag, Text, Unseen
from archiver.render.text import one_line, printable, words

_RUNNING = words("""
    abbr b bdi bdo cite code dfn em i kbd mark q s samp small span strong sub sup u var
""")
_BLOCKS = words("""
    blockquote div h1 h2 h3 h4 h5 h6 hr li ol p pre section table ul
""")
_ONLY_RUNNING = words("h1 h2 h3 h4 h5 h6 p pre")  # blocks that hold running text alone
# What has a rule of its own in the content model, or none any more -> what it becomes, and its style.
_INSTEAD: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("address", "article", "aside", "details", "footer", "header", "main", "nav", "dl"), ("div", "")),
    **dict.fromkeys(("figure", "figcaption", "center"), ("div", "text-align: center")),
    **dict.fromkeys(("dt", "summary"), ("div", "font-weight: bold")),
    "dd": ("div", "margin-left: 2em"),
    "big": ("span", "font-size: larger"),
    "strike": ("s", ""),
    "tt": ("code", ""),
    "font": ("span", ""),
    "time": ("span", ""),
    "ins": ("u", ""),
    "del": ("s", ""),
}
# How running text looks, for the block that takes its place.
_LOOKS: Mapping[str, str] = {
    **dict.fromkeys(("b", "strong", *(f"h{level}" for level in range(1, 7))), "font-weight: bold"),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), "font-style: italic"),
    **dict.fromkeys(("code", "kbd", "samp"), "font-family: monospace"),
    "pre": "font-family: monospace; white-space: pre-wrap",
    "u": "text-decoration: underline",
    "s": "text-decoration: line-through",
    "small": "font-size: smaller",
}
_CLASSES = frozenset({"card", "formula", "block", "missing", "table", "tint"})
_NUMBER = re.compile(r"[1-9]\d{0,3}")
_LENGTH = re.compile(r"\d{1,4}(\.\d{1,3})?%|[1-9]\d{0,3}")


class Writer:
    """Writes a body that `localise` has made. `drawing` gives the URL of the file that it makes of an `<svg>`, or "";
    `prefix` begins the ids that are left: those to which something leads."""

    def __init__(self, body: Tag, drawing: Callable[[Tag], str], prefix: str = "") -> None:
        self._body = body
        self._drawing = drawing
        self._prefix = prefix
        self._wanted = {str(a["href"])[1:] for a in body.find_all("a", href=re.compile("^#"))}
        self._ids: set[str] = set()
        self._holds_blocks = _holders(body)

    def write(self) -> str:
        """The XHTML inside the body."""
        return self._all(self._body.contents, inside=frozenset())

    def _all(self, nodes: Iterable[Node], inside: frozenset[str]) -> str:
        return "".join(self._node(node, inside) for node in nodes)

    def _node(self, node: Node, inside: frozenset[str]) -> str:
        if isinstance(node, Tag):
            return self._element(node, inside)
        if isinstance(node, Text) and not isinstance(node, Unseen):
            return escape(printable(str(node)), quote=False)
        return ""

    def _element(self, element: Tag, inside: frozenset[str]) -> str:
        name, style = _INSTEAD.get(element.name, (element.name, ""))
        if name in ("br", "wbr", "hr"):
            return f"<{name}/>"
        if name in ("svg", "img", "table", "ul", "ol", "ruby", "a"):
            return self._special(name, element, inside)
        if name not in _RUNNING | _BLOCKS or name == "li":
            name = "div" if self._is_block(element) else "span"
        if id(element) in self._holds_blocks and name in _RUNNING | _ONLY_RUNNING:
            name, style = "div", style or _LOOKS.get(name, "")
        return self._tag(name, element, self._all(element.contents, inside), style)

    def _special(self, name: str, element: Tag, inside: frozenset[str]) -> str:
        """What has a rule of its own."""
        if name == "img":
            return self._image(element)
        by_name = {"svg": self._svg, "table": self._table, "ruby": self._ruby, "a": self._link}
        return by_name.get(name, self._list)(element, inside)

    def _is_block(self, element: Tag) -> bool:
        return id(element) in self._holds_blocks or _is_block(element)

    def _tag(self, name: str, element: Tag, inner: str, style: str = "", **more: str) -> str:
        kept = [str(one) for one in element.get_attribute_list("class") if str(one) in _CLASSES]
        own = str(element.get("style") or "")
        align = str(element.get("align") or "").lower()
        if align in ("left", "right", "center", "justify") and name not in _RUNNING:
            style = f"{style}; text-align: {align}".lstrip("; ")
        color = str(element.get("color") or "")
        if element.name == "font" and re.fullmatch(r"#[0-9a-fA-F]{6}|[a-z]{3,20}", color):
            style = f"color: {color}"
        attributes = {
            "id": self._id(element),
            "class": " ".join(kept),
            "dir": str(element.get("dir") or "").lower(),
            "style": "; ".join(filter(None, (style, own))),
            **more,
        }
        return f"<{name}{_attributes(attributes)}>{inner}</{name}>"

    def _id(self, element: Tag) -> str:
        found = str(element.get("id") or "")
        if found not in self._wanted or found in self._ids or not re.fullmatch(r"[A-Za-z][\w.-]*", found):
            return ""
        self._ids.add(found)
        return f"{self._prefix}{found}"

    def _image(self, element: Tag) -> str:
        style = str(element.get("style") or "")
        sizes = {name: str(element.get(name) or "") for name in ("width", "height")}
        attributes = {name: value for name, value in sizes.items() if _NUMBER.fullmatch(value)}
        source = {"src": str(element.get("src") or ""), "alt": one_line(str(element.get("alt") or ""))}
        return f"<img{_attributes(source, always=('alt',))}{_attributes({**attributes, 'style': style})}/>"

    def _svg(self, element: Tag, inside: frozenset[str]) -> str:
        """A drawing is an image; what only frames images and text of the page gives way to them."""
        source = self._drawing(element)
        if source:
            formula = element.find_parent(attrs={"class": "formula"})
            alt = one_line(str(formula.get("title") or "")) if formula else ""
            style = "; ".join(filter(None, (str(element.get("style") or ""), *_sizes(element))))
            return f"<img{_attributes({'src': source, 'alt': alt, 'style': style}, always=('alt',))}/>"
        shown = element.find_all(["image", "foreignobject", "text"])
        parts = []
        for part in shown:
            if part.name == "image" and part.get("href"):
                parts.append(f"<img{_attributes({'src': str(part['href']), 'alt': ''}, always=('alt',))}/>")
            elif part.name == "text":
                parts.append(f"<span>{escape(printable(part.get_text()), quote=False)}</span>")
            elif part.find_parent("foreignobject") is None:
                parts.append(self._all(part.contents, inside))
        return "".join(parts)

    def _link(self, element: Tag, inside: frozenset[str]) -> str:
        href = str(element.get("href") or "")
        if href.startswith("#"):
            target = href[1:]
            href = f"#{self._prefix}{target}" if self._body.find(id=target) else ""
        if "a" in inside or not href:
            name = "div" if id(element) in self._holds_blocks else "span"
            return self._tag(name, element, self._all(element.contents, inside))
        return self._tag("a", element, self._all(element.contents, inside | {"a"}), href=href)

    def _list(self, element: Tag, inside: frozenset[str]) -> str:
        items = []
        for child in element.contents:
            if isinstance(child, Tag) and child.name == "li":
                items.append(self._tag("li", child, self._all(child.contents, inside)))
            elif inner := self._node(child, inside).strip():
                items.append(f"<li>{inner}</li>")
        start = str(element.get("start") or "")
        more = {"start": start} if element.name == "ol" and re.fullmatch(r"\d{1,4}", start) else {}
        return self._tag(element.name, element, "".join(items), **more) if items else ""

    def _table(self, element: Tag, inside: frozenset[str]) -> str:
        before, rows = [], []
        for child in _rows(element):
            if isinstance(child, Tag) and child.name == "tr":
                if cells := self._cells(child, inside):
                    rows.append(self._tag("tr", child, cells))
            else:
                before.append(self._node(child, inside))
        ahead = "".join(before)
        lead = f"<div>{ahead}</div>" if ahead.strip() else ""
        width = str(element.get("width") or "")
        style = f"width: {width if width.endswith('%') else width + 'px'}" if _LENGTH.fullmatch(width) else ""
        return lead + (self._tag("table", element, f"<tbody>{''.join(rows)}</tbody>", style) if rows else "")

    def _cells(self, row: Tag, inside: frozenset[str]) -> str:
        cells = []
        for child in row.contents:
            if isinstance(child, Tag) and child.name in ("td", "th"):
                spans = {name: str(child.get(name) or "") for name in ("colspan", "rowspan")}
                more = {name: value for name, value in spans.items() if _NUMBER.fullmatch(value)}
                cells.append(self._tag(child.name, child, self._all(child.contents, inside), **more))
            elif inner := self._node(child, inside).strip():
                cells.append(f"<td>{inner}</td>")
        return "".join(cells)

    def _ruby(self, element: Tag, inside: frozenset[str]) -> str:
        """Base texts, each with its reading behind it; anything else becomes text in line."""
        children = [c for c in element.contents if not (isinstance(c, Tag) and c.name == "rp")]
        kinds = "".join("t" if isinstance(c, Tag) and c.name == "rt" else "b" for c in children)
        if not re.fullmatch(r"(b+t)+", kinds) or id(element) in self._holds_blocks or element.find_parent("ruby"):
            return self._all(element.contents, inside)
        parts = [
            self._tag("rt", c, self._all(c.contents, inside)) if k == "t" and isinstance(c, Tag)
            else self._node(c, inside)
            for c, k in zip(children, kinds, strict=True)
        ]  # fmt: skip
        return self._tag("ruby", element, "".join(parts))


def _attributes(attributes: Mapping[str, str], always: tuple[str, ...] = ()) -> str:
    """Attributes of XML, the empty ones left out but for those in `always`."""
    return "".join(
        f' {name}="{escape(printable(value))}"' for name, value in attributes.items() if value or name in always
    )


def _is_block(element: Tag) -> bool:
    name = _INSTEAD.get(element.name, (element.name, ""))[0]
    return name in _BLOCKS


def _holders(body: Tag) -> set[int]:
    """The elements that hold a block, at whatever depth, by identity."""
    found: set[int] = set()
    for element in body.find_all(True):
        if _is_block(element):
            for parent in element.parents:
                if id(parent) in found:
                    break
                found.add(id(parent))
    return found


def _rows(table: Tag) -> Iterable[Node]:
    """What a table holds: its rows, whatever groups they are in, and what stands beside them."""
    for child in table.contents:
        if isinstance(child, Tag) and child.name in ("thead", "tbody", "tfoot"):
            yield from _rows(child)
        elif not (isinstance(child, Tag) and child.name in ("col", "colgroup")):
            yield child


def _sizes(drawing: Tag) -> Iterable[str]:
    for name in ("width", "height"):
        value = str(drawing.get(name) or "")
        if re.fullmatch(r"\d{1,4}(\.\d{1,4})?(ex|em|px|%)", value):
            yield f"{name}: {value}"
        elif re.fullmatch(r"\d{1,4}(\.\d{1,4})?", value):
            yield f"{name}: {value}px"
