"""Inline styles of strangers, through an allow-list of properties and values."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar

import tinycss2
from tinycss2 import color3

from archiver.render.text import words

# Nothing that leaves its place (position, inset, z-index), hides text (visibility, clip), moves by itself (animation,
# transition) or talks to the user (cursor, content).
_SIDES = ("top", "right", "bottom", "left")
_CORNERS = ("top-left", "top-right", "bottom-right", "bottom-left")
_PROPERTIES = (
    words("""
    align-content align-items align-self aspect-ratio background background-color background-image
    background-origin background-position background-position-x background-position-y background-repeat
    background-size border border-collapse border-color border-radius border-spacing border-style
    border-width box-shadow box-sizing clear color column-count column-gap display flex flex-basis
    flex-direction flex-flow flex-grow flex-shrink flex-wrap float font font-family font-size font-style
    font-variant font-weight gap grid-template-columns grid-template-rows height justify-content
    letter-spacing line-height list-style-position list-style-type margin max-height max-width
    min-height min-width object-fit object-position opacity order overflow overflow-wrap overflow-x
    overflow-y padding row-gap tab-size table-layout text-align text-align-last text-decoration
    text-decoration-color text-decoration-line text-decoration-style text-decoration-thickness
    text-emphasis text-indent text-shadow text-transform text-underline-offset transform
    transform-origin vertical-align white-space width word-break word-spacing word-wrap writing-mode
""")
    | {f"{what}-{side}" for what in ("margin", "padding", "border") for side in _SIDES}
    | {f"border-{side}-{what}" for side in _SIDES for what in ("color", "style", "width")}
    | {f"border-{corner}-radius" for corner in _CORNERS}
)
_DISPLAYS = words("""
    block inline inline-block flex inline-flex grid inline-grid table table-row table-cell
    table-row-group list-item flow-root -webkit-box -webkit-flex
""")
_FUNCTIONS = words("""
    rgb rgba hsl hsla calc min max clamp linear-gradient radial-gradient repeating-linear-gradient
    repeating-radial-gradient conic-gradient rotate rotatex rotatey rotatez rotate3d scale scalex scaley
    scale3d skew skewx skewy matrix translate translatex translatey translate3d repeat minmax
