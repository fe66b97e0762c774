"""Fetch one image and verify it."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from archiver.due.mirrors import Mirrors
from archiver.errors import (
    ArchiverError,
    BrokenImageError,
    FetchError,
    HttpStatusError,
    ImageError,
    NoAddressError,
    PlaceholderError,
)
from archiver.fetch.http import HttpAnswer, HttpClient
from archiver.gathering.page_reading import processors
from archiver.gathering.results import ImageResult
from archiver.media.imagefile import inspect_damaged, inspect_image, inspect_inlined
from archiver.models import ImageFile, ImageRef
from archiver.wechat import images

MAX_IMAGE_BYTES = 50_000_000
# All pixels of an image are in memory while it is verified, twice where it may lack its end. Half of the processors
# keep up with what comes; the others have pages to read.
AT_ONCE = max(1, processors() // 2)
_verifying = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class _Ask:
    client: HttpClient
    ref: ImageRef
    referer: str

    def get(self, url: str) -> HttpAnswer:
        return self.client.get(url, referer=self.referer, max_bytes=MAX_IMAGE_BYTES, accept="image/*,*/*;q=0.8")

    def checked(self, file: ImageFile) -> ImageFile:
        if images.looks_like_placeholder(self.ref, file):
            raise PlaceholderError("WeChat's hot-link notice came instead of the image")
        return file


def fetch_image(
    client: HttpClient, ref: ImageRef, variant: images.Variant, mirrors: Mirrors | None = None
) -> ImageResult:
    """Fetch and verify an image, trying its URLs in order. One that none of them has whole is asked for once more, and
    kept if the same came again. Never raises an expected error: it returns it."""
    inlined = images.inlined_image(ref.url)
    if inlined is not None:
        try:
            with _verifying:
                return ImageResult(ref, inspect_inlined(inlined))
        except ImageError as error:
            return ImageResult(ref, error=error)
    foreign = mirrors.referer(ref.url) if mirrors else None
    # Not every host that is mirrored speaks https.
    urls = dict.fromkeys((*images.requests_of_image(ref, variant), *([ref.url] if foreign else [])))
    return _fetch(_Ask(client, ref, foreign or images.REFERER), list(urls))


def _verified(data: bytes) -> ImageFile:
    with _verifying:
        return inspect_image(data)


def _fetch(ask: _Ask, urls: list[str]) -> ImageResult:
    failures: list[ArchiverError] = []
    damaged: list[tuple[str, HttpAnswer]] = []
    for url in urls:
        try:
            answer = ask.get(url)
            try:
                return ImageResult(ask.ref, ask.checked(_verified(answer.body)))
            except BrokenImageError:
                damaged.append((url, answer))
                raise
        except (FetchError, ImageError) as error:
            failures.append(error)
    if damaged and all(map(_is_final, failures)) and (file := _come_again(ask, *damaged[0])):
        return ImageResult(ask.ref, file)
    return ImageResult(ask.ref, error=failures[-1] if failures else NoAddressError())


def _is_final(error: ArchiverError) -> bool:
    """Whether an address is not likely to have more another time."""
    gone = isinstance(error, HttpStatusError) and error.status in (404, 410)
    return gone or isinstance(error, BrokenImageError)


def _come_again(ask: _Ask, url: str, first: HttpAnswer) -> ImageFile | None:
    """What comes of a damaged image when it is asked for once more: it, whole, or as it is at its source. None where
    two answers differ, or need not be complete."""
    try:
        as_it_is = ask.checked(inspect_damaged(first.body))
        if not first.complete or not ask.client.pause():
            return None
        second = ask.get(url)
        if second.body != first.body:
            return ask.checked(_verified(second.body))
    except (FetchError, ImageError):
        return None
    return as_it_is if second.complete else None
