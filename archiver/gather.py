"""Fetch what is due and keep it: articles with their pictures, and the pictures that notes show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from archiver.archive import FORGOTTEN, Archive
from archiver.config import Config
from archiver.errors import DamageError, StoreError
from archiver.events import ArticleDone, PictureDone, Report, Walled
from archiver.fetch.engine import engine_factory
from archiver.fetch.http import HttpClient
from archiver.fetch.pace import Pacer
from archiver.fetch.settings import network_settings
from archiver.mirrors import Mirrors
from archiver.models import Article, ArticleRecord, Capture, ImageRef, Status, StoredImage, UrlKind
from archiver.plan import Plan, Target, next_try
from archiver.store.lines import LinkEntry
from archiver.wechat import images, urls
from archiver.workers import PageResult, PictureResult, Workers


@dataclass(slots=True)
class _Waiting:
    """An article whose pictures are on their way: a new one (`article`), or one to be completed (`record`)."""

    refs: Sequence[ImageRef]
    missing: set[str]
    article: Article | None = None
    capture: Capture | None = None
    target: Target | None = None
    record: ArticleRecord | None = None


@contextmanager
def start_workers(config: Config) -> Iterator[Workers]:
    """Workers as the configuration wants them. Raises ConfigError or BrowserMissingError."""
    settings = network_settings(config)
    make_engine = engine_factory(config, settings, urls.is_page_host, urls.is_script_host)
    pacer = Pacer(config.fetch.interval, config.fetch.jitter)
    mirrors = Mirrors(config.images.mirror_hosts)
    with (
        HttpClient(settings, lambda host: images.is_image_host(host) or mirrors.has_host(host)) as client,
        Workers(
            make_engine,
            client,
            pacer,
            jobs=config.fetch.jobs,
            image_jobs=config.fetch.image_jobs,
            variant=config.images.variant,
            mirrors=mirrors,
        ) as workers,
    ):
        yield workers


class Gathering:
    """One run's fetching. Everything here runs in one thread, the only one that writes."""

    def __init__(self, archive: Archive, workers: Workers, now: Callable[[], datetime], report: Report) -> None:
        self._archive = archive
        self._workers = workers
        self._now = now
        self._report = report
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
            else:
                self._on_page(result)

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
        waiting.missing = {ref.key for ref in waiting.refs if self._want(ref)}
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
            added = known is not None and known.added
            self._archive.put_links(replace(image_entry(url, image), attempts=tries, checked=now, added=added))
        self._report(PictureDone(ref.url, image.error or ""))
        for waiting in self._waiting.pop(ref.key, ()):
            waiting.missing.discard(ref.key)
            if not waiting.missing:
                self._finish(waiting)

    def _on_page(self, result: PageResult) -> None:
        target = result.target
        if result.error is not None:
            self._settle(target, Status.FAILED, reason=str(result.error))
        elif isinstance(result.page, Article) and result.capture:
            article = result.page
            known = self._archive.folder_of(article, target.request)
            forgotten = self._archive.forgotten_folder(_id(article, target))
            if forgotten:
                self._settle(target, Status.REFUSED, title=article.title, reason=FORGOTTEN, folder=forgotten)
            elif known:
                self._archive.add_alias(known, target.request)
                self._settle(target, self._archive.record(known).status, title=article.title, folder=known)
            else:
                self._await(_Waiting(article.images, set(), article, result.capture, target))
        elif result.page is not None and not isinstance(result.page, Article):
            if result.page.status is Status.WALL and not self.walled:
                self.walled = True
                self._report(Walled(target.url))
            self._settle(target, result.page.status, reason=result.page.reason)

    def _settle(self, target: Target, status: Status, *, title: str = "", reason: str = "", folder: str = "") -> None:
        """Record what became of an article's URL."""
        now = self._now()
        known = self._archive.links.get(target.url)
        # A wall says nothing about the article: it stays due, and the attempt does not count.
        asked = 0 if status is Status.WALL else 1
        entry = LinkEntry(
            url=target.url,
            kind=UrlKind.ARTICLE,
            status=status,
            reason=reason,
            target=folder,
            attempts=(known.attempts if known else 0) + asked,
            checked=now.isoformat(timespec="seconds"),
            next=next_try(status, now),
            added=known is not None and known.added,
        )
        self._archive.put_links(entry)
        self._report(ArticleDone(target.url, status, title, reason, target.where))

    def _finish(self, waiting: _Waiting) -> None:
        """All that could be had of an article's pictures is here: write the article."""
        stored = [replace(self._pictures[ref.key], url=ref.url) for ref in waiting.refs]
        if waiting.record is not None:
            self._complete(waiting.record, stored)
        elif waiting.article and waiting.capture and waiting.target:
            # Two URLs of one article may have been under way together.
            folder = self._archive.folder_of(waiting.article, waiting.target.request)
            if folder:
                self._archive.add_alias(folder, waiting.target.request)
                record = self._archive.record(folder)
            else:
                record = self._archive.save(waiting.article, waiting.capture, waiting.target.request, stored)
                self.changed = True
            reason = _first_loss(record)
            self._settle(waiting.target, record.status, title=record.title, reason=reason, folder=record.folder)

    def _complete(self, old: ArticleRecord, stored: Sequence[StoredImage]) -> None:
        arrived = {image.key for image in stored if image.path} - {image.key for image in old.images if image.path}
        record = old
        if arrived:
            try:
                record = self._archive.complete(old, stored)
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


def _id(article: Article, target: Target) -> str:
    return urls.article_id(article.biz, article.mid, article.idx, target.request)


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


def _first_loss(record: ArticleRecord) -> str:
    losses = [loss for loss in record.losses if loss.body]
    if not losses:
        return ""
    more = f" (and {len(losses) - 1} more)" if len(losses) > 1 else ""
    return f"{losses[0].what}: {losses[0].why}{more}"
