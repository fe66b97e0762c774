"""Fetch what is due and keep it: articles with their pictures, and the pictures that notes show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from archiver import recheck
from archiver.archive import Archive
from archiver.entries import first_loss, image_entry, later
from archiver.errors import ArchiverError, DamageError, DiskFullError, HostDownError
from archiver.events import ArticleDone, Changed, Halted, PictureDone, Report, Walled
from archiver.models import Article, ArticleRecord, Capture, ImageRef, Refusal, Status, StoredImage, UrlKind
from archiver.plan import Plan, Target
from archiver.store.lines import LinkEntry
from archiver.wechat import urls
from archiver.workers import EndAsked, PageResult, PictureResult, Workers

MAX_PICTURES = 1000  # of one article; the most seen is some 300


@dataclass(slots=True)
class _Waiting:
    """An article whose pictures are on their way: a new one (`article`), one to be completed (`record`), or one that
    was edited since it was archived (both, and what `changed`)."""

    refs: Sequence[ImageRef]
    missing: set[str]
    article: Article | None = None
    capture: Capture | None = None
    target: Target | None = None
    record: ArticleRecord | None = None
    changed: tuple[str, ...] = ()


class Gathering:
    """One run's fetching. Everything here runs in one thread, the only one that writes."""

    def __init__(
        self,
        archive: Archive,
        workers: Workers,
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
        self._ending = False
        self._not_asked: set[str] = set()  # keys of pictures whose host was given up before they were asked for
        self._pictures: dict[str, StoredImage] = {}  # arrived in this run, or known to be out of reach
        self._shown_by_notes: dict[str, tuple[str, ...]] = {}  # key -> canonical URLs in the notes
        self._waiting: dict[str, list[_Waiting]] = {}  # key of a picture on its way -> the articles that want it
        self.walled = False
        self.changed = False  # whether an article was written

    def run(self, plan: Plan, incomplete: Sequence[ArticleRecord]) -> None:
        """Fetch all that `plan` says and the missing pictures of the articles in `incomplete`.

        The pictures that notes show come first: they need no page. Raises StoreError, BrowserMissingError.
        """
        for ref, shown_as in plan.images:
            self._shown_by_notes[ref.key] = shown_as
            self._want(ref)
        for record in incomplete:
            refs = [ImageRef(i.key, i.url, i.width, i.height) for i in record.images]
            self._await(_Waiting(refs, set(), record=record))
        self._workers.load(plan.articles)
        while (result := self._workers.next_result()) is not None:
            if isinstance(result, PictureResult):
                self._on_picture(result)
            elif isinstance(result, EndAsked):
                self._wind_down()
            else:
                self._on_page(result)
            self._mind_the_disk()
        for host, why in self._workers.down.items():
            self._report(Halted(f"{host} was given up for this run: {why}"))

    def _wind_down(self) -> None:
        """Finish the articles in hand, and nothing else."""
        self._ending = True
        in_hand = (key for key, waiting in self._waiting.items() if any(w.article for w in waiting))
        self._workers.wind_down(in_hand)

    def _mind_the_disk(self) -> None:
        try:
            if not self._ending:
                self._check_room()
        except DiskFullError as error:
            self._report(Halted(str(error)))
            self._wind_down()

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

    def _await(self, waiting: _Waiting) -> None:
        waiting.missing = {ref.key for ref in waiting.refs[:MAX_PICTURES] if self._want(ref)}
        for key in waiting.missing:
            self._waiting[key].append(waiting)
        if not waiting.missing:
            self._finish(waiting)

    def _on_picture(self, result: PictureResult) -> None:
        ref = result.ref
        if result.file:
            image = self._archive.keep_picture(ref.key, ref.url, result.file)
        else:
            image = StoredImage(ref.key, ref.url, error=str(result.error))
        self._pictures[ref.key] = image
        if isinstance(result.error, HostDownError):
            self._not_asked.add(ref.key)
        else:
            self._enter_picture(image, result.error)
        self._report(PictureDone(ref.url, image.error or ""))
        for waiting in self._waiting.pop(ref.key, ()):
            waiting.missing.discard(ref.key)
            if not waiting.missing:
                self._finish(waiting)

    def _enter_picture(self, image: StoredImage, error: ArchiverError | None) -> None:
        """Record what became of a picture that notes show."""
        now = self._now()
        for url in self._shown_by_notes.get(image.key, ()):
            known, entry = self._archive.links.get(url), image_entry(url, image)
            tries = (known.attempts if known else 0) + 1
            moment, until = now.isoformat(timespec="seconds"), later(entry.status, tries, now, error)
            self._archive.put_link(replace(entry, attempts=tries, checked=moment, next=until))

    def _on_page(self, result: PageResult) -> None:
        if isinstance(result.error, HostDownError) or (self._ending and result.error):
            return  # it was not asked, or broke off because the run is being ended: that says nothing about it
        if result.error is not None:
            self._on_error(result.target, result.error)
        elif isinstance(result.page, Article) and result.capture:
            self._on_article(result.target, result.page, result.capture)
        elif isinstance(result.page, Refusal):
            self._on_refusal(result.target, result.page)

    def _on_error(self, target: Target, error: ArchiverError) -> None:
        entry = self._archived(target)
        if entry:
            self._archive.put_link(recheck.told_nothing(entry, self._now()))
        else:
            self._settle(target, Status.FAILED, reason=str(error), error=error)

    def _on_article(self, target: Target, article: Article, capture: Capture) -> None:
        known = self._archive.folder_of(article, target.request)
        if not known:
            self._await(_Waiting(article.images, set(), article, capture, target))
            return
        record, entry = self._archive.record(known), self._archive.links.get(target.url)
        if entry is None or not recheck.is_second_look(entry, known):
            self._archive.add_alias(known, target.request)
            self._settle(target, record.status, title=article.title, folder=known)
            return
        changed = recheck.changes(self._archive, record, article)
        if changed:
            self._await(_Waiting(article.images, set(), article, capture, target, record, changed))
        else:
            self._archive.put_link(recheck.looked(entry, self._now()))

    def _on_refusal(self, target: Target, refusal: Refusal) -> None:
        if refusal.status is Status.WALL and not self.walled:
            self.walled = True
            self._report(Walled(target.url))
        entry = self._archived(target)
        if entry is None:
            self._settle(target, refusal.status, reason=refusal.reason)
        elif refusal.status is not Status.WALL:
            after = recheck.lost(entry, refusal, self._now())
            self._archive.put_link(after)
            if after.gone and not entry.gone:
                title = self._archive.record(entry.target).title
                self._report(Changed(target.url, title, gone=refusal.reason))

    def _archived(self, target: Target) -> LinkEntry | None:
        """The entry of a URL whose article is in the archive: nothing that its page says now changes that."""
        entry, folder = self._archive.links.get(target.url), self._archive.article_folder(target.url)
        return entry if entry and folder and recheck.is_second_look(entry, folder) else None

    def _settle(
        self,
        target: Target,
        status: Status,
        *,
        title: str = "",
        reason: str = "",
        folder: str = "",
        error: ArchiverError | None = None,
    ) -> None:
        """Record what became of an article's URL."""
        now = self._now()
        known = self._archive.links.get(target.url)
        # A wall says nothing about the article: it stays due, and the attempt does not count.
        attempts = (known.attempts if known else 0) + (0 if status is Status.WALL else 1)
        entry = LinkEntry(
            url=target.url,
            kind=UrlKind.ARTICLE,
            status=status,
            reason=reason,
            target=folder,
            attempts=attempts,
            checked=now.isoformat(timespec="seconds"),
            next=later(status, attempts, now, error),
            since=known.since if known and status is Status.WALL else "",
        )
        self._archive.put_link(entry)
        self._report(ArticleDone(target.url, status, title, reason, target.where))

    def _finish(self, waiting: _Waiting) -> None:
        """All that could be had of an article's pictures is here: write the article."""
        too_many = StoredImage("", "", error=f"the article shows more than {MAX_PICTURES:,} pictures")
        stored = [replace(self._pictures.get(ref.key, too_many), key=ref.key, url=ref.url) for ref in waiting.refs]
        if waiting.article and waiting.capture and waiting.target:
            if waiting.record:
                self._renew(waiting.record, waiting.article, waiting.capture, waiting.target, stored, waiting.changed)
            else:
                self._save(waiting.article, waiting.capture, waiting.target, stored)
        elif waiting.record is not None and not self._ending:
            self._complete(waiting.record, stored)

    def _save(self, article: Article, capture: Capture, target: Target, stored: Sequence[StoredImage]) -> None:
        # Two URLs of one article may have been under way together.
        folder = self._archive.folder_of(article, target.request)
        if folder:
            self._archive.add_alias(folder, target.request)
            record = self._archive.record(folder)
        else:
            record = self._archive.save(article, capture, target.request, stored)
            self.changed = True
        self._settle(target, record.status, title=record.title, reason=first_loss(record), folder=record.folder)

    def _renew(
        self,
        old: ArticleRecord,
        article: Article,
        capture: Capture,
        target: Target,
        stored: list[StoredImage],
        changed: tuple[str, ...],
    ) -> None:
        """Take over an edited version, unless it is worse than what the archive has."""
        entry = self._archive.links.get(target.url)
        if entry is None:
            return
        if recheck.is_worse(old, stored):
            self._archive.put_link(recheck.told_nothing(entry, self._now()))
            return
        record = self._archive.renew(old, article, capture, stored, changed)
        self.changed = True
        reason = first_loss(record)
        self._archive.put_link(replace(recheck.looked(entry, self._now()), status=record.status, reason=reason))
        self._report(Changed(target.url, record.title, changed))

    def _complete(self, old: ArticleRecord, stored: Sequence[StoredImage]) -> None:
        arrived = {image.key for image in stored if image.path} - {image.key for image in old.images if image.path}
        record = old
        if arrived:
            try:
                record = self._archive.complete(old, stored)
            except DamageError as error:
                self._report(ArticleDone(old.url, Status.FAILED, old.title, str(error), old.folder))
                return
            self.changed = True
        if arrived or not {image.key for image in stored if image.error} <= self._not_asked:
            self._mark_links(old, record)
        self._report(ArticleDone(record.url, record.status, record.title, first_loss(record)))

    def _mark_links(self, old: ArticleRecord, record: ArticleRecord) -> None:
        now, reason = self._now(), first_loss(record)
        for url in dict.fromkeys(urls.canonical_url(alias) for alias in (old.url, *old.aliases)):
            entry = self._archive.links.get(url)
            if entry:
                tries = entry.attempts + 1
                until, moment = later(record.status, tries, now), now.isoformat(timespec="seconds")
                self._archive.put_link(
                    replace(entry, status=record.status, reason=reason, attempts=tries, checked=moment, next=until)
                )
