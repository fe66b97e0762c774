"""The styles of a body as classes: an editor writes the same few hundreds of times."""

from __future__ import annotations

from archiver.dom import Tag
from archiver.dom.sheet import IMAGE, rule

NARROW = "(max-width: 599.98px)"


def classed(root: Tag) -> str:
    """Put a class in the place of the style of every element below `root`; the sheet with their rules.

    Classes are numbered as they appear. What the frame has to say about styles (see `style.STYLE`, which says it of
    pages whose elements still have them) stands behind the rules.
    """
    names: dict[str, str] = {}
    for element in root.elements():
        style = element.attrs.pop("style", None)
        if style:
            text = str(style)
            name = names.setdefault(text, f"s{len(names) + 1}")
            image = [IMAGE] if "url(" in text else []
            element["class"] = " ".join([*element.get_attribute_list("class"), *image, name])
    if not names:
        return ""
    return "\n" + "".join(rule(name, style) for style, name in names.items()) + _exceptions(names)


def _exceptions(names: dict[str, str]) -> str:
    """What holds in spite of some styles, on a narrow screen and on paper."""
    sized = _all([f"img.{name}" for style, name in names.items() if _has_width(style)], "height: auto")
    justified = _all(_with("text-align: justify", names), "text-align: start")
    scrolled = _all(_with("overflow", names), "height: auto", "max-height: none", "overflow: visible")
    narrow = f"@media {NARROW} {{ {justified} }}\n" if justified else ""
    paper = f"@media print {{ {scrolled} }}\n" if scrolled else ""
    return f"{sized}\n{narrow}{paper}" if sized else narrow + paper


def _with(words: str, names: dict[str, str]) -> list[str]:
    return [f".{name}" for style, name in names.items() if words in style]


def _all(selectors: list[str], *declarations: str) -> str:
    """A rule for all of them that beats every other; empty for none."""
    return f"{','.join(selectors)}{{{'; '.join(f'{one} !important' for one in declarations)}}}" if selectors else ""


def _has_width(style: str) -> bool:
    return "; width: " in f"; {style}" and "width: auto" not in style
