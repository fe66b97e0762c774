"""Fetch what is due and keep it: articles with their pictures, and the pictures that notes show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from archiver.albums import save_album
from archiver.archive import Archive
from archiver.config import MediaConfig
from archiver.errors import DamageError, StoreError
from archiver.events import ArticleDone, PictureDone, Report, Walled
from archiver.media import MediaResult, failed, unwanted
from archiver.mediamodels import MediaKind, MediaRef, MediaSource, StoredMedia
from archiver.models import Album, Article, ArticleRecord, Capture, ImageRef, Refusal, Status, StoredImage, UrlKind
from archiver.plan import Plan, Target, next_try
from archiver.store.lines import LinkEntry
from archiver.wechat import urls
from archiver.wechat.media import film_of_url
from archiver.workers import PageResult, PictureResult, Workers


@dataclass(slots=True)
class _Waiting:
    """An article whose pictures, sounds and films are on their way: a new one (`article`), one to be completed
    (`record`), or both: one that was visited again."""

    refs: Sequence[ImageRef]
    missing: set[str]
    media: Sequence[MediaRef] = ()
    article: Article | None = None
    capture: Capture | None = None
    target: Target | None = None
    record: ArticleRecord | None = None


class Gathering:
    """One run's fetching. Everything here runs in one thread, the only one that writes."""

    def __init__(
        self, archive: Archive, workers: Workers, media: MediaConfig, now: Callable[[], datetime], report: Report
    ) -> None:
        self._archive = archive
        self._media_config = media
        self._workers = workers
        self._now = now
        self._report = report
        self._pictures: dict[str, StoredImage] = {}  # arrived in this run, or known to be out of reach
        self._shown_by_notes: dict[str, tuple[str, ...]] = {}  # key -> canonical URLs in the notes
        self._media: dict[str, StoredMedia] = {}  # as with pictures
        self._played_by_notes: dict[str, Target] = {}  # key -> the film in the notes
        self._waiting: dict[str, list[_Waiting]] = {}  # key of a file on its way -> the articles that want it
        self._revisited: dict[str, ArticleRecord] = {}  # URL -> the incomplete article that is loaded again
        self.walled = False
        self.changed = False  # whether an article or album was written
        self.new: list[ArticleRecord] = []  # articles that were not there before

    def run(self, plan: Plan, incomplete: Sequence[ArticleRecord]) -> None:
        """Fetch all that `plan` says and the missing pictures of the articles in `incomplete`.

        The pictures that notes show come first: they need no page. Raises StoreError, BrowserMissingError.
        """
        for ref, shown_as in plan.images:
            self._shown_by_notes[ref.key] = shown_as
            self._want(ref)
        for film in plan.videos:
            played = film_of_url(film.request)
            self._played_by_notes[played.key] = film
            self._workers.fetch_media(played)
        again = [target for record in incomplete if (target := self._complete_or_visit(record))]
        self._workers.load([*plan.articles, *again, *plan.albums])
        while (result := self._workers.next_result()) is not None:
            if isinstance(result, PictureResult):
                self._on_picture(result)
            elif isinstance(result, MediaResult):
                self._on_media(result)
            else:
                self._on_page(result)

    def _complete_or_visit(self, record: ArticleRecord) -> Target | None:
        """Start fetching what an article lacks; or the page to load again, where only that can help: a film's address
        expires, and without a capture there is nothing to write the article from."""
        self._media.update({item.key: item for item in record.media if item.path or item.final})
        lost_film = any(item.kind is MediaKind.VIDEO and item.key not in self._media for item in record.media)
        if lost_film or not self._archive.has_capture(record):
            url = urls.canonical_url(record.url)
            self._revisited[url] = record
            return Target(UrlKind.ARTICLE, url, record.url, "")
        refs = [ImageRef(i.key, i.url, i.width, i.height) for i in record.images]
        sounds = [MediaRef(i.kind, i.key, "", (MediaSource(i.url),)) for i in record.media]
        self._await(_Waiting(refs, set(), sounds, record=record))
        return None

    def _want(self, ref: ImageRef) -> bool:
        """Whether the picture has to be waited for; starts fetching it if nobody has."""
        if ref.key in self._pictures:
            return False
        if ref.key not in self._waiting:
            known = self._archive.picture(ref.key)
            if known:
                self._pictures[ref.key] = known
                return False
            self._waiting[ref.key] = []
            self._workers.fetch(ref)
        return True

    def _want_media(self, ref: MediaRef) -> bool:
        if ref.key in self._media:
            return False
        if ref.key not in self._waiting:
            self._waiting[ref.key] = []
            self._workers.fetch_media(ref)
        return True

    def _await(self, waiting: _Waiting) -> None:
        self._media.update({item.key: item for item in unwanted(waiting.media, self._media_config)})
        waiting.missing = {ref.key for ref in waiting.refs if self._want(ref)}
        waiting.missing |= {ref.key for ref in waiting.media if self._want_media(ref)}
        for key in waiting.missing:
            self._waiting[key].append(waiting)
        if not waiting.missing:
            self._finish(waiting)

    def _on_picture(self, result: PictureResult) -> None:
        ref, now = result.ref, self._now().isoformat(timespec="seconds")
        if result.file:
            image = self._archive.keep_picture(ref.key, ref.url, result.file)
        else:
            image = StoredImage(ref.key, ref.url, error=str(result.error))
        self._pictures[ref.key] = image
        for url in self._shown_by_notes.get(ref.key, ()):
            known = self._archive.links.get(url)
            tries = (known.attempts if known else 0) + 1
            self._archive.put_links(replace(image_entry(url, image), attempts=tries, checked=now))
        self._report(PictureDone(ref.url, image.error or ""))
        self._arrived(ref.key)

    def _arrived(self, key: str) -> None:
        for waiting in self._waiting.pop(key, ()):
            waiting.missing.discard(key)
            if not waiting.missing:
                self._finish(waiting)

    def _on_media(self, result: MediaResult) -> None:
        stored = self._archive.keep_media(result.ref, result.url, result.file) if result.file else failed(result)
        shown = self._played_by_notes.pop(result.ref.key, None)
        if shown:
            status = Status.EXPIRED if stored.final else Status.FAILED if stored.error else Status.ARCHIVED
            self._settle(shown, status, reason=stored.error or "", folder=stored.path or "")
        if stored.path or not shown:  # an article has fresher addresses of the film than a note
            self._media[result.ref.key] = stored
            self._arrived(result.ref.key)

    def _on_page(self, result: PageResult) -> None:
        target = result.target
        revisited = self._revisited.get(target.url)
        if result.album and isinstance(result.album.page, Album):
            path = save_album(self._archive, result.album.page)
            title, status, reason = result.album.page.title, result.album.status, result.album.reason
            # One that is to be loaded again stays in the notes as it is: they are where it is found again.
            self._settle(target, status, title=title, reason=reason, folder="" if status is Status.FAILED else path)
            self.changed = True
        elif revisited:
            self._on_revisit(revisited, result)
        elif result.error is not None:
            self._settle(target, Status.FAILED, reason=str(result.error))
        elif isinstance(result.page, Article) and result.capture:
            article = result.page
            known = self._archive.folder_of(article, target.request)
            if known:
                self._archive.add_alias(known, target.request)
                self._settle(target, self._archive.record(known).status, title=article.title, folder=known)
            else:
                self._await(_Waiting(article.images, set(), article.media, article, result.capture, target))
        elif isinstance(result.page, Refusal):
            self._tell_wall(target, result.page)
            self._settle(target, result.page.status, reason=result.page.reason)

    def _tell_wall(self, target: Target, page: Refusal) -> None:
        if page.status is Status.WALL and not self.walled:
            self.walled = True
            self._report(Walled(target.url))

    def _on_revisit(self, record: ArticleRecord, result: PageResult) -> None:
        """The page of an incomplete article came again; if it is no longer that article, what there is stays."""
        page = result.page
        if isinstance(page, Article) and result.capture and (page.biz, page.mid, page.idx) == _ids(record):
            self._await(_Waiting(page.images, set(), page.media, page, result.capture, result.target, record))
            return
        if isinstance(page, Refusal):
            self._tell_wall(result.target, page)
        reason = page.reason if isinstance(page, Refusal) else str(result.error or "another article came instead")
        self._report(ArticleDone(record.url, record.status, record.title, f"{_first_loss(record)}; now: {reason}"))

    def _settle(self, target: Target, status: Status, *, title: str = "", reason: str = "", folder: str = "") -> None:
        """Record what became of an article's URL."""
        now = self._now()
        known = self._archive.links.get(target.url)
        # A wall says nothing about the article: it stays due, and the attempt does not count.
        asked = 0 if status is Status.WALL else 1
        entry = LinkEntry(
            url=target.url,
            kind=target.kind,
            status=status,
            reason=reason,
            target=folder,
            attempts=(known.attempts if known else 0) + asked,
            checked=now.isoformat(timespec="seconds"),
            next=next_try(status, now),
        )
        self._archive.put_links(entry)
        self._report(ArticleDone(target.url, status, title, reason, target.where))

    def _finish(self, waiting: _Waiting) -> None:
        """All that could be had of an article's pictures is here: write the article."""
        stored = [replace(self._pictures[ref.key], url=ref.url) for ref in waiting.refs]
        media = [self._media[ref.key] for ref in waiting.media]
        if waiting.record is not None:
            self._complete(waiting.record, waiting, stored, media)
        elif waiting.article and waiting.capture and waiting.target:
            # Two URLs of one article may have been under way together.
            folder = self._archive.folder_of(waiting.article, waiting.target.request)
            if folder:
                self._archive.add_alias(folder, waiting.target.request)
                record = self._archive.record(folder)
            else:
                record = self._archive.save(waiting.article, waiting.capture, waiting.target.request, stored, media)
                self.new.append(record)
                self.changed = True
            reason = _first_loss(record)
            self._settle(waiting.target, record.status, title=record.title, reason=reason, folder=record.folder)

    def _complete(
        self, old: ArticleRecord, waiting: _Waiting, stored: Sequence[StoredImage], media: Sequence[StoredMedia]
    ) -> None:
        # That a film is out of reach for good is news too: it need not be asked for again.
        had = {item.key for item in old.images if item.path} | {i.key for i in old.media if i.path or i.final}
        has = {item.key for item in stored if item.path} | {i.key for i in media if i.path or i.final}
        record = old
        if has - had:
            try:
                if waiting.article and waiting.capture:
                    record = self._archive.renew(old, waiting.article, waiting.capture, stored, media)
                else:
                    record = self._archive.complete(old, stored, media)
            except (DamageError, StoreError) as error:
                self._report(ArticleDone(old.url, Status.FAILED, old.title, str(error), old.folder))
                return
            self.changed = True
            self._mark_links(old, record)
        self._report(ArticleDone(record.url, record.status, record.title, _first_loss(record)))

    def _mark_links(self, old: ArticleRecord, record: ArticleRecord) -> None:
        now = self._now().isoformat(timespec="seconds")
        for url in dict.fromkeys(urls.canonical_url(alias) for alias in (old.url, *old.aliases)):
            entry = self._archive.links.get(url)
            if entry:
                reason = _first_loss(record)
                self._archive.put_links(replace(entry, status=record.status, reason=reason, checked=now))


def image_entry(url: str, image: StoredImage) -> LinkEntry:
    """What links.jsonl says of a picture that a note shows."""
    return LinkEntry(
        url=url,
        kind=UrlKind.IMAGE,
        status=Status.FAILED if image.error else Status.ARCHIVED,
        reason=image.error or "",
        target=image.path or "",
        width=image.width or 0,
        height=image.height or 0,
    )


def _ids(record: ArticleRecord) -> tuple[str, str, str]:
    return record.biz, record.mid, record.idx


def _first_loss(record: ArticleRecord) -> str:
    losses = [loss for loss in record.losses if loss.body]
    if not losses:
        return ""
    more = f" (and {len(losses) - 1} more)" if len(losses) > 1 else ""
    return f"{losses[0].what}: {losses[0].why}{more}"
