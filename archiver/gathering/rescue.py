"""Get lost articles and images back from the web archive, or from what the archive has of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from archiver.archive.context import Context
from archiver.archive.indexing import canonical_urls
from archiver.archive.reasons import loss_reason
from archiver.due.plan import Target
from archiver.due.rescue import is_gone_image, sought_in_vain
from archiver.errors import (
    ArchiverError,
    DamageError,
    DiskFullError,
    FetchError,
    HttpStatusError,
    NotAskedError,
    RunEndedError,
)
from archiver.events import ArticleDone, Event, ImageDone
from archiver.gathering.gather import Gathering
from archiver.gathering.link_entries import article_done, image_entry
from archiver.gathering.seek import seek_article, seek_image
from archiver.gathering.session import room_check, start_session
from archiver.gathering.webarchive import WebArchive, open_web_archive
from archiver.gathering.workers import Workers
from archiver.models import ArticleRecord, ImageRef, StoredImage
from archiver.models.halts import HaltCode, Halted
from archiver.models.rescue import Rescued, RescuedArticle, RescuedImage
from archiver.store.lines import FORGOTTEN, LinkEntry
from archiver.store.shown import key_of_same_id
from archiver.webarchive.cdx import parse_capture_url
from archiver.wechat import images, urls

Tell = Callable[[int, int, str], None]  # is told the number of a link or article, of how many, and its URL


@dataclass(frozen=True, slots=True)
class RescuePlan:
    """What is looked for: links to lost articles (`links`), lost images that notes show (`images`), archived articles
    that lack images (`articles`). `known`: all URLs under which a link is known, as notes write it."""

    links: tuple[LinkEntry, ...] = ()
    images: tuple[LinkEntry, ...] = ()
    articles: tuple[ArticleRecord, ...] = ()
    known: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.links) + len(self.images) + len(self.articles)


def rescue(context: Context, plan: RescuePlan, most: int, tell: Tell = lambda *_: None) -> Rescued:
    """Look for all that is planned, with at most so many requests. What has come is kept whatever comes after it.

    Raises StoreError, ConfigError.
    """
    if not plan or context.stop.requested:
        return Rescued(left=len(plan))
    with (
        start_session(context) as workers,
        open_web_archive(context.config, context.clock, most) as web,
    ):
        rescuing = _Rescuing(context, web, workers)

        def end() -> None:
            web.stop()
            workers.ask_to_end()

        with context.stop.calling(end):
            rescuing.run(plan, tell)
        rescuing.end()
        return rescuing.done


class _Rescuing:
    def __init__(self, context: Context, web: WebArchive, workers: Workers) -> None:
        self._context = context
        self._archive = context.archive
        self._web = web
        self._check_room = room_check(context.config)
        self._held: list[Event] = []  # what was reported of an article that is not yet all there
        self._gathering = Gathering(replace(context, report=self._held.append), workers, self._check_room)
        self.done = Rescued()

    def run(self, plan: RescuePlan, tell: Tell) -> None:
        number = 0

        def each(items: Sequence[LinkEntry] | Sequence[ArticleRecord], seek: Callable[..., None]) -> None:
            nonlocal number
            for item in items:
                number += 1
                if self._is_over():
                    self.done.left += 1
                    continue
                tell(number, len(plan), item.url)
                self._guarded(item.url, lambda item=item: seek(item))  # type: ignore[misc]

        each(plan.links, lambda entry: self._article(entry, plan.known.get(entry.url, ())))
        each(plan.articles, self._images_of)
        each(plan.images, self._shown_image)

    def end(self) -> None:
        """Enter and tell what the run has shown of the hosts. Raises StoreError."""
        self._gathering.end()
        for event in self._held:
            self._context.report(event)
        self.done.requests = self._web.requests

    def _is_over(self) -> bool:
        """Whether nothing more is to be asked in this run."""
        try:
            self._check_room()
        except DiskFullError as error:
            self._end_early(str(error))
        if not self.done.why and self._archive.boundary.halted("page", "article"):
            self._context.report(Halted(HaltCode.SAME_FAULT))
            self._end_early("the same internal error came three times in a row")
        return bool(self.done.why) or self._context.stop.requested

    def _end_early(self, why: str, *, troubled: bool = True) -> None:
        self.done.why, self.done.troubled = why, troubled

    def _guarded(self, url: str, seek: Callable[[], None]) -> None:
        """Look for one thing; what goes wrong with it ends there, unless it is the web archive that has had enough.
        After an internal error it waits."""
        boundary = self._archive.boundary
        if boundary.waits("page", url, "rescue"):
            return
        try:
            with boundary.deferring("page", url, "rescue"):
                seek()
        except NotAskedError as error:
            self.done.left += 1
            self._end_early(str(error), troubled=not isinstance(error, RunEndedError))
        except FetchError as error:
            self.done.failed[url] = str(error)
            if isinstance(error, HttpStatusError) and error.status == 429:
                self._end_early(str(error))
        except ArchiverError as error:
            self.done.failed[url] = str(error)

    def _article(self, entry: LinkEntry, known: Sequence[str]) -> None:
        found = seek_article(self._web, [entry.url, *known], self._context.now)
        self.done.refused |= found.refused
        if found.article and found.capture:
            # With all its parameters, which a later look at the live page needs.
            request = urls.request_url(known[0]) if known else entry.url
            self._gathering.keep(Target(entry.kind, entry.url, request, ""), found.article, found.capture)
            try:
                self._take(entry)
            finally:
                self._tell_of(entry)
        elif found.broken:
            self.done.failed[entry.url] = "a capture broke off"
        else:
            self._archive.put_links(sought_in_vain(entry, self._context.now()))
            self.done.in_vain.append(entry.url)

    def _take(self, entry: LinkEntry) -> None:
        """Account for an article that was kept, or turned out to be one that was forgotten, and look for its images."""
        now = self._archive.links.get(entry.url) or entry
        if not now.status.is_stored:
            forgotten = now.reason == FORGOTTEN
            self.done.failed[entry.url] = FORGOTTEN if forgotten else now.reason or "it could not be written"
            return
        record = self._archive.record(now.target)
        self.done.articles.append(RescuedArticle(entry.url, record.folder, record.title, now.archived, now.via))
        if now.via and any(map(is_gone_image, record.images)):
            self._images_of(record)

    def _tell_of(self, entry: LinkEntry) -> None:
        """Tell of an article as it is now: images that WeChat does not have may have come from elsewhere."""
        came = {image.url for image in self.done.images}
        for event in self._held:
            if isinstance(event, ImageDone) and event.url in came:
                continue
            now = self._archive.links.get(entry.url)
            if isinstance(event, ArticleDone) and now and now.status.is_stored:
                event = article_done(self._archive.record(now.target), entry.url)
            self._context.report(event)
        self._held.clear()

    def _images_of(self, record: ArticleRecord) -> None:
        """The images that an article lacks. That the run ends in the middle takes none away that has come."""
        found: dict[str, StoredImage] = {}
        missing = [image for image in record.images if is_gone_image(image)]
        whole = False
        try:
            for image in missing:
                if got := self._image(ImageRef(image.key, image.url, image.width, image.height)):
                    found[image.key] = got
            whole = True
        finally:
            self._complete(record, found, in_vain=whole and len(found) < len(missing))

    def _complete(self, record: ArticleRecord, found: Mapping[str, StoredImage], *, in_vain: bool) -> None:
        new = record
        if found:
            try:
                new = self._archive.complete(record, [found.get(i.key, i) for i in record.images], record.media)
            except DamageError as error:
                self.done.failed[record.url] = str(error)
                return
        known = filter(None, map(self._archive.links.get, canonical_urls(new)))
        lines = [replace(entry, status=new.status, reason=loss_reason(new)) for entry in known]
        self._archive.put_links(*(sought_in_vain(e, self._context.now()) if in_vain else e for e in lines))
        if in_vain and not found:
            self.done.in_vain.append(record.url)

    def _shown_image(self, entry: LinkEntry) -> None:
        ref = ImageRef(images.image_key(entry.url) or "", entry.url)
        got = self._image(ref) if ref.key else None
        if got is None:
            self._archive.put_links(sought_in_vain(entry, self._context.now()))
            self.done.in_vain.append(entry.url)
            return
        now, source = image_entry(entry.url, got), parse_capture_url(got.via)
        made = source.made_at.isoformat(timespec="seconds") if source and source.made_at else ""
        now = replace(now, attempts=entry.attempts, checked=entry.checked, added=entry.added)
        self._archive.put_links(replace(now, archived=made, via=got.via if made else ""))

    def _image(self, ref: ImageRef) -> StoredImage | None:
        """An image that the archive has already, be it in another bucket; else what the web archive has of it."""
        key = key_of_same_id(self._archive.catalogue.db, ref.key)
        own = self._archive.image(ref.key) or (self._archive.image(key) if key else None)
        if own:
            got = replace(own, key=ref.key, url=ref.url)
        elif found := seek_image(self._web, ref):
            got = self._archive.keep_image(ref.key, ref.url, found[0], found[1].url)
        else:
            return None
        self.done.images.append(RescuedImage(ref.url, got.path or "", got.via))
        return got
