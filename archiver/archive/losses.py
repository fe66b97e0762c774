"""What an error that kept a file from coming means for the article that shows it."""

from __future__ import annotations

from archiver.errors import (
    ArchiverError,
    BrokenImageError,
    BrokenMediaError,
    BrowserError,
    HostDownError,
    HostRefusedError,
    HttpStatusError,
    ImageError,
    InternalError,
    MediaError,
    NetworkError,
    NoAddressError,
    NotAnImageError,
    NotAskedError,
    PlaceholderError,
    RedirectError,
    TooLargeError,
    UnreachableError,
)
from archiver.models import ImageRef, LossCode, StoredImage

# A class stands before those that it is derived from.
_CODES: tuple[tuple[type[ArchiverError], LossCode], ...] = (
    (NoAddressError, LossCode.NO_ADDRESS),
    (TooLargeError, LossCode.TOO_LARGE),
    (HostRefusedError, LossCode.HOST_REFUSED),
    (HostDownError, LossCode.HOST_DOWN),
    (UnreachableError, LossCode.NO_ANSWER),
    (NotAskedError, LossCode.NOT_ASKED),
    (RedirectError, LossCode.REDIRECTED),
    (NetworkError, LossCode.NO_ANSWER),
    (BrowserError, LossCode.BROWSER_FAILED),
    (PlaceholderError, LossCode.PLACEHOLDER),
    (NotAnImageError, LossCode.NOT_AN_IMAGE),
    (BrokenImageError, LossCode.BROKEN_IMAGE),
    (ImageError, LossCode.NOT_AN_IMAGE),
    (BrokenMediaError, LossCode.BROKEN_MEDIA),
    (MediaError, LossCode.NOT_MEDIA),
    (InternalError, LossCode.INTERNAL),
)
_PASSING = (408, 425, 429)


def code_of(error: ArchiverError) -> LossCode:
    """Why a file is missing that was asked for."""
    if isinstance(error, HttpStatusError):
        return _code_of_status(error.status)
    return next((code for kind, code in _CODES if isinstance(error, kind)), LossCode.FAILED)


def failed_image(ref: ImageRef, error: ArchiverError) -> StoredImage:
    """An image that did not come."""
    return StoredImage(ref.key, ref.url, error=str(error), code=code_of(error))


def _code_of_status(status: int) -> LossCode:
    if status in (404, 410):
        return LossCode.NOT_FOUND
    return LossCode.SERVER_ERROR if status >= 500 or status in _PASSING else LossCode.HTTP_REFUSED
