"""Which inline SVG may stand in a page: drawing, text, local images, harmless animation."""

from __future__ import annotations

import re

from archiver.dom import Tag
from archiver.render.text import words

# Names in lower case, as lxml gives them; a browser's HTML parser puts `viewBox` and the like right again.
ELEMENTS = words("""
    svg g path rect circle ellipse line polyline polygon text tspan textpath defs lineargradient
    radialgradient stop clippath mask pattern symbol use image foreignobject animate animatetransform
    animatemotion
""")
_ATTRIBUTES = words("""
    viewbox preserveaspectratio x y x1 y1 x2 y2 cx cy r rx ry dx dy d points width height transform fill
    fill-opacity fill-rule clip-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin
    stroke-dasharray stroke-dashoffset stroke-miterlimit opacity offset stop-color stop-opacity
    gradientunits gradienttransform spreadmethod fx fy patternunits patterncontentunits patterntransform
    maskunits maskcontentunits clippathunits text-anchor dominant-baseline alignment-baseline font-size
    font-family font-weight font-style letter-spacing rotate textlength lengthadjust startoffset color
    pathlength clip-path mask
""")
_ANIMATION = words("""
    type values from to by begin dur end repeatcount repeatdur fill calcmode keytimes keysplines
    additive accumulate restart path keypoints rotate
""")
# What may be animated: never an address, and nothing that only hides.
_ANIMATED = words("""
    x y cx cy r rx ry x1 y1 x2 y2 d points width height transform opacity fill fill-opacity stroke
    stroke-width stroke-opacity stroke-dasharray stroke-dashoffset offset stop-color stop-opacity
    translate scale rotate skewx skewy
""")
_ANIMATIONS = ("animate", "animatetransform", "animatemotion")
_LOCAL_REFERENCE = re.compile(r"\s*url\(\s*['\"]?#([\w.-]{1,200})['\"]?\s*\)\s*")
_FRAGMENT = re.compile(r"\s*#([\w.-]{1,200})\s*")
# Ids get a prefix, so that none can stand for an id of the page around it.
_PREFIX = "svg-"


def attributes(element: Tag) -> dict[str, str] | None:
    """The allowed attributes of an SVG element (without `style` and image addresses); None if it has to go entirely."""
    animation = element.name in _ANIMATIONS
    target = str(element.get("attributename", "")).strip().lower()
    if animation and target and target not in _ANIMATED:
        return None
    kept = {}
    for name, raw in element.attrs.items():
        value = str(raw)
        lowered = name.lower()
        if lowered in _ATTRIBUTES or (animation and lowered in _ANIMATION):
            reference = _LOCAL_REFERENCE.fullmatch(value)
            if reference:
                kept[lowered] = f"url(#{_PREFIX}{reference[1]})"
            elif not re.search(r"url\s*\(|script:|\\", value, re.IGNORECASE):
                kept[lowered] = value
    if target and animation:
        kept["attributename"] = target
    identifier = str(element.get("id", ""))
    if re.fullmatch(r"[\w.-]{1,200}", identifier):
        kept["id"] = _PREFIX + identifier
    if element.name in ("use", "textpath") and (fragment := _FRAGMENT.fullmatch(address(element))):
        kept["href"] = f"#{_PREFIX}{fragment[1]}"
    return kept


def address(element: Tag) -> str:
    """The element's `href`, in either spelling."""
    return str(element.get("href") or element.get("xlink:href") or "")
