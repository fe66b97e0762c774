"""Images that a page carries itself: they need no network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from archiver.archive.losses import failed_image
from archiver.archive.record import image_not_fetched
from archiver.errors import ImageError
from archiver.models import ImageFile, ImageRef, StoredImage
from archiver.wechat.images import inlined_image


def kept_inlined(
    ref: ImageRef, known: StoredImage | None, keep: Callable[[str, str, ImageFile], StoredImage]
) -> StoredImage:
    """An image of which nothing is known yet: `known` from elsewhere, or kept now if the page carries it itself. Raises
    StoreError."""
    data = inlined_image(ref.url)
    if data is None:
        return image_not_fetched(ref)
    if known:
        return replace(known, url=ref.url)
    from archiver.media.imagefile import inspect_inlined

    try:
        return keep(ref.key, ref.url, inspect_inlined(data))
    except ImageError as error:
        return failed_image(ref, error)
