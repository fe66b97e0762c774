"""The structure of image files: where the image ends, and which part of the bytes has to decode.

Browsers show files that a strict decoder refuses: a checksum is wrong in what does not draw, a colour profile is too
large, a video follows the image, the last marker is missing. What is promised and drawn counts.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_ANIMATION = frozenset({b"acTL", b"fcTL", b"fdAT"})
# Markers in a JPEG: 0xFF with neither a stuffed zero nor a restart behind it. More of it may be before: a pattern that
# begins with one is found in a fifth of the time.
_JPEG_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")
_JPEG_END, _JPEG_START, _JPEG_ALONE = 0xD9, 0xD8, 0x01
_PADDING = b"\0\r\n\t "
_JXL_BOXES = b"\0\0\0\x0cJXL \r\n\x87\n"
_JXL_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
_JXL_SIDES = ((9, 1), (13, 1), (18, 1), (30, 1))


def png_drawing(data: bytes) -> bytes | None:
    """The chunks of a PNG that draw, as a file of its own: no texts, no profile, nothing behind its end. None where
    it is cut off. An optional chunk with a wrong checksum is left out, as decoders do."""
    needed: list[bytes] = [_PNG_SIGNATURE]
    animation: list[tuple[int, bytes]] = []
    intact = True
    for kind, chunk in _png_chunks(data):
        if not kind[0] & 0x20:  # a critical chunk, by the case of its name's first letter
            needed.append(chunk)
            if kind == b"IEND":
                if intact:
                    for at, part in reversed(animation):
                        needed.insert(at, part)
                return b"".join(needed)
        elif kind in _PNG_ANIMATION or kind == b"tRNS":
            right = zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:], "big")
            if kind in _PNG_ANIMATION:
                animation.append((len(needed), chunk))
                intact = intact and right
            elif right:
                needed.append(chunk)
    return None


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = len(_PNG_SIGNATURE)
    while position + 12 <= len(data):
        end = position + 12 + int.from_bytes(data[position : position + 4], "big")
        if end > len(data):
            return
        yield data[position + 4 : position + 8], data[position:end]
        position = end


def jpeg_end(data: bytes) -> int | None:
    """Where a JPEG's own image ends (its marker included): a video or other images may follow. None: no such marker."""
    position = 2
    while found := _JPEG_MARKER.search(data, position):
        code, position = found[1][0], found.end()
        if code == _JPEG_END:
            return position
        if code in (_JPEG_START, _JPEG_ALONE):
            continue
        length = int.from_bytes(data[position : position + 2], "big")
        if length < 2 or position + length > len(data):
            return None
        position += length
    return None


def jpeg_parts_without_padding(data: bytes) -> Iterator[bytes]:
    """Yield what a JPEG without a last marker may be without what follows it: zeros or white space, or a video."""
    for part in (data, data[: data.find(b"ftyp") - 4] if b"ftyp" in data else b""):
        stripped = part.rstrip(_PADDING)
        if stripped:
            yield stripped


def gif_is_whole(data: bytes) -> bool:
    """Whether a GIF's blocks lead to its trailer; what is behind it does not matter."""
    if len(data) < 13:
        return False
    position = 13 + _gif_table(data[10])
    while position < len(data):
        block = data[position]
        if block == 0x3B:
            return True
        if block == 0x21:
            position = _behind_blocks(data, position + 2)
        elif block == 0x2C and position + 9 < len(data):
            position = _behind_blocks(data, position + 10 + _gif_table(data[position + 9]) + 1)
        elif block == 0:
            position += 1
        else:
            return False
    return False


def _gif_table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _behind_blocks(data: bytes, position: int) -> int:
    while position < len(data) and data[position]:
        position += 1 + data[position]
    return position + 1


def webp_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a WebP image, whole or not; None where its head has not come, or it is none."""
    if not (data.startswith(b"RIFF") and data[8:12] == b"WEBP" and len(data) >= 30):
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        sides = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (26, 28))
        return next(sides), next(sides)
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return None


def is_jxl(data: bytes) -> bool:
    """Whether this is a JPEG XL image, in its boxes or bare."""
    return data.startswith((_JXL_BOXES, b"\xff\x0a"))


def jxl_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a whole JPEG XL image in boxes, whose lengths say where it ends; None where it is cut off.

    A bare one promises no length, so that nobody can tell whether it is whole.
    """
    position, stream, last = 0, b"", False
    while position + 8 <= len(data):
        length, kind = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8]
        head = 8
        if length == 1:
            length, head = int.from_bytes(data[position + 8 : position + 16], "big"), 16
        if length < head or position + length > len(data):
            return None
        inside = data[position + head : position + length]
        if kind == b"jxlc":
            stream, last = inside, True
        elif kind == b"jxlp" and len(inside) > 4:
            stream, last = stream or inside[4:], bool(inside[0] & 0x80)
        position += length
    return _jxl_header(stream) if last and position == len(data) and stream.startswith(b"\xff\x0a") else None


def jxl_head(data: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG XL image, whole or not; None where its head has not come."""
    start = data.find(b"\xff\x0a")  # of the bare image, in boxes or not
    return _jxl_header(data[start : start + 16]) if 0 <= start <= len(data) - 16 else None


def _jxl_header(stream: bytes) -> tuple[int, int]:
    bits = int.from_bytes(stream[2:16], "little")

    def take(count: int) -> int:
        nonlocal bits
        value, bits = bits & ((1 << count) - 1), bits >> count
        return value

    small = take(1)

    def side() -> int:
        if small:
            return 8 * (1 + take(5))
        width, least = _JXL_SIDES[take(2)]
        return least + take(width)

    height = side()
    ratio = take(3)
    if ratio == 0:
        return side(), height
    over, under = _JXL_RATIOS[ratio]
    return height * over // under, height