""")
_WITH_IMAGES = ("background", "background-image")
_PIXELS = {"px": 1, "em": 16, "rem": 16, "ex": 8, "ch": 8, "pt": 1.33, "pc": 16, "in": 96, "cm": 38, "mm": 4}
_PIXELS |= {"q": 1, "vw": 12, "vh": 8, "vmin": 8, "vmax": 12, "%": 8}
# Smallest and largest length in rough pixels; a length outside would push text off the page or over other text.
_LIMITS = {"margin": (-64, 400), "padding": (0, 400), "text-indent": (-64, 200), "transform": (-400, 400)}
_LIMITS |= {"letter-spacing": (-4, 60), "word-spacing": (-8, 60), "font-size": (0, 200), "line-height": (0, 400)}
_LIMITS |= {"border-radius": (0, 2000)} | {f"border-{corner}-radius": (0, 2000) for corner in _CORNERS}
_LIMITS |= {"font": (0, 200), "box-shadow": (-60, 60), "text-shadow": (-60, 60), "border": (0, 200)}
_ANY_LENGTH = (-4000.0, 20000.0)
_BLOCK_DISPLAYS = words("block flex grid table list-item flow-root")
_PAPER = 0.98  # what is lighter in red, green and blue is the paper itself
_FAINTEST = 0.3  # less opacity hides text
_MAX_NESTING = 6
_USUAL_STYLE = 2_000  # characters; what is longer is hardly ever written twice
_MAX_STYLE = 20_000  # characters; the longest of several hundred thousand real styles has far fewer


_Answer = TypeVar("_Answer")


def _once(read: Callable[[str], _Answer]) -> Callable[[str], _Answer]:
    """`read`, which asks each usual style only once. Nobody may change what it answers: an editor writes the same few
    styles over and over, and to read them each time is half the work of a page."""
    remembered = lru_cache(maxsize=256)(read)

    @wraps(read)
    def answer(style: str) -> _Answer:
        return remembered(style) if len(style) <= _USUAL_STYLE else read(style)

    return answer


@_once
def _declarations(style: str) -> tuple[Any, ...]:
    """The declarations of an inline style."""
    nodes = tinycss2.parse_blocks_contents(style[:_MAX_STYLE], skip_comments=True, skip_whitespace=True)
    return tuple(node for node in nodes if node.type == "declaration")


def _url_of(token: Any) -> str | None:
    """The URL of a `url(…)` token, quoted or not; None for any other token."""
    if token.type == "url":
        return str(token.value)
    if token.type == "function" and token.lower_name == "url":
        return next((str(part.value) for part in token.arguments if part.type == "string"), "")
    return None


@_once
def background_urls(style: str) -> tuple[str, ...]:
    """The URLs of background images in an inline style, in order."""
    found: list[str] = []
    for declaration in _declarations(style):
        if declaration.lower_name in _WITH_IMAGES:
            found += [url for url in map(_url_of, declaration.value) if url]
    return tuple(found)


@_once
def is_bold(style: str) -> bool | None:
    """Whether an inline style asks for bold type or, False, for plain type; None where it asks for neither."""
    bold = None
    for declaration in _declarations(style):
        if declaration.lower_name == "font-weight":
            weight = tinycss2.serialize(declaration.value).strip().lower()
            if weight != "inherit":
                bold = weight in ("bold", "bolder") or (weight.isdecimal() and int(weight[:4]) >= 600)
    return bold


@_once
def is_upright(style: str) -> bool:
    """Whether an inline style takes back emphasis."""
    return any(
        declaration.lower_name == "font-style" and tinycss2.serialize(declaration.value).strip().lower() == "normal"
        for declaration in _declarations(style)
    )


def is_inline(style: str) -> bool:
    """Whether an inline style lets its element run on in the text around it."""
    return _display(style) == "inline"


def is_row(style: str) -> bool:
    """Whether an inline style puts the boxes of its element side by side."""
    return _display(style) in ("flex", "inline-flex", "-webkit-flex") and "column" not in style.lower()


def is_block(style: str) -> bool:
    """Whether an inline style makes its element stand apart from the text around it: some editors write lists so."""
    return _display(style) in _BLOCK_DISPLAYS


@_once
def _display(style: str) -> str:
    if "display" not in style.lower():
        return ""
    shown = ""
    for declaration in _declarations(style):
        if declaration.lower_name == "display":
            shown = tinycss2.serialize(declaration.value).strip().lower()
    return shown


@_once
def is_tinted(style: str) -> bool:
    """Whether an inline style paints its element in a colour that can be told from white paper."""
    tinted = False
    for declaration in _declarations(style):
        if declaration.lower_name not in ("background", "background-color", "background-image"):
            continue
        for token in declaration.value:
            colour = color3.parse_color(token)
            if isinstance(colour, color3.RGBA):
                tinted = colour.alpha >= 0.5 and min(colour[:3]) < _PAPER
            elif token.type == "function" and token.lower_name.endswith("-gradient"):
                tinted = True
    return tinted


def _limits(name: str) -> tuple[float, float]:
    for key in (name, name.partition("-")[0]):
        if key in _LIMITS:
            return _LIMITS[key]
    return _ANY_LENGTH


def _token_allowed(token: Any, name: str, depth: int) -> bool:
    if token.type in ("whitespace", "comment", "ident", "hash"):
        return True
    if token.type in ("dimension", "percentage"):
        low, high = _limits(name)
        unit = "%" if token.type == "percentage" else token.lower_unit
        factor = _PIXELS.get(unit, 1)
        return bool(low <= token.value * factor <= high)
    if token.type == "number":
        return bool(abs(token.value) <= _ANY_LENGTH[1])
    if token.type == "literal":
        return token.value in (",", "/", "+", "-", "*")
    if token.type == "string":
        return name in ("font-family", "font")
    if depth > _MAX_NESTING:
        return False
    if token.type == "function":
        inner = token.arguments if token.lower_name in _FUNCTIONS else None
    else:
        inner = token.content if token.type == "() block" else None
    return inner is not None and all(_token_allowed(part, name, depth + 1) for part in inner)


def _value(declaration: Any, local: Callable[[str], str]) -> str:
    """The declaration's value with local image paths; empty if any part of it is not allowed. A comment is a space:
    nothing would part what is before and behind it, and `/` and `*` would begin one."""
    parts = []
    for token in declaration.value:
        url = _url_of(token)
        if url is not None:
            path = local(url) if declaration.lower_name in _WITH_IMAGES else ""
            if not path:
                return ""
            parts.append(f'url("{path}")')
        elif _token_allowed(token, declaration.lower_name, 0):
            parts.append(" " if token.type == "comment" else token.serialize())
        else:
            return ""
    return "".join(parts).strip()


def _hides_text(name: str, value: str) -> bool:
    if name == "opacity":
        try:
            return float(value.rstrip("%")) / (100 if value.endswith("%") else 1) < _FAINTEST
        except ValueError:
            return True
    plain = value.lower().replace(" ", "")
    if name == "color":
        return plain == "transparent" or (plain.startswith(("rgba(", "hsla(")) and plain.endswith((",0)", "/0)")))
    return name == "display" and plain not in _DISPLAYS


def safe_style(style: str, local: Callable[[str], str]) -> str:
    """An inline style with only harmless declarations, none `!important`, so that the page's own rules can win.

    `local` maps an image URL to its relative path, or to an empty string when there is no such file; a declaration
    with an image that is not local is dropped. The result may be empty.
    """
    return _plain(style) if len(style) <= _USUAL_STYLE and "url" not in style.lower() else _safe(style, local)


def _safe(style: str, local: Callable[[str], str]) -> str:
    kept: dict[str, str] = {}
    declarations = _declarations(style)
    # Type painted by its background is plain type here: the background would hide it.
    painted = any(
        "text" in tinycss2.serialize(d.value) for d in declarations if d.lower_name.endswith("background-clip")
    )
    for declaration in declarations:
        name = declaration.lower_name
        if name not in _PROPERTIES or (painted and name.startswith("background")):
            continue
        value = _value(declaration, local)
        if value and not _hides_text(name, value):
            kept[name] = value
    if "width" not in kept and kept.get("height", "auto") != "auto":
        kept.setdefault("width", "auto")  # or the width attribute of an image would distort it
    return "; ".join(f"{name}: {value}" for name, value in kept.items())


@lru_cache(maxsize=256)
def _plain(style: str) -> str:
    """A style that names no image, and so is everywhere the same."""
    return _safe(style, lambda _: "")
