"""Images whose bytes no library makes, so that they are the same wherever a test runs: for golden files.

Every image of a format has the same 16×9 pixels; its key, as a comment in the file, makes its bytes its own.
"""

from __future__ import annotations

import base64
import struct
import zlib

from tests.replica.images import image_bytes
from tests.replica.spec import ImageSpec

_WIDTH, _HEIGHT = 16, 9
_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5mo"
    "q6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAJABADASIAAhEB"
    "AxEB/8QAFAABAAAAAAAAAAAAAAAAAAAABP/EABcQAAMBAAAAAAAAAAAAAAAAAAADBGH/xAAUAQEAAAAAAAAAAAAAAAAAAAAD/8QAFxEAAwEAAAAAAAAA"
    "AAAAAAAAAAIEA//aAAwDAQACEQMRAD8AGqDBaoMFqFqDfZgpaHP/2Q=="
)
_WEBP = base64.b64decode("UklGRioAAABXRUJQVlA4TB4AAAAvDwACALmM6H/sIqL/ASEBYYj/VyV9IAYvJgCpyh4=")
_GIF = base64.b64decode(
    "R0lGODlhEAAJAIEAALCoeDCoeLAqeDAqeCH/C05FVFNDQVBFMi4wAwEAAAAh+QQAMgAAACwAAAAAEAAJAAAIMwAHCBw4QIDBgwcJDkTIUKFAhggdFoRo"
    "MIDFiwEAaNy4EeNFjiA9WgTJUWRGkhpNotQYEAAh+QQBMgAEACwAAAAAEAAJAIGwqHgwqHiwKngwKngIOgAFCBwogACBAQgTDiA40KDChAwFOny4MOLE"
    "hwAyagRgMIDHjwE2auwI0qPIjCRLnuRIoKTJkylBBgQAOw=="
)


def plain_image(spec: ImageSpec, *, as_webp: bool = False) -> bytes:
    """The file for `spec`, as `images.image_bytes` has it, but of 16×9 pixels (an SVG: as it is there)."""
    if spec.data or spec.format == "svg":
        return image_bytes(spec)
    key = spec.key.encode()
    if spec.format in ("gif", "gif-animated"):
        return _GIF[:-1] + b"\x21\xfe" + bytes([len(key)]) + key + b"\0;"
    if spec.format == "webp" or as_webp:
        body = _WEBP[8:] + b"XKEY" + struct.pack("<I", len(key)) + key + bytes(len(key) % 2)
        return b"RIFF" + struct.pack("<I", len(body)) + body
    if spec.format == "jpeg":
        return _JPEG[:2] + b"\xff\xfe" + struct.pack(">H", len(key) + 2) + key + _JPEG[2:]
    return _png(key)


def _png(key: bytes) -> bytes:
    rows = b"".join(b"\0" + bytes(16 * x ^ 28 * y for x in range(_WIDTH)) for y in range(_HEIGHT))
    size = struct.pack("<HH", len(rows), len(rows) ^ 0xFFFF)
    # Stored, not compressed: one zlib packs otherwise than another.
    data = b"\x78\x01\x01" + size + rows + struct.pack(">I", zlib.adler32(rows))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 0, 0, 0, 0)),
        (b"tEXt", b"key\0" + key),
        (b"IDAT", data),
        (b"IEND", b""),
    )
    chunks = (struct.pack(">I", len(d)) + name + d + struct.pack(">I", zlib.crc32(name + d)) for name, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
