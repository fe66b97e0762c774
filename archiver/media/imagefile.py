"""Image bytes -> ImageFile: the type read from the bytes, and proof that they are whole. No file, no network."""

from __future__ import annotations

import functools
import hashlib
import importlib
import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from PIL import Image, ImageChops, UnidentifiedImageError

from archiver.amounts import counted
from archiver.errors import BrokenImageError, NoHandlesError, NotAnImageError, is_out_of_handles
from archiver.media.structure import (
    gif_is_whole,
    is_jxl,
    jpeg_end,
    jpeg_parts_without_padding,
    jxl_head,
    jxl_size,
    png_drawing,
    webp_size,
)
from archiver.media.svg import is_svg, svg_size
from archiver.models import ImageFile

MAX_PIXELS = 120_000_000  # long infographics reach 1080 x 60,000, scans 12,000 x 9,000
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
_READERS = ("Png", "Jpeg", "Gif", "WebP", "Bmp", "Avif")
# What Pillow's readers let through on damaged data: there is no one class for it.
DECODER_ERRORS = (
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
_PNG, _JPEG = b"\x89PNG", b"\xff\xd8\xff"
# Two different ends for a JPEG without one: what is drawn of them shows that something is missing.
# Both begin with the zero that a last 0xFF needs behind it.
_ENDS = (b"\x00" * 64 + b"\xff\xd9", b"\x00" + b"\x5a\xa5\x3c" * 21 + b"\xff\xd9")
_CORNER = 8  # pixels
_AT_ONCE = 4_000_000  # pixels that are compared: larger images strip by strip


def inspect_image(data: bytes) -> ImageFile:
    """Verify `data` and read its type and size (pixels) from it.

    Raises NotAnImageError (no known image type, or nothing), BrokenImageError (cut off, does not decode, too large) or
    NoHandlesError.
    """
    if not data:
        raise NotAnImageError("the answer is empty")
    if is_svg(data):
        width, height = svg_size(data)
        media_type, extension = "image/svg+xml", "svg"
    else:
        media_type, extension, width, height = _inspect_raster(data)
    return ImageFile(data, hashlib.sha256(data).hexdigest(), media_type, extension, width, height)


def inspect_inlined(data: bytes) -> ImageFile:
    """The image that a page itself carries, whole or as it is there: nobody has another. Raises ImageError."""
    try:
        return inspect_image(data)
    except BrokenImageError:
        return inspect_damaged(data)


def inspect_damaged(data: bytes) -> ImageFile:
    """An image that `inspect_image` calls broken, as it is: type and size (pixels) are read from its head.

    Raises ImageError where the head does not tell them, or the image is too large; of an SVG that is not well-formed
    browsers show nothing.
    """
    media_type, extension, width, height = _head(data)
    _check_pixels(width, height)
    digest = hashlib.sha256(data).hexdigest()
    return ImageFile(data, digest, media_type, extension, width, height, damaged_at_source=True)


def _head(data: bytes) -> tuple[str, str, int, int]:
    """Media type, extension, width and height, as an image's head tells them. Raises ImageError."""
    if size := webp_size(data):  # of one that is cut off, Pillow opens nothing
        return "image/webp", "webp", *size
    if is_jxl(data):
        size = jxl_head(data)
        if size is None:
            raise _cut_off(data)
        return "image/jxl", "jxl", *size
    try:
        with _opened(data) as image:
            return *FORMATS[image.format or ""], *image.size
    except UnidentifiedImageError as error:
        raise NotAnImageError(f"no image: {_what_instead(data)}") from error
    except DECODER_ERRORS as error:
        raise undecodable(error) from error


class _Decoded(NamedTuple):
    """What decodes to its end; `drawn`: the image, where it is a JPEG that may end early all the same."""

    media_type: str
    extension: str
    width: int
    height: int
    drawn: Image.Image | None = None


def _inspect_raster(data: bytes) -> tuple[str, str, int, int]:
    if is_jxl(data):
        return _inspect_jxl(data)
    found = _inspect_jpeg(data) if data.startswith(_JPEG) else _decoded(_drawing(data), data)
    if not _is_whole(data, found.extension):
        raise _cut_off(data)
    return found[:4]


def undecodable(error: Exception) -> BrokenImageError | NoHandlesError:
    """What an error of DECODER_ERRORS means: readers are loaded when they are first needed, which needs handles."""
    if is_out_of_handles(error):
        return NoHandlesError()
    return BrokenImageError(f"the image does not decode: {error}")


def _drawing(data: bytes) -> bytes:
    """The part of a file that has to decode."""
    drawing = png_drawing(data) if data.startswith(_PNG) else data
    if drawing is None:
        raise _cut_off(data)
    return drawing


def _inspect_jpeg(data: bytes) -> _Decoded:
    end = jpeg_end(data)
    if end is None:
        found = _decoded(data.rstrip(b"\xff") + _ENDS[0], data)
        if not _lacks_only_its_end(data):
            raise _cut_off(data)
        return found
    found = _decoded(data[:end], data)
    if found.drawn and not _came_to_its_end(data[: end - 2], found.drawn):
        raise BrokenImageError("the image ends before all of it has come")
    return found


def _cut_off(data: bytes) -> BrokenImageError:
    return BrokenImageError(f"the image is cut off after {counted(len(data), 'byte')}")


def _decoded(drawing: bytes, data: bytes) -> _Decoded:
    try:
        with _opened(drawing) as image:
            media_type, extension = FORMATS[image.format or ""]
            width, height = image.size
            _check_pixels(width, height)
            most = min(MAX_FRAMES_DECODED, max(1, MAX_PIXELS_DECODED // (width * height or 1)))
            frames = 1 if extension == "jpg" else getattr(image, "n_frames", 1)
            for frame in range(min(frames, most)):
                image.seek(frame)
                image.load()
            flat = extension == "jpg" and _is_flat_at_its_end(image)
    except UnidentifiedImageError as error:
        raise NotAnImageError(f"no image: {_what_instead(data)}") from error
    except DECODER_ERRORS as error:
        raise undecodable(error) from error
    return _Decoded(media_type, extension, width, height, image if flat else None)


@functools.cache
def _load_readers() -> None:
    """Pillow's own way (`Image.init`) loads those of forty other formats, too."""
    for name in _READERS:
        importlib.import_module(f"PIL.{name}ImagePlugin")


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """A file of a format that browsers show. Raises what Pillow does."""
    with warnings.catch_warnings():
        # Our own limit stands below; Pillow's warning about large images would only repeat it.
        warnings.simplefilter("ignore")
        _load_readers()
        with Image.open(io.BytesIO(data), formats=[name for name in FORMATS if name in Image.OPEN]) as image:
            yield image


def _lacks_only_its_end(data: bytes) -> bool:
    """Whether nothing but the last marker of a JPEG is missing: then the pixels are the same, whatever is put in its
    place. Of one that is not progressive, browsers leave out the last rows all the same where the decoder wanted to
    read on."""
    with _opened(data) as image:
        progressive = bool(image.info.get("progressive"))
    if progressive:
        return _came_to_its_end(data.rstrip(b"\xff"))
    return any(map(_came_to_its_end, jpeg_parts_without_padding(data))) and _last_row(data) == _last_row(
        data + _ENDS[0]
    )


def _last_row(data: bytes) -> list[object]:
    """The pixels of the last row, as far as a decoder gets that stops where the bytes do."""
    with _opened(data) as image:
        with suppress(OSError):  # "truncated": what was decoded by then is there
            image.load()
        width, height = image.size
        return [image.im.getpixel((x, height - 1)) for x in range(width)]


def _came_to_its_end(data: bytes, drawn: Image.Image | None = None) -> bool:
    """Whether the image is the same, whatever stands behind the data. `drawn`: what it is with nothing behind it."""
    image = _loaded(data + _ENDS[1])
    return (drawn is not None and _are_same(drawn, image)) or _are_same(_loaded(data + _ENDS[0]), image)


def _is_flat_at_its_end(image: Image.Image) -> bool:
    """Whether a JPEG's last corner is of one colour, as decoders fill in what did not come. They say no word of it."""
    width, height = image.size
    corner = image.crop((max(0, width - _CORNER), max(0, height - _CORNER), width, height))
    return len(corner.getcolors(maxcolors=_CORNER * _CORNER) or []) == 1


def _loaded(data: bytes) -> Image.Image:
    try:
        with _opened(data) as image:
            image.load()
            return image
    except DECODER_ERRORS as error:
        raise undecodable(error) from error


def _are_same(one: Image.Image, other: Image.Image) -> bool:
    """Whether two images of one size have the same pixels."""
    width, height = one.size
    if width * height <= _AT_ONCE:
        return ImageChops.difference(one, other).getbbox() is None
    rows = max(1, _AT_ONCE // width)
    strips = ((0, top, width, min(height, top + rows)) for top in range(0, height, rows))
    return all(_are_same(one.crop(strip), other.crop(strip)) for strip in strips)


def _inspect_jxl(data: bytes) -> tuple[str, str, int, int]:
    """JPEG XL has no decoder here; its boxes say where it ends."""
    size = jxl_size(data)
    if size is None:
        raise BrokenImageError(f"cut off after {counted(len(data), 'byte')}, or does not say where it ends")
    _check_pixels(*size)
    return "image/jxl", "jxl", *size


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise BrokenImageError(f"{width} x {height} pixels are more than can be checked")


def _is_whole(data: bytes, extension: str) -> bool:
    """Whether the file goes as far as its format says. Pillow decodes what is left of a truncated GIF without
    complaint."""
    if extension == "gif":
        return gif_is_whole(data)
    if extension == "webp":
        return len(data) >= int.from_bytes(data[4:8], "little") + 8
    return True


def _what_instead(data: bytes) -> str:
    head = data[:512].lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")) or b"<head" in head:
        return "an HTML page came instead"
    if head.startswith((b"{", b"[")):
        return "JSON came instead"
    return f"{counted(len(data), 'byte')} of no known image type"
