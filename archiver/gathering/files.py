"""The images, audio and video of one run: each is asked for once, whoever wants it, and who waits for it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from archiver.archive.context import Context
from archiver.archive.losses import failed_image
from archiver.archive.record import unwanted
from archiver.due.plan import ShownImage, Target
from archiver.errors import ArchiverError, InternalError, NoAddressError, NotAskedError
from archiver.events import ImageDone
from archiver.gathering.link_log import Fate, LinkLog
from archiver.gathering.media import MediaResult, failed
from archiver.gathering.pending import MAX_IMAGES, MAX_MEDIA, Completion, PendingArticle, images_of, media_of
from archiver.gathering.results import ImageResult
from archiver.gathering.workers import Workers
from archiver.models import ImageFile, ImageRef, LossCode, Status, StoredImage
from archiver.models.media import MediaRef, StoredMedia
from archiver.wechat.media import video_of_url


@dataclass(slots=True, eq=False)
class _Incoming:
    """An article, and the keys of its files that are still on their way."""

    article: PendingArticle
    missing: set[str]


class Files:
    """What has arrived in this run, what is on its way, and the articles that wait for it.

    `finish(pending)` is called for an article when all of its files that can be had are there.
    """

    def __init__(
        self, context: Context, workers: Workers, link_log: LinkLog, finish: Callable[[PendingArticle], None]
    ) -> None:
        self._archive = context.archive
        self._boundary = context.archive.boundary
        self._workers = workers
        self._config = context.config.media
        self._link_log = link_log
        self._report = context.report
        self._finish = finish
        self._images: dict[str, StoredImage] = {}  # at hand for articles to come, or known to be out of reach
        self._media: dict[str, StoredMedia] = {}  # as with images
        self._shown_by_notes: dict[str, ShownImage] = {}  # by their keys
        self._played_by_notes: dict[str, Target] = {}  # key -> the video in the notes
        self._pending: dict[str, list[_Incoming]] = {}  # key of a file on its way -> the articles that want it
        self._not_asked: set[str] = set()  # keys of files whose host was given up before they were asked for

    def show(self, image: ShownImage) -> None:
        """Fetch an image that notes show."""
        self._shown_by_notes[image.ref.key] = image
        self._want(image.ref)

    def play(self, video: Target) -> None:
        """Fetch a video that a note shows."""
        ref = video_of_url(video.request)
        self._played_by_notes[ref.key] = video
        self._workers.fetch_media(ref)

    def know(self, media: Iterable[StoredMedia]) -> None:
        """Take audio and video files for settled that an article has, or can never have."""
        self._media.update({item.key: item for item in media if item.path or item.final})

    def want(self, pending: PendingArticle) -> None:
        """Fetch what an article lacks; it is finished when all of it has come."""
        media = media_of(pending)
        self._media.update({item.key: item for item in unwanted(media, self._config)})
        missing = {ref.key for ref in images_of(pending)[:MAX_IMAGES] if self._want(ref)}
        missing |= {ref.key for ref in media[:MAX_MEDIA] if self._want_media(ref)}
        incoming = _Incoming(pending, missing)
        for key in missing:
            self._pending[key].append(incoming)
        if not missing:
            self._finish(pending)

    def of(self, pending: PendingArticle) -> tuple[list[StoredImage], list[StoredMedia]]:
        """The files of an article that is to be finished, in its order."""
        excess = StoredImage("", "", error=f"the article shows more than {MAX_IMAGES:,} images", code=LossCode.TOO_MANY)
        found = [(ref, self._images.get(ref.key) or self._archive.image(ref.key)) for ref in images_of(pending)]
        stored = [replace(image or excess, key=ref.key, url=ref.url) for ref, image in found]
        return stored, [self._media.get(ref.key) or _one_too_many(ref) for ref in media_of(pending)]

    def release(self, pending: PendingArticle) -> None:
        """Hold an article's images no more, where the archive knows them now: a long run has thousands."""
        for ref in images_of(pending):
            if ref.key in self._images and self._archive.image(ref.key):
                del self._images[ref.key]

    def were_asked(self, stored: Sequence[StoredImage], media: Sequence[StoredMedia]) -> bool:
        """Whether any of these that did not come was asked for."""
        missed = {image.key for image in stored if image.error} | {item.key for item in media if item.error}
        return not missed <= self._not_asked

    def of_articles_in_hand(self) -> Iterator[str]:
        """Keys of the files for which articles wait whose page has come."""
        for key, incoming in self._pending.items():
            if not all(isinstance(one.article, Completion) for one in incoming):
                yield key

    def on_image(self, result: ImageResult) -> None:
        """An image has come, or cannot be had. Raises StoreError."""
        ref, error = result.ref, result.error
        image = failed_image(ref, error or NoAddressError())
        try:
            with self._boundary.item("image", ref.key, "keep"):
                if result.file:
                    image = self._kept(ref, result.file)
        except InternalError as caught:
            image, error = failed_image(ref, caught), caught
        self._images[ref.key] = image
        shown = self._shown_by_notes.get(ref.key)
        shown_as, where = (shown.urls, shown.where) if shown else ((), "")
        if isinstance(error, NotAskedError):
            self._not_asked.add(ref.key)
            self._link_log.miss_image(image, shown_as, error)
        else:
            with suppress(InternalError), self._boundary.item("link", ref.url, "enter"):
                self._link_log.enter_image(image, shown_as, error)
        self._report(ImageDone(ref.url, image.error or "", where, asked=not isinstance(error, NotAskedError)))
        self._arrived(ref.key)

    def _kept(self, ref: ImageRef, file: ImageFile) -> StoredImage:
        """Keep an image; one that notes show, GitHub is to show too, whatever it makes of other types."""
        if ref.key in self._shown_by_notes and not self._archive.image(ref.key):
            return StoredImage(ref.key, ref.url).kept_in(file, self._archive.keep_file(file))
        return self._archive.keep_image(ref.key, ref.url, file)

    def on_media(self, result: MediaResult) -> None:
        """An audio or video file has come, or cannot be had. Raises StoreError."""
        try:
            with self._boundary.item("media", result.ref.key, "keep"):
                stored = self._archive.keep_media(result.ref, result.url, result.file) if result.file else None
        except InternalError as caught:
            stored, result = None, replace(result, file=None, error=caught)
        stored = stored or failed(result)
        shown = self._played_by_notes.pop(result.ref.key, None)
        if isinstance(result.error, NotAskedError):
            self._not_asked.add(result.ref.key)
        elif shown:
            with suppress(InternalError), self._boundary.item("link", shown.url, "enter"):
                self._enter_video(shown, stored, result.error)
        if stored.path or not shown:  # an article has fresher addresses of the video than a note
            self._media[result.ref.key] = stored
            self._arrived(result.ref.key)

    def _enter_video(self, shown: Target, stored: StoredMedia, error: ArchiverError | None) -> None:
        status = Status.EXPIRED if stored.final else Status.FAILED if stored.error else Status.ARCHIVED
        fate = Fate(status, reason=stored.error or "", folder=stored.path or "", error=error)
        self._link_log.settle(shown, fate)

    def _want(self, ref: ImageRef) -> bool:
        """Whether the image has to be waited for; starts fetching it if nobody has."""
        if ref.key in self._images:
            return False
        if ref.key not in self._pending:
            known = self._archive.image(ref.key)
            if known:
                self._images[ref.key] = known
                return False
            self._pending[ref.key] = []
            self._workers.fetch(ref)
        return True

    def _want_media(self, ref: MediaRef) -> bool:
        if ref.key in self._media:
            return False
        if ref.key not in self._pending:
            self._pending[ref.key] = []
            self._workers.fetch_media(ref)
        return True

    def _arrived(self, key: str) -> None:
        for incoming in self._pending.pop(key, ()):
            incoming.missing.discard(key)
            if not incoming.missing:
                self._finish(incoming.article)


def _one_too_many(ref: MediaRef) -> StoredMedia:
    error = f"the article plays more than {MAX_MEDIA} audio and video files"
    return StoredMedia(ref.kind, ref.key, ref.url, error=error, final=True, code=LossCode.TOO_MANY)
