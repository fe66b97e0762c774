"""SVG files: whether they are well-formed, and their size. Nothing is drawn and nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NoReturn
from xml.parsers import expat

from archiver.errors import BrokenImageError, NotAnImageError

_START = re.compile(
    rb"\s*(?:<\?xml[^>]*\?>|<!--(?:[^-]|-(?!->))*-->|<!DOCTYPE[^>\[]*>|\s)*<(?:[a-z]+:)?svg[\s>]", re.IGNORECASE
)
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:px)?\s*$")


def is_svg(data: bytes) -> bool:
    """Whether the data begins as an SVG does."""
    return _START.match(data[:4096].removeprefix(b"\xef\xbb\xbf")) is not None


def svg_size(data: bytes) -> tuple[int | None, int | None]:
    """Width and height in pixels, as far as an SVG tells them. Raises BrokenImageError (not well-formed) or
    NotAnImageError."""
    try:
        name, attributes = _xml_root(data)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise BrokenImageError(f"the SVG is not well-formed: {error}") from error
    if name != "svg":
        raise NotAnImageError(f"no image: XML with root <{name}>")
    lengths = [_LENGTH.match(attributes.get(name, "")) for name in ("width", "height")]
    if all(lengths):
        width, height = (round(float(match[1])) for match in lengths if match)
        return width, height
    box = attributes.get("viewBox", "").replace(",", " ").split()
    try:
        return round(float(box[2])), round(float(box[3]))
    except (IndexError, ValueError, OverflowError):
        return None, None


def _xml_root(data: bytes) -> tuple[str, Mapping[str, str]]:
    """Name, without namespace, and attributes of the root of a whole XML document from a stranger.

    A document type passes, as drawing programs write one, and nothing is fetched for it; an entity of its own does not:
    entities are what bombs and reads of local files are made of. Raises ExpatError, ValueError or LookupError.
    """
    roots: list[tuple[str, Mapping[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if not roots:
            roots.append((name.rpartition("}")[2], attributes))

    def refuse(*_entity: object) -> NoReturn:
        raise ValueError("it names an entity of its own")

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = start
    parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = parser.SkippedEntityHandler = refuse
    parser.Parse(data, True)
    return roots[0]
