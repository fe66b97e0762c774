"""Drawings of a page (SVG) as files of their own: well-formed XML from the allow-list, and nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape

from archiver.dom import Node, Tag, Text, Unseen, parse
from archiver.render import svg
from archiver.render.css import safe_style
from archiver.render.text import printable

# Pages hold names in lower case, which HTML's parser puts right and XML's does not.
_NAMES = (
    *("viewBox", "preserveAspectRatio", "gradientUnits", "gradientTransform", "spreadMethod", "patternUnits"),
    *("patternContentUnits", "patternTransform", "maskUnits", "maskContentUnits", "clipPathUnits", "textLength"),
    *("lengthAdjust", "startOffset", "pathLength", "attributeName", "repeatCount", "repeatDur", "calcMode"),
    *("keyTimes", "keySplines", "keyPoints", "linearGradient", "radialGradient", "clipPath", "textPath"),
    *("animateTransform", "animateMotion"),
)
_CASE: Mapping[str, str] = {name.lower(): name for name in _NAMES}
_USABLE = svg.ELEMENTS - {"animate", "animatetransform", "animatemotion", "stop", "defs", "tspan", "textpath"}
_PAINT = ("lineargradient", "radialgradient", "pattern")
_REFERRED = {"fill": _PAINT, "stroke": _PAINT, "clip-path": ("clippath",), "mask": ("mask",)}
_HELD = ("image", "foreignobject")  # what a drawing that stands alone cannot show


def is_drawn(drawing: Tag) -> bool:
    """Whether a drawing is one by itself, and no frame around images and text of the page."""
    return drawing.find(_HELD) is None and drawing.find(True) is not None


def drawing_file(drawing: Tag) -> str:
    """An `<svg>` of a page as a file; what it uses of other drawings of the page is in it."""
    borrowed = _used_outside(drawing)
    writer = _Writer([*borrowed, drawing])
    defs = f"<defs>{''.join(map(writer.node, borrowed))}</defs>" if borrowed else ""
    inside = "".join(map(writer.node, drawing.contents))
    attributes = writer.attributes(drawing) | {"xmlns": "http://www.w3.org/2000/svg"}
    attributes.pop("id", None)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<svg{_attributes(attributes)}>{defs}{inside}</svg>\n'


def clean_file(data: bytes) -> str | None:
    """An SVG file of a stranger's as such a file; None where there is no drawing in it."""
    found = parse(data.decode("utf-8", "replace")).find("svg")
    return drawing_file(found) if isinstance(found, Tag) else None


def _used_outside(drawing: Tag) -> list[Tag]:
    """What a drawing refers to in others of the page, as formulas share their glyphs."""
    wanted = [svg.address(use).removeprefix("#") for use in drawing.find_all("use")]
    own = {str(element["id"]) for element in drawing.find_all(id=True)}
    missing = [name for name in dict.fromkeys(wanted) if name and name not in own]
    root = list(drawing.parents)[-1] if missing and drawing.parent else None
    known = {str(element["id"]): element for element in root.find_all(id=True)} if isinstance(root, Tag) else {}
    return [known[name] for name in missing if name in known]


class _Writer:
    """Writes what drawings hold: no id twice, and no reference to what is not there or is of another kind."""

    def __init__(self, drawings: Iterable[Tag]) -> None:
        self._kinds: dict[str, str] = {}
        for drawing in drawings:
            for element in (drawing, *drawing.find_all(True)):
                name = (svg.attributes(element) or {}).get("id") if element.name in svg.ELEMENTS else None
                if name:
                    self._kinds.setdefault(name, element.name)
        self._used: set[str] = set()

    def node(self, node: Node) -> str:
        if isinstance(node, Tag):
            if node.name not in svg.ELEMENTS or node.name in _HELD or svg.attributes(node) is None:
                return ""
            style = safe_style(str(node.get("style", "")), lambda _: "")
            attributes = self.attributes(node) | ({"style": style} if style else {})
            name = _CASE.get(node.name, node.name)
            return f"<{name}{_attributes(attributes)}>{''.join(map(self.node, node.contents))}</{name}>"
        if isinstance(node, Text) and not isinstance(node, Unseen):
            return escape(printable(str(node)), quote=False)
        return ""

    def attributes(self, element: Tag) -> dict[str, str]:
        """Those that are allowed and lead to what is there."""
        found = svg.attributes(element) or {}
        return {name: value for name, value in found.items() if self._is_good(element.name, name, value)}

    def _is_good(self, element: str, name: str, value: str) -> bool:
        if name == "id":
            is_first = value not in self._used
            self._used.add(value)
            return is_first
        if name == "href":
            kind = self._kinds.get(value.removeprefix("#"), "")
            return kind in (("path",) if element == "textpath" else _USABLE)
        if reference := re.fullmatch(r"url\(#(.+)\)", value):
            return self._kinds.get(reference[1], "") in _REFERRED.get(name, ())
        return True


def _attributes(found: Mapping[str, str]) -> str:
    return "".join(f' {_CASE.get(name, name)}="{escape(printable(value))}"' for name, value in found.items())
