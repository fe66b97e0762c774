"""Fetch the audio and video files that WeChat itself serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiver.amounts import size
from archiver.archive.losses import code_of
from archiver.errors import ArchiverError, FetchError, HttpStatusError, MediaError, NoAddressError, TooLargeError
from archiver.media.mediafile import inspect_media
from archiver.models.media import MediaFile, MediaRef, StoredMedia
from archiver.wechat import images

if TYPE_CHECKING:
    from archiver.fetch.http import HttpClient

_TRY_LATER = (408, 425, 429)  # client errors that say nothing about the address


@dataclass(frozen=True, slots=True)
class MediaResult:
    """What became of an audio or video file: its verified bytes and the address that gave them, or the error."""

    ref: MediaRef
    url: str = ""
    file: MediaFile | None = None
    error: ArchiverError | None = None


def fetch_media(client: HttpClient, ref: MediaRef, max_bytes: int) -> MediaResult:
    """Fetch and verify an audio or video file: the best quality that is not larger than `max_bytes`.

    Never raises an expected error: it returns it.
    """
    failure: ArchiverError = NoAddressError()
    for source in ref.sources:
        if source.size > max_bytes:
            failure = TooLargeError(f"{size(source.size)}, larger than {size(max_bytes)}")
            continue
        try:
            answer = client.get(source.url, referer=images.REFERER, max_bytes=max_bytes)
            return MediaResult(ref, source.url, inspect_media(answer.body))
        except (FetchError, MediaError) as error:
            failure = error
    return MediaResult(ref, ref.url, error=failure)


def is_final(error: ArchiverError) -> bool:
    """Whether asking the same address again will not help: it is refused or gone (a signature expires), or what it
    gives is too large or no audio or video file."""
    if isinstance(error, HttpStatusError):
        return error.status < 500 and error.status not in _TRY_LATER
    return not error.retry


def failed(result: MediaResult) -> StoredMedia:
    """The record of an audio or video file that did not come."""
    error, ref = result.error or NoAddressError(), result.ref
    return StoredMedia(ref.kind, ref.key, result.url, error=str(error), final=is_final(error), code=code_of(error))
