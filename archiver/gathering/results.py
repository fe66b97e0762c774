"""What the worker threads give back."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.due.page_queue import Cause
from archiver.due.plan import Target
from archiver.errors import ArchiverError, FetchError, InternalError, PageError
from archiver.gathering.albums import LoadedAlbum
from archiver.gathering.making import MadeResult
from archiver.gathering.media import MediaResult
from archiver.models import Article, Capture, ImageFile, ImageRef, Refusal, Status
from archiver.models.reading import Reading


@dataclass(frozen=True, slots=True)
class PageResult:
    """What became of a target: a page that was read, or the error that kept it from being so."""

    target: Target
    capture: Capture | None = None
    page: Article | Refusal | None = None
    error: FetchError | PageError | InternalError | None = None
    album: LoadedAlbum | None = None
    cause: Cause | None = None  # of what a verification page, or a page that nobody knows, is evidence
    reading: Reading | None = None  # of a page without an article whose kind nobody knows

    @property
    def walled(self) -> bool:
        """Whether WeChat asks for verification instead."""
        return isinstance(self.page, Refusal) and self.page.status is Status.WALL


@dataclass(frozen=True, slots=True)
class ImageResult:
    """What became of an image: its verified bytes, or the error."""

    ref: ImageRef
    file: ImageFile | None = None
    error: ArchiverError | None = None


@dataclass(frozen=True, slots=True)
class EndAsked:
    """Nobody's result: `Workers.ask_to_end` was called."""


Result = PageResult | ImageResult | MediaResult | MadeResult | EndAsked
