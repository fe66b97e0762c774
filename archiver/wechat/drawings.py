"""Inline drawings (formulas as paths, diagrams) as SVG files, so that they can stand where HTML cannot: in Markdown.

Only shapes and what paints them are taken over, anew: such a file may be opened by itself.
"""

from __future__ import annotations

import re
from base64 import b64encode
from html import escape

from archiver.dom import Document, Tag, valid

_SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "use"})
# Names in lower case, as the DOM library gives them, to what XML calls them.
_SPELLED = {"lineargradient": "linearGradient", "radialgradient": "radialGradient", "clippath": "clipPath"}
_ELEMENTS = _SHAPES | frozenset({"svg", "g", "defs", "stop", "mask", "pattern", "symbol", *_SPELLED})
_STORES = ("defs", "symbol", "clippath", "mask", "pattern")  # nothing in them is shown in its place
# What is more than a drawing: words can be read as such, images are kept themselves, layouts move or are filled later.
_MORE = frozenset({"text", "image", "img", "foreignobject", "animate", "animatetransform", "animatemotion", "set"})
_SPELLED |= {
    name.lower(): name
    for name in (
        *("viewBox", "preserveAspectRatio", "gradientUnits", "gradientTransform", "spreadMethod", "patternUnits"),
        *("patternContentUnits", "patternTransform", "maskUnits", "maskContentUnits", "clipPathUnits", "pathLength"),
    )
}
_ATTRIBUTES = frozenset(
    (
        *("viewbox", "preserveaspectratio", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "d", "fx"),
        *("fy", "points", "width", "height", "transform", "fill", "fill-opacity", "fill-rule", "clip-rule", "stroke"),
        *("stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "color"),
        *("stroke-dashoffset", "stroke-miterlimit", "opacity", "offset", "stop-color", "stop-opacity", "gradientunits"),
        *("gradienttransform", "spreadmethod", "patternunits", "patterncontentunits", "patterntransform", "maskunits"),
        *("maskcontentunits", "clippathunits", "pathlength", "clip-path", "mask"),
    )
)
_PAINTED = re.compile(
    r"(?:^|;)\s*(fill|stroke|stroke-width|opacity|fill-opacity|stop-color)\s*:\s*([^;\"'<>\\]{1,100})"
)
_REFERENCE = re.compile(r"url\(\s*['\"]?#([\w.-]{1,200})['\"]?\s*\)")
_FRAGMENT = re.compile(r"#([\w.-]{1,200})")
_LENGTH = re.compile(r"\s*(\d{1,6}(?:\.\d{1,9})?)\s*(px|ex|em|pt|rem)?\s*")
_STYLED = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*([^;]+)", re.IGNORECASE)
_PIXELS = {"px": 1.0, "ex": 8.0, "em": 16.0, "rem": 16.0, "pt": 4 / 3}
_HIDDEN = re.compile(
    r"background(?:-image)?\s*:[^;]*url\(|(?:^|;)\s*(?:visibility\s*:\s*hidden|opacity\s*:\s*0\s*(?:;|$))"
)
_LARGEST = 2_000_000  # characters of one drawing
_MOST_BORROWED = 2_000  # shapes that one drawing takes over from others


def drawing_url(svg: Tag, shapes: dict[str, Tag]) -> str:
    """The drawing as a `data:` URI; "" where `svg` draws nothing, or is more than a drawing. `shapes` has those of the
    page by id, which a drawing may use."""
    inside = svg.find_all(True)
    stored = {id(tag) for store in svg.find_all(_STORES) for tag in store.find_all(True)}
    shown = {tag.name for tag in inside if id(tag) not in stored}
    if (
        not _MORE.isdisjoint(tag.name for tag in inside)
        or _SHAPES.isdisjoint(shown)
        or any(_HIDDEN.search(str(t.get("style") or "")) for t in (svg, *inside))
    ):
        return ""
    parts = ["<svg", *_size(svg), *_attributes(svg), ' xmlns="http://www.w3.org/2000/svg">']
    borrowed = _borrowed(inside, shapes)
    if borrowed:
        parts += ["<defs>", *(part for shape in borrowed for part in _markup_of(shape)), "</defs>"]
    parts += [part for child in svg.find_all(True, recursive=False) for part in _markup_of(child)]
    text = valid("".join((*parts, "</svg>")))
    return "data:image/svg+xml;base64," + b64encode(text.encode()).decode() if len(text) <= _LARGEST else ""


def shapes_by_id(root: Document | Tag) -> dict[str, Tag]:
    """The elements of drawings that others may use, by id."""
    return {str(tag["id"]): tag for tag in root.find_all(list(_ELEMENTS), id=True)}


def _borrowed(inside: list[Tag], shapes: dict[str, Tag]) -> list[Tag]:
    """What `use` shows that is not in the drawing itself: MathJax keeps its letters in one place of the page."""
    own = {str(tag["id"]) for tag in inside if tag.get("id")}
    found: dict[str, Tag] = {}
    for tag in inside:
        name = _FRAGMENT.fullmatch(_address(tag)) if tag.name == "use" else None
        if name and name[1] not in own and name[1] in shapes and len(found) < _MOST_BORROWED:
            shape = shapes[name[1]]
            if shape.name in _SHAPES and shape.name != "use":
                found[name[1]] = shape
    return list(found.values())


def _markup_of(root: Tag) -> list[str]:
    """An element with all in it; one that is no part of a drawing goes, with what it holds."""
    parts: list[str] = []
    todo: list[Tag | str] = [root]
    while todo:
        part = todo.pop()
        if isinstance(part, str):
            parts.append(part)
        elif part.name in _ELEMENTS:
            name = _SPELLED.get(part.name, part.name)
            parts += [f"<{name}", *_attributes(part), ">"]
            todo += [f"</{name}>", *reversed(part.find_all(True, recursive=False))]
    return parts


def _attributes(tag: Tag) -> list[str]:
    kept = {}
    for name, raw in tag.attrs.items():
        value = str(raw)
        lowered = name.lower()
        if lowered in _ATTRIBUTES and not (tag.name == "svg" and lowered in ("width", "height", "color")):
            kept[lowered] = value
    for name, value in _PAINTED.findall(str(tag.get("style") or "")):
        kept[name] = value.strip()
    if re.fullmatch(r"[\w.-]{1,200}", str(tag.get("id") or "")):
        kept["id"] = str(tag["id"])
    target = _FRAGMENT.fullmatch(_address(tag)) if tag.name == "use" else None
    if target:
        kept["href"] = target[0]
    return [
        f' {_SPELLED.get(name, name)}="{escape(value)}"'
        for name, value in kept.items()
        if "(" not in _REFERENCE.sub("", value) or name.endswith("transform") or value.startswith("rgb")
    ]


def _size(svg: Tag) -> list[str]:
    """Width and height in pixels, as the page shows the drawing: a box of its own units can be a thousand wide."""
    given = {name: str(svg.get(name) or "") for name in ("width", "height")}
    given |= {name.lower(): value for name, value in _STYLED.findall(str(svg.get("style") or ""))}
    found = {name: _LENGTH.fullmatch(value) for name, value in given.items()}
    pixels = {name: float(length[1]) * _PIXELS[length[2] or "px"] for name, length in found.items() if length}
    return [f' {name}="{max(1, round(size))}"' for name, size in pixels.items()]


def _address(tag: Tag) -> str:
    return str(tag.get("href") or tag.get("xlink:href") or "")
