"""Fetch what is due and keep it: articles with their pictures, and the pictures that notes show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from archiver.archive.albums import save_album
from archiver.archive.archive import Archive
from archiver.archive.comparison import changes_of_page
from archiver.archive.quarantine import Quarantine
from archiver.config import MediaConfig
from archiver.due.plan import Plan, Target
from archiver.errors import DamageError, DiskFullError, NotAskedError, StoreError
from archiver.events import ArticleDone, Changed, HaltCode, Halted, Report, Walled
from archiver.gathering import recheck
from archiver.gathering.albums import LoadedAlbum, with_known
from archiver.gathering.files import Files
from archiver.gathering.link_entries import first_loss, is_only_unpaid
from archiver.gathering.link_log import LinkLog
from archiver.gathering.media import MediaResult
from archiver.gathering.pending import PendingArticle
from archiver.gathering.workers import EndAsked, ImageResult, PageResult, Workers
from archiver.models import (
    Album,
    Article,
    ArticleRecord,
    Capture,
    ImageRef,
    Refusal,
    Status,
    StoredImage,
    UrlKind,
)
from archiver.models.media import MediaKind, MediaRef, MediaSource, StoredMedia
from archiver.store.lines import FORGOTTEN, LinkEntry
from archiver.wechat import urls


class Gathering:
    """One run's fetching. Everything here runs in one thread, the only one that writes."""

    def __init__(
        self,
        archive: Archive,
        workers: Workers,
        media: MediaConfig,
        now: Callable[[], datetime],
        report: Report,
        check_room: Callable[[], None] = lambda: None,
    ) -> None:
        """`check_room()` raises DiskFullError when the run should end before the disk is full."""
        self._archive = archive
        self._workers = workers
        self._now = now
        self._report = report
        self._check_room = check_room
        self._link_log = LinkLog(archive, now, report)
        self._files = Files(archive, workers, media, self._link_log, report, self._finish)
        self._ending = False
        self._revisited: dict[str, ArticleRecord] = {}  # URL -> the incomplete article that is loaded again
        self._wall_reported = False
        self.changed = False  # whether an article or album was written
        self.new: list[ArticleRecord] = []  # articles that were not there before

    def run(self, plan: Plan, incomplete: Sequence[ArticleRecord]) -> None:
        """Fetch all that `plan` says and the missing pictures of the articles in `incomplete`.

        The pictures that notes show come first: they need no page. Raises StoreError, BrowserMissingError.
        """
        for ref, shown_as in plan.images:
            self._files.show(ref, shown_as)
        for video in plan.videos:
            self._files.play(video)
        again = [target for record in incomplete if (target := self._complete_or_visit(record))]
        pages = list({target.url: target for target in [*plan.articles, *again]}.values())
        albums = with_known(self._archive, plan.albums)
        self._workers.load([*(pages[: plan.limit] if plan.limit else pages), *albums])
        while (result := self._workers.next_result()) is not None:
            if isinstance(result, ImageResult):
                self._files.on_image(result)
            elif isinstance(result, MediaResult):
                self._files.on_media(result)
            elif isinstance(result, EndAsked):
                self._wind_down()
            else:
                self._on_page(result)
            self._mind_the_disk()
        for host, why in self._workers.down.items():
            self._report(Halted(HaltCode.HOST_DOWN, host, why))

    def _wind_down(self) -> None:
        """Finish the articles in hand, and nothing else."""
        self._ending = True
        self._workers.wind_down(self._files.of_articles_in_hand())

    def _mind_the_disk(self) -> None:
        try:
            if not self._ending:
                self._check_room()
        except DiskFullError as error:
            self._report(Halted(HaltCode.DISK_FULL, error=str(error)))
            self._wind_down()

    def _complete_or_visit(self, record: ArticleRecord) -> Target | None:
        """Start fetching what an article lacks; or the page to load again, where only that can help: a film's address
        expires, and without a capture there is nothing to write the article from."""
        self._files.know(record.media)
        lost_video = any(item.kind is MediaKind.VIDEO and not self._files.knows(item.key) for item in record.media)
        if lost_video or not self._archive.has_capture(record):
            url = urls.canonical_url(record.url)
            self._revisited[url] = record
            return Target(UrlKind.ARTICLE, url, record.url, "")
        refs = _images_of(record)
        audios = [MediaRef(i.kind, i.key, "", (MediaSource(i.url),)) for i in record.media]
        self._files.want(PendingArticle(refs, set(), audios, record=record))
        return None

    def _on_page(self, result: PageResult) -> None:
        target = result.target
        if isinstance(result.error, NotAskedError) or (self._ending and result.error):
            return  # it was not asked, or broke off because the run is being ended: that says nothing about it
        if result.walled and not self._wall_reported:
            self._wall_reported = True
            self._report(Walled(target.url))
        revisited = self._revisited.get(target.url)
        if result.album and result.album.album:
            self._on_album(target, result.album, result.album.album)
        elif revisited:
            self._on_revisit(revisited, result)
        elif entry := recheck.second_look(self._archive, target):
            self._on_second_look(entry, result)
        elif result.error is not None:
            self._link_log.settle(target, Status.FAILED, reason=str(result.error), error=result.error)
        elif isinstance(result.page, Article) and result.capture:
            self._on_article(target, result.page, result.capture)
        elif isinstance(result.page, Refusal):
            self._link_log.settle(target, result.page.status, reason=result.page.reason)

    def _on_album(self, target: Target, loaded: LoadedAlbum, album: Album) -> None:
        path = save_album(self._archive, album)
        # One that is to be loaded again stays in the notes as it is: they are where it is found again.
        folder = path if loaded.status.is_stored else ""
        self._link_log.settle(target, loaded.status, title=album.title, reason=loaded.reason, folder=folder)
        self.changed = True

    def _on_article(self, target: Target, article: Article, capture: Capture) -> None:
        """An article's page came: it is new, known by another URL, or one that the user does not want."""
        article_id = urls.article_id(article.biz, article.mid, article.idx, target.request)
        if forgotten := self._archive.forgotten_folder(article_id):
            self._link_log.settle(target, Status.REFUSED, title=article.title, reason=FORGOTTEN, folder=forgotten)
        elif known := self._archive.folder_of(article, target.request):
            self._archive.add_alias(known, target.request)
            self._link_log.settle(target, self._archive.record(known).status, title=article.title, folder=known)
        else:
            self._files.want(PendingArticle(article.images, set(), article.media, article, capture, target))

    def _on_revisit(self, record: ArticleRecord, result: PageResult) -> None:
        """The page of an incomplete article came again; if it is no longer that article, what there is stays."""
        page = result.page
        ids = (record.biz, record.mid, record.idx)
        if isinstance(page, Article) and result.capture and (page.biz, page.mid, page.idx) == ids:
            if self._archive.has_capture(record):
                # Only the addresses are wanted: what its author has edited since is not to replace what is archived.
                self._files.want(PendingArticle(_images_of(record), set(), page.media, record=record))
                return
            changed = changes_of_page(self._archive, record, page)
            if changed is not None:
                target = result.target
                self._files.want(
                    PendingArticle(page.images, set(), page.media, page, result.capture, target, record, changed)
                )
                return
        reason = page.reason if isinstance(page, Refusal) else str(result.error or "less came than what is archived")
        if not result.walled:
            self._link_log.update(record, record, result.error)
        self._report(ArticleDone(record.url, record.status, record.title, f"{first_loss(record)}; now: {reason}"))

    def _on_second_look(self, entry: LinkEntry, result: PageResult) -> None:
        """The page of an archived article came again: the copy stays, unless there is a better one."""
        page = result.page
        changed = recheck.judge(self._archive, entry, page, self._now(), self._report)
        if changed and isinstance(page, Article) and result.capture:
            old = self._archive.record(entry.target)
            self._files.want(
                PendingArticle(page.images, set(), page.media, page, result.capture, result.target, old, changed)
            )

    def _finish(self, pending: PendingArticle) -> None:
        """All that could be had of an article's pictures is here: write the article."""
        stored, media = self._files.of(pending)
        if pending.record is not None and pending.changed:
            self._take_over(pending.record, pending, stored, media)
        elif pending.record is not None:
            if pending.article or not self._ending:
                self._complete(pending.record, pending, stored, media)
        elif pending.article and pending.capture and pending.target:
            # Two URLs of one article may have been under way together.
            folder = self._archive.folder_of(pending.article, pending.target.request)
            if folder:
                self._archive.add_alias(folder, pending.target.request)
                record = self._archive.record(folder)
            else:
                # What lies there without being an article: its article.json is lost.
                place = self._archive.place_of(pending.article, pending.target.request)
                Quarantine(self._archive.root, self._now()).keep_folder(place)
                record = self._archive.save(pending.article, pending.capture, pending.target.request, stored, media)
                self.new.append(record)
                self.changed = True
            reason = first_loss(record)
            self._link_log.settle(
                pending.target, record.status, title=record.title, reason=reason, folder=record.folder
            )

    def _complete(
        self, old: ArticleRecord, pending: PendingArticle, stored: Sequence[StoredImage], media: Sequence[StoredMedia]
    ) -> None:
        # That a film is out of reach for good is news too: it need not be asked for again.
        had = {item.key for item in old.images if item.path} | {i.key for i in old.media if i.path or i.final}
        has = {item.key for item in stored if item.path} | {i.key for i in media if i.path or i.final}
        record = old
        if has - had:
            try:
                if pending.article and pending.capture:
                    record = self._archive.renew(old, pending.article, pending.capture, stored, media)
                else:
                    record = self._archive.complete(old, stored, media)
            except (DamageError, StoreError) as error:
                self._report(ArticleDone(old.url, Status.FAILED, old.title, str(error), old.folder))
                return
            self.changed = True
        if has - had or self._files.were_asked(stored, media):
            self._link_log.update(old, record)
        why, settled = first_loss(record), is_only_unpaid(record)
        self._report(ArticleDone(record.url, record.status, record.title, why, settled=settled))

    def _take_over(
        self, old: ArticleRecord, pending: PendingArticle, stored: list[StoredImage], media: list[StoredMedia]
    ) -> None:
        """Write an edited version, unless it is worse than what the archive has."""
        entry = self._archive.links.get(pending.target.url) if pending.target else None
        if entry is None or pending.article is None or pending.capture is None:
            return
        taken = recheck.take_over(
            self._archive, old, entry, pending.article, pending.capture, stored, media, pending.changed, self._now()
        )
        if taken:
            self.changed = True
            self._report(Changed(entry.url, pending.article.title, pending.changed))


def _images_of(record: ArticleRecord) -> list[ImageRef]:
    return [ImageRef(image.key, image.url, image.width, image.height) for image in record.images]
