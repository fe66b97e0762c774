"""Images as a type that every program shows."""

from __future__ import annotations

import io

from PIL import Image

from archiver.errors import BrokenImageError
from archiver.media.imagefile import DECODER_ERRORS, MAX_PIXELS, undecodable


def as_png(data: bytes) -> bytes:
    """The first frame of an image as PNG. Raises BrokenImageError or NoHandlesError."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise BrokenImageError(f"the image has {image.width} x {image.height} pixels")
            made = io.BytesIO()
            clear = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
            image.convert("RGBA" if clear else "RGB").save(made, "PNG")
    except DECODER_ERRORS as error:
        raise undecodable(error) from error
    return made.getvalue()
