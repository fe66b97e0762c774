"""Image files as they come: whole in the eyes of a browser though not of every decoder, cut off, and damaged."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterator

from PIL import Image, PngImagePlugin


def noise(width: int = 64, height: int = 48) -> Image.Image:
    """An opaque image that no run of equal pixels makes small; the same one for the same size."""
    return Image.frombytes("RGB", (width, height), random.Random(width).randbytes(3 * width * height))


def encoded(form: str, **options: object) -> bytes:
    """Noise as a file."""
    file = io.BytesIO()
    noise().save(file, form, **options)
    return file.getvalue()


def unpacked() -> bytes:
    """A PNG that is not packed at all."""
    file = io.BytesIO()
    Image.new("RGB", (90, 60), "teal").save(file, "PNG", compress_level=0)
    return file.getvalue()


def chunk(kind: bytes, data: bytes, right: bool = True) -> bytes:
    """A chunk of a PNG, with its checksum or a wrong one."""
    checksum = zlib.crc32(kind + data) ^ (0 if right else 1)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def with_chunk(extra: bytes, before: bytes = b"IDAT") -> bytes:
    """A PNG with a chunk more."""
    png = encoded("PNG")
    at = png.index(before) - 4
    return png[:at] + extra + png[at:]


def _large_profile() -> bytes:
    profile = zlib.compress(bytes(range(256)) * 6_000, 0)
    return chunk(b"iCCP", b"x\0\0" + profile)


def _text(kind: str) -> bytes:
    info, words = PngImagePlugin.PngInfo(), "字" * 700_000
    if kind == "zTXt":
        return chunk(b"zTXt", b"k\0\0" + zlib.compress(b"a" * 2_000_000))
    info.add_itxt("k", words)
    return encoded("PNG", pnginfo=info)


def _animated(form: str) -> bytes:
    file = io.BytesIO()
    noise().save(file, form, save_all=True, append_images=[noise(), noise()])
    return file.getvalue()


def whole() -> Iterator[tuple[str, bytes]]:
    """Files that browsers draw to the last row."""
    png, jpeg, gif, webp = encoded("PNG"), encoded("JPEG", quality=90), encoded("GIF"), encoded("WEBP", quality=80)
    yield from (("png", png), ("jpeg", jpeg), ("gif", gif), ("webp", webp), ("bmp", encoded("BMP")))
    yield from (("avif", encoded("AVIF")), ("webp lossless", encoded("WEBP", lossless=True)))
    yield "jpeg progressive", encoded("JPEG", progressive=True)
    yield "jpeg grey", _grey()
    yield "jpeg with restarts", encoded("JPEG", restart_marker_rows=1)
    yield "png: wrong checksum in a text", with_chunk(chunk(b"tEXt", b"a\0b", right=False))
    yield "png: wrong checksum in a profile", with_chunk(chunk(b"gAMA", struct.pack(">I", 45455), right=False))
    yield "png: wrong checksum behind the pixels", with_chunk(chunk(b"tEXt", b"a\0b", right=False), b"IEND")
    yield "png: large profile", with_chunk(_large_profile())
    yield "png: large zTXt", with_chunk(_text("zTXt"))
    yield "png: large iTXt", _text("iTXt")
    yield "png: bytes behind its end", png + b"\r\n<!-- x -->" * 9
    yield "png: another behind its end", png + png
    yield "apng", _animated("PNG")
    yield "jpeg: a video behind its end", jpeg + b"\0\0\0\x18ftypmp42" + bytes(200_000)
    yield "jpeg: zeros behind its end", jpeg + bytes(100_000)
    yield "jpeg: text behind its end", jpeg + b"\r\n"
    yield "jpeg progressive: no last marker", encoded("JPEG", progressive=True)[:-2]
    yield "jpeg progressive: half a last marker", encoded("JPEG", progressive=True)[:-1]
    yield "jpeg: zeros in place of its last marker", jpeg[:-2] + bytes(64)
    yield "jpeg: white space in place of its last marker", jpeg[:-2] + b"\r\n" * 9
    yield "jpeg: a video in place of its last marker", jpeg[:-2] + b"\0\0\0\x18ftypmp42" + bytes(2_000)
    yield "jpeg grey: zeros in place of its last marker", _grey()[:-2] + bytes(64)
    yield "mpo", _mpo()
    yield "gif: a newline behind its end", gif + b"\n"
    yield "gif: zeros behind its end", gif + bytes(9)
    yield "gif: text behind its end", gif + b"<!-- x -->"
    yield "gif animated", _animated("GIF")
    yield "webp: bytes behind its end", webp + b"\n\n"


def _grey() -> bytes:
    file = io.BytesIO()
    noise().convert("L").save(file, "JPEG")
    return file.getvalue()


def _mpo() -> bytes:
    file = io.BytesIO()
    noise().save(file, "MPO", save_all=True, append_images=[noise()])
    return file.getvalue()


def cut() -> Iterator[tuple[str, bytes]]:
    """Files that end too early: browsers draw a part of them, or nothing."""
    for form in ("PNG", "JPEG", "GIF", "WEBP", "BMP"):
        data = encoded(form, interlace=0)
        yield f"{form} half", data[: len(data) // 2]
        yield f"{form} nearly", data[: len(data) * 9 // 10]
    data = encoded("JPEG")
    yield "JPEG with a marker that came too early", data[: len(data) // 2] + b"\xff\xd9"
    yield "JPEG without its last marker", data[:-2]
    yield "JPEG with half a last marker", data[:-1]
    yield "HTML", b"<html><body>x</body></html>"
    yield "png: wrong checksum in its head", encoded("PNG").replace(b"IHDR\0\0\0\x40", b"IHDR\0\0\0\x41")


def endless() -> Iterator[tuple[str, bytes]]:
    """JPEG files without their last marker, not progressive: whether their last row is drawn depends on their last
    bits."""
    for width in range(40, 140):
        file = io.BytesIO()
        noise(width, 17 + width % 7).save(file, "JPEG", quality=50, subsampling=width % 3)
        yield f"JPEG of {width} pixels without its last marker", file.getvalue()[:-2]
