"""An image in fewer bytes, with the same pixels; or, where that is allowed, with nearly the same.

Pillow's lossless WebP is what is written: of every PNG, GIF and BMP that was tried it makes less than its PNG at the
highest level does, in a fraction of the time. A JPEG has no pixels of its own to keep: what decodes it and writes them
anew makes more of it or loses some, and to pack its coefficients better (MozJPEG) gains two or three percent.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from PIL import Image, ImageSequence

from archiver.media.imagefile import DECODER_ERRORS
from archiver.models import ImageFile
from archiver.models.media import Original

LEAST_GAIN = 0.05  # of the bytes; for less it is not worth another name
LEAST_BYTES = 500  # what article.json says of the original takes two hundred
QUALITY = 82  # of a lossy WebP
_MAX_PIXELS = 12_000_000  # of all frames: a photograph takes up to half a second a million
_THOROUGH = 2_000_000  # up to so many the encoder looks twice as long, for two percent
_MAX_SIDE = 16_383  # of a WebP
_LOSSLESS, _LOSSY = ("png", "gif", "bmp"), ("png", "bmp", "jpg")
_SHORTEST = 20  # milliseconds; what is said to be shorter, each program shows as it likes
_ORIENTATION = 0x0112  # in EXIF
_SRGB: dict[str, Any] = {"gamma": 0.45455, "chromaticity": (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)}
_ERRORS = (*DECODER_ERRORS, MemoryError)
_Frame = tuple[bytes, int]  # digest of the pixels, milliseconds


def compact(file: ImageFile, *, lossy: bool = False) -> ImageFile:
    """The image as a WebP that knows its original, where that is smaller by LEAST_GAIN and LEAST_BYTES; else the file.

    Without `lossy` it shows the same: every frame's pixels, clear ones too, how long each stands, colour profile and
    EXIF, which is proved by reading both. With it, an image that does not move keeps only its size and looks, at
    quality QUALITY. An image that a WebP cannot hold (16 bits, another gamma, turned by EXIF, …) stays as it is.
    """
    candidates = []
    if not file.damaged_at_source and not file.original:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                candidates = [*_candidates(file, lossy)]
        except _ERRORS:
            return file  # it decoded when it came: what cannot be written anew stays
    best = min(candidates, key=len, default=file.data)
    if len(file.data) - len(best) < max(LEAST_BYTES, LEAST_GAIN * len(file.data)):
        return file
    return replace(
        file,
        data=best,
        sha256=hashlib.sha256(best).hexdigest(),
        media_type="image/webp",
        extension="webp",
        original=Original(file.sha256, len(file.data), file.media_type),
    )


def _candidates(file: ImageFile, lossy: bool) -> Iterator[bytes]:
    with Image.open(io.BytesIO(file.data), formats=["PNG", "GIF", "BMP", "JPEG"]) as image:
        frames = getattr(image, "n_frames", 1)
        if not _fits(file, image, frames):
            return
        if file.extension in _LOSSLESS:
            made = _lossless(image, frames)
            if _timeline(made) == _timeline(file.data):
                yield made
        if lossy and frames == 1 and file.extension in _LOSSY:
            made = _encoded(_plain(image), _about(image), quality=QUALITY, method=4)
            with Image.open(io.BytesIO(made)) as again:
                again.load()
                if again.size == image.size:
                    yield made


def _fits(file: ImageFile, image: Image.Image, frames: int) -> bool:
    """Whether a WebP can say all that the file says of how it is to be shown."""
    width, height = image.size
    if max(width, height) > _MAX_SIDE or width * height * frames > _MAX_PIXELS:
        return False
    if image.getexif().get(_ORIENTATION, 1) != 1 or image.mode in ("CMYK", "YCCK", "LAB", "HSV", "F"):
        return False
    if file.extension == "png":
        is_srgb = "srgb" in image.info or "icc_profile" in image.info
        known = is_srgb or all(_is_near(image.info.get(name), usual) for name, usual in _SRGB.items())
        return frames == 1 and file.data[24] <= 8 and known  # bits of a channel
    if file.extension == "gif" and frames > 1:
        return image.info.get("loop", 0) == 0 and all(
            frame.info.get("duration", 0) >= _SHORTEST for frame in ImageSequence.Iterator(image)
        )
    return image.mode != "I;16"


def _is_near(found: Any, usual: Any) -> bool:
    if found is None:
        return True
    if isinstance(usual, tuple):
        return len(found) == len(usual) and all(map(_is_near, found, usual))
    return bool(abs(found - usual) < 0.0005)


def _plain(image: Image.Image) -> Image.Image:
    clear = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if clear else "RGB")


def _about(image: Image.Image) -> dict[str, Any]:
    """What goes along with the pixels."""
    found = {name: image.info[name] for name in ("icc_profile", "exif", "xmp") if image.info.get(name)}
    return {name: value for name, value in found.items() if isinstance(value, bytes)}


def _lossless(image: Image.Image, frames: int) -> bytes:
    pixels = image.width * image.height * frames
    how: dict[str, Any] = {"lossless": True, "exact": True, "method": 4, "quality": 100 if pixels <= _THOROUGH else 80}
    if frames == 1:
        return _encoded(_plain(image), _about(image), **how)
    shown = [(_plain(frame), int(frame.info.get("duration", 0))) for frame in ImageSequence.Iterator(image)]
    once = "loop" not in image.info
    (first, _), *others = shown
    more = {"save_all": True, "append_images": [frame for frame, _ in others], "loop": int(once)}
    return _encoded(first, _about(image), **how, **more, duration=[time for _, time in shown])


def _encoded(image: Image.Image, about: dict[str, Any], **how: Any) -> bytes:
    made = io.BytesIO()
    image.save(made, "WEBP", **about, **how)
    return made.getvalue()


def _timeline(data: bytes) -> tuple[tuple[int, int], dict[str, Any], int, list[_Frame]]:
    """What is shown of an image, and when: equal frames that follow each other are one."""
    with Image.open(io.BytesIO(data)) as image:
        frames: list[_Frame] = []
        count = getattr(image, "n_frames", 1)
        for frame in ImageSequence.Iterator(image):
            digest = hashlib.sha256(frame.convert("RGBA").tobytes()).digest()
            time = int(frame.info.get("duration", 0)) if count > 1 else 0
            if frames and frames[-1][0] == digest:
                frames[-1] = (digest, frames[-1][1] + time)
            else:
                frames.append((digest, time))
        turns = image.info.get("loop", 1) if count > 1 else 0
        return image.size, _about(image), int(turns), frames
