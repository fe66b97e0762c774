"""Image bytes -> ImageFile: the type read from the bytes, and proof that they are whole. No file, no network."""

from __future__ import annotations

import hashlib
import io
import re
import struct
import warnings
import zlib
from collections.abc import Mapping
from typing import NoReturn
from xml.parsers import expat

from PIL import Image, UnidentifiedImageError

from archiver.errors import BrokenImageError, NotAnImageError
from archiver.models import ImageFile

MAX_PIXELS = 100_000_000  # long infographics reach 1080 x 60,000
MAX_FRAMES_DECODED = 400
MAX_PIXELS_DECODED = 1_000_000_000  # of all frames together; later frames of a huge animation are taken on trust
# Pillow's names of formats that browsers show -> media type, extension.
FORMATS = {
    "PNG": ("image/png", "png"),
    "JPEG": ("image/jpeg", "jpg"),
    "MPO": ("image/jpeg", "jpg"),  # a JPEG with further images behind it, from phones
    "GIF": ("image/gif", "gif"),
    "WEBP": ("image/webp", "webp"),
    "BMP": ("image/bmp", "bmp"),
    "AVIF": ("image/avif", "avif"),
}
# What Pillow's readers let through on damaged data: there is no one class for it.
_DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    ArithmeticError,
    TypeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
_SVG_START = re.compile(
    rb"\s*(?:<\?xml[^>]*\?>|<!--(?:[^-]|-(?!->))*-->|<!DOCTYPE[^>\[]*>|\s)*<(?:[a-z]+:)?svg[\s>]", re.IGNORECASE
)
_SVG_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:px)?\s*$")


def inspect_image(data: bytes) -> ImageFile:
    """Verify `data` and read its type and size (pixels) from it.

    Raises NotAnImageError (no known image type, or nothing) or BrokenImageError (cut off, does not decode, too large).
    """
    if not data:
        raise NotAnImageError("the answer is empty")
    if _SVG_START.match(data[:4096].removeprefix(b"\xef\xbb\xbf")):
        width, height = _inspect_svg(data)
        media_type, extension = "image/svg+xml", "svg"
    else:
        media_type, extension, width, height = _inspect_raster(data)
    return ImageFile(data, hashlib.sha256(data).hexdigest(), media_type, extension, width, height)


def _inspect_raster(data: bytes) -> tuple[str, str, int, int]:
    with warnings.catch_warnings():
        # Our own limit stands below; Pillow's warning about large images would only repeat it.
        warnings.simplefilter("ignore")
        Image.init()  # loads the readers of all formats, once
        try:
            with Image.open(io.BytesIO(data), formats=[name for name in FORMATS if name in Image.OPEN]) as image:
                media_type, extension = FORMATS[image.format or ""]
                width, height = image.size
                if width * height > MAX_PIXELS:
                    raise BrokenImageError(f"{width} x {height} pixels are more than can be checked")
                most = min(MAX_FRAMES_DECODED, max(1, MAX_PIXELS_DECODED // (width * height or 1)))
                for frame in range(min(getattr(image, "n_frames", 1), most)):
                    image.seek(frame)
                    image.load()
        except UnidentifiedImageError as error:
            raise NotAnImageError(f"no image: {_what_instead(data)}") from error
        except _DECODER_ERRORS as error:
            raise BrokenImageError(f"the image does not decode: {error}") from error
    if not _is_whole(data, extension):
        raise BrokenImageError(f"the image is cut off after {len(data):,} bytes")
    return media_type, extension, width, height


def _is_whole(data: bytes, extension: str) -> bool:
    """Whether the file ends as its format says. Pillow decodes what is left of a truncated GIF without complaint."""
    if extension == "jpg":
        # Some cameras and editors pad the end, and MPO files hold more after the first image's end.
        return b"\xff\xd9" in data[-65_536:]
    if extension == "gif":
        return data.rstrip(b"\0")[-1:] == b";"
    if extension == "png":
        return b"IEND\xaeB`\x82" in data[-65_536:]
    if extension == "webp":
        return len(data) >= int.from_bytes(data[4:8], "little") + 8
    return True


def _inspect_svg(data: bytes) -> tuple[int | None, int | None]:
    try:
        name, attributes = _xml_root(data)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise BrokenImageError(f"the SVG is not well-formed: {error}") from error
    if name != "svg":
        raise NotAnImageError(f"no image: XML with root <{name}>")
    lengths = [_SVG_LENGTH.match(attributes.get(name, "")) for name in ("width", "height")]
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


def _what_instead(data: bytes) -> str:
    head = data[:512].lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")) or b"<head" in head:
        return "an HTML page came instead"
    if head.startswith((b"{", b"[")):
        return "JSON came instead"
    return f"{len(data):,} bytes of no known image type"
