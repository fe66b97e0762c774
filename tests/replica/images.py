"""The images of the replica's image hosts, as bytes. The same image ID always gives the same bytes."""

from __future__ import annotations

import functools
import hashlib
import io
import re

from PIL import Image, ImageDraw

from tests.replica.motifs import draw
from tests.replica.spec import ImageFormat, ImageSpec, bucket_format

MEDIA_TYPES: dict[ImageFormat, str] = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "gif-animated": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
}
PLACEHOLDER_SIZE = (140, 140)

_FRAMES = 4
_LIAR_SHARE = 16  # of 256: about as many images as at the real hosts have another format than their bucket says
_PATH = re.compile(
    r"/((?:(?:sz_)?mmbiz(?:_(?:png|jpg|gif|svg|webp))?|mmhead|mmsns)/(?:ver_\d/)?[A-Za-z0-9_-]{20,})/\d+(?:\.\w+)?"
)


def image_key(path: str) -> str:
    """`BUCKET/ID` of an image URL's path (with or without query), empty if it is no image's."""
    match = _PATH.fullmatch(path.partition("?")[0])
    return match[1] if match else ""


def default_image(key: str) -> ImageSpec:
    """The image that is served for a `key` nobody described: 640×360, in most cases of the bucket's format."""
    declared = bucket_format(key)
    lies = declared in ("png", "jpeg") and _seed(key)[-1] < _LIAR_SHARE
    other: ImageFormat = "webp" if declared == "png" else "png"
    return ImageSpec(key, format=other if lies else declared)


@functools.lru_cache(maxsize=512)
def image_bytes(spec: ImageSpec, *, as_webp: bool = False) -> bytes:
    """The file for `spec`. `as_webp` re-encodes a still raster image, as the hosts do when asked with `tp=webp`."""
    if spec.data:
        return spec.data
    seed = _seed(spec.key)
    if spec.format == "svg":
        return _svg(seed, spec.width, spec.height)
    if spec.format == "gif-animated":
        return _animation(seed, spec)
    # Someone who chooses a motif wants to look at the image; the hundreds of others are drawn quickly.
    image = draw(seed, spec.width, spec.height, spec.motif, smooth=spec.motif is not None)
    return _encode(image, "webp" if as_webp and spec.format != "gif" else spec.format)


@functools.cache
def placeholder() -> bytes:
    """The notice that foreign pages get instead of an image: a JPEG of 140×140 pixels, grey with lines like text."""
    image = Image.new("RGB", PLACEHOLDER_SIZE, (239, 239, 239))
    canvas = ImageDraw.Draw(image)
    canvas.rounded_rectangle((52, 24, 88, 52), radius=6, outline=(170, 170, 170), width=3)
    canvas.line((56, 48, 66, 38, 73, 44, 84, 32), fill=(170, 170, 170), width=3)
    for top, left, right in ((68, 20, 120), (84, 28, 112), (100, 36, 104)):
        canvas.rectangle((left, top, right, top + 6), fill=(150, 150, 150))
    return _encode(image, "jpeg")


def _seed(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _encode(image: Image.Image, format: ImageFormat) -> bytes:  # noqa: A002
    out = io.BytesIO()
    if format == "jpeg":
        image.save(out, "JPEG", quality=85)
    elif format == "webp":
        image.save(out, "WEBP", quality=85, method=2)
    elif format == "gif":
        image.quantize(64).save(out, "GIF")
    else:
        image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _animation(seed: bytes, spec: ImageSpec) -> bytes:
    frames = [
        draw(seed, spec.width, spec.height, spec.motif, phase=n / _FRAMES, smooth=spec.motif is not None).quantize(64)
        for n in range(_FRAMES)
    ]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=500, loop=0)
    return out.getvalue()


def _svg(seed: bytes, width: int, height: int) -> bytes:
    hue = seed[1] * 360 // 256
    circles = "".join(
        f'<circle cx="{width * seed[n] / 256:.0f}" cy="{height * seed[n + 8] / 256:.0f}" '
        f'r="{height * (0.05 + seed[n + 16] / 1500):.0f}" '
        f'fill="hsl({(hue + 12 * n) % 360} 55% {40 + 4 * n}%)" fill-opacity="0.8"/>'
        for n in range(2, 10)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<rect width="{width}" height="{height}" fill="hsl({hue} 55% 93%)"/>{circles}</svg>'
    ).encode()
