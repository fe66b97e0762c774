"""Fetch what is due and keep it: articles with their images, and the images that notes show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from archiver.archive.comparison import changes_of_page
from archiver.archive.context import Context
from archiver.archive.forgotten import forgotten_folder
from archiver.archive.reasons import WORSE
from archiver.archive.record import StoredFiles
from archiver.due.page_queue import Cause, PageQueue, urls_by_article
from archiver.due.plan import Plan, Target
from archiver.errors import DiskFullError, InternalError, NotAskedError
from archiver.events import ArticleDone, Walled
from archiver.gathering import recheck
from archiver.gathering.albums import LoadedAlbum, kept_list, save_list
from archiver.gathering.files import Files
from archiver.gathering.incomplete import completion, visits
from archiver.gathering.link_entries import article_done
from archiver.gathering.link_log import Fate, LinkLog, fate_of
from archiver.gathering.making import MadeResult, draft_of
from archiver.gathering.media import MediaResult
from archiver.gathering.pending import Completion, Edition, New, PendingArticle, Renewal, name_of
from archiver.gathering.results import EndAsked, ImageResult, PageResult
from archiver.gathering.troubles import ends, troubles
from archiver.gathering.workers import Workers
from archiver.gathering.writing import Writer
from archiver.models import Album, Article, ArticleRecord, Capture, Refusal, Status
from archiver.models.halts import HaltCode, Halted
from archiver.models.reading import Reading
from archiver.store.lines import FORGOTTEN, LinkEntry
from archiver.wechat import urls


class Gathering:
    """One run's fetching. Everything here runs in one thread, the only one that writes."""

    def __init__(self, context: Context, workers: Workers, check_room: Callable[[], None] = lambda: None) -> None:
        """`check_room()` raises DiskFullError when the run should end before the disk is full."""
        self._archive = context.archive
        self._boundary = context.archive.boundary
        self._workers = workers
        self._now = context.now
        self._report = context.report
        self._check_room = check_room
        self._link_log = LinkLog(context)
        self._files = Files(context, workers, self._link_log, self._finish)
        self._ending = False
        self._named: dict[tuple[str, ...], set[str]] = {}  # the pages of this run, by their articles
        self._revisited: dict[str, ArticleRecord] = {}  # URL -> the incomplete article that is loaded again
        self._wall_reported = False
        self._writer = Writer(context, self._link_log)
        self.new = self._writer.new  # the articles that were not there before
        self._album_saved = False
        self.unknown: dict[str, Reading] = {}  # URL -> what could be read of a page of no known kind

    @property
    def changed(self) -> bool:
        """Whether an article or album was written."""
        return self._writer.changed or self._album_saved

    def run(self, plan: Plan, incomplete: Sequence[ArticleRecord]) -> None:
        """Fetch all that `plan` says and the missing images of the articles in `incomplete`.

        The images that notes show come first: they need no page. Raises StoreError, BrowserMissingError.
        """
        for shown in plan.images:
            with suppress(InternalError), self._boundary.item("image", shown.ref.key, "start"):
                self._files.show(shown)
        for video in plan.videos:
            with suppress(InternalError), self._boundary.item("media", video.url, "start"):
                self._files.play(video)
        again = self._start_completing(incomplete)
        pages = list({target.url: target for target in [*plan.articles, *again]}.values())
        pages = [*(pages[: plan.limit] if plan.limit else pages), *plan.albums]
        self._named = urls_by_article(pages)
        self._workers.load(self._queue(pages))
        self._take_results()
        for end in ends(self._workers.egresses):
            self._report(end)
        self.end()

    def keep(self, target: Target, article: Article, capture: Capture) -> None:
        """Keep an article that came from elsewhere, with the files that it shows; to be followed by `end`. Raises
        StoreError."""
        try:
            with self._boundary.item("page", target.url, "settle"):
                self._on_article(target, article, capture)
        except InternalError as error:
            self._fail(PageResult(target, error=error), str(error))
        self._take_results()

    def end(self) -> None:
        """Enter and tell what the run has shown of the hosts. Raises StoreError."""
        hosts = self._workers.hosts
        self._link_log.close(hosts)
        for trouble in troubles(hosts):
            self._report(trouble)

    def _take_results(self) -> None:
        while (result := self._workers.next_result()) is not None:
            if isinstance(result, ImageResult):
                self._files.on_image(result)
            elif isinstance(result, MediaResult):
                self._files.on_media(result)
            elif isinstance(result, MadeResult):
                self._finish(result.pending, result)
            elif isinstance(result, EndAsked):
                self._wind_down()
            else:
                self._on_page(result)
            self._mind_the_disk()
            self._mind_ourselves()

    def _queue(self, targets: Sequence[Target]) -> PageQueue:
        links = self._archive.links
        return PageQueue(
            targets,
            walled_before=lambda target: (known := links.get(target.url)) is not None and known.walls > 0,
            unknown_before=lambda target: (known := links.get(target.url)) is not None and known.attempts > 0,
            known_good=recheck.known_good(self._archive),
        )

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

    def _mind_ourselves(self) -> None:
        """A fault of ours is not to ask WeChat for one page after the other."""
        if not self._ending and self._boundary.halted("page", "article", "album"):
            self._report(Halted(HaltCode.SAME_FAULT))
            self._wind_down()

    def _start_completing(self, incomplete: Sequence[ArticleRecord]) -> Iterable[Target]:
        """Start fetching what articles lack; the pages to load again where only that can help."""
        pages = visits(self._archive, incomplete)
        for record in incomplete:
            self._files.know(record.media)
        for record in incomplete:
            if target := pages.get(record.folder):
                self._revisited[target.url] = record
            else:
                with suppress(InternalError), self._boundary.item("article", record.folder, "start"):
                    self._files.want(completion(record))
        return pages.values()

    def _on_page(self, result: PageResult) -> None:
        target = result.target
        try:
            with self._boundary.item("page", target.url, "settle"):
                self._settle(result)
        except InternalError as error:
            self._fail(PageResult(target, error=error), str(error))

    def _fail(self, result: PageResult, why: str) -> None:
        """Record that there is something wrong with us; if that is wrong too, it is told at least."""
        target = result.target
        try:
            with self._boundary.item("page", target.url, "fail"):
                self._settle(result)
        except InternalError:
            self._report(ArticleDone(target.url, Status.FAILED, reason=why, where=target.where))

    def _settle(self, result: PageResult) -> None:
        """Find out what a page means for what the archive has, and enter it."""
        target = result.target
        if self._says_nothing(result):
            return
        if result.reading:
            self.unknown[target.url] = result.reading
        if result.cause is Cause.ADDRESS and self._workers.walled and result.walled and not self._wall_reported:
            self._wall_reported = True
            self._report(Walled(target.url))
        revisited = self._revisited.get(target.url)
        if result.album and result.album.album:
            self._on_album(target, result.album, result.album.album)
        elif revisited:
            self._on_revisit(revisited, result)
        elif entry := recheck.second_look(self._archive, target):
            self._on_second_look(entry, result)
        elif isinstance(result.page, Article) and result.capture:
            self._on_article(target, result.page, result.capture)
        elif known := kept_list(self._archive, target):
            self._on_no_list(target, known, result)
        else:
            self._on_none(target, result)

    def _says_nothing(self, result: PageResult) -> bool:
        """Whether a page was not asked for, or broke off because the run is being ended, or ended the run itself."""
        broken_off = self._ending and result.error is not None and not isinstance(result.error, InternalError)
        unasked = isinstance(result.error, NotAskedError) or broken_off
        return unasked or (result.cause is Cause.UNCLEAR and not result.walled)

    def _on_none(self, target: Target, result: PageResult) -> None:
        """No article came for a link of which there is no copy."""
        if folder := self._archive.article_folder(target.url):  # it came by another link meanwhile
            self._link_log.settle(target, fate_of(self._archive.record(folder)))
        elif result.error is not None:
            self._link_log.settle(target, Fate(Status.FAILED, reason=str(result.error), error=result.error))
        elif result.walled:
            self._link_log.settle_wall(target, is_own=result.cause is Cause.LINK)
        elif isinstance(result.page, Refusal):
            status = Status.FAILED if result.cause is Cause.AGAIN else result.page.status
            self._link_log.settle(target, Fate(status, reason=result.page.reason))

    def _on_album(self, target: Target, loaded: LoadedAlbum, album: Album) -> None:
        self._link_log.settle(target, save_list(self._archive, target, loaded, album))
        self._album_saved = True

    def _on_no_list(self, target: Target, known: LinkEntry, result: PageResult) -> None:
        """No list came of an album that is looked at again: the one that is there stands."""
        if result.walled:
            return
        now = result.page.reason if isinstance(result.page, Refusal) else str(result.error or WORSE)
        self._archive.put_links(replace(known, checked=self._now().isoformat(timespec="seconds")))
        self._report(ArticleDone(target.url, known.status, where=target.where, now=now))

    def _on_article(self, target: Target, article: Article, capture: Capture) -> None:
        """An article's page came: it is new, known by another URL, or one that the user does not want."""
        article_id = urls.article_id(article.biz, article.mid, article.idx, target.request)
        if forgotten := forgotten_folder(self._archive, article_id):
            self._link_log.settle(target, Fate(Status.REFUSED, title=article.title, reason=FORGOTTEN, folder=forgotten))
        elif known := self._archive.folder_of(article, target.request):
            self._archive.add_alias(known, target.request)
            self._link_log.settle(target, Fate(self._archive.record(known).status, title=article.title, folder=known))
        else:
            self._files.want(New(target, article, capture))

    def _on_revisit(self, record: ArticleRecord, result: PageResult) -> None:
        """The page of an incomplete article came again; if it is no longer that article, what there is stays."""
        page = result.page
        ids = (record.biz, record.mid, record.idx)
        if isinstance(page, Article) and result.capture and (page.biz, page.mid, page.idx) == ids:
            if self._archive.has_capture(record):
                # Only the addresses are wanted: what its author has edited since is not to replace what is archived.
                self._files.want(Completion(record, page.media))
                return
            changed = changes_of_page(self._archive, record, page)
            if changed:
                self._files.want(Edition(result.target.url, record, page, result.capture, changed, due=True))
                return
            if changed is not None:
                self._files.want(Renewal(record, page, result.capture))
                return
        now = page.reason if isinstance(page, Refusal) else str(result.error or WORSE)
        if not result.walled or result.cause is Cause.LINK:
            self._link_log.update(record, record, result.error)
        self._report(article_done(record, now=now))

    def _on_second_look(self, entry: LinkEntry, result: PageResult) -> None:
        """The page of an archived article came again: the copy stays, unless there is a better one."""
        page = None if result.cause in (Cause.LINK, Cause.AGAIN) else result.page
        changed = recheck.judge(self._archive, entry, page, self._now(), self._report)
        if changed and isinstance(page, Article) and result.capture:
            old = self._archive.record(entry.target)
            self._files.want(Edition(result.target.url, old, page, result.capture, changed))

    def _finish(self, pending: PendingArticle, result: MadeResult | None = None) -> None:
        """All that could be had of an article's files is here: write the article, or what was made of it."""
        if self._ending and isinstance(pending, Completion):
            return  # what has come is kept; the next run writes it
        try:
            with self._boundary.item("article", name_of(pending), "write"):
                self._write(pending, result)
        except InternalError as error:
            with suppress(InternalError), self._boundary.item("article", name_of(pending), "fail"):
                self._writer.fail(pending, error)

    def _write(self, pending: PendingArticle, result: MadeResult | None) -> None:
        stored, media = self._files.of(pending)
        draft = None if result else draft_of(self._archive, pending, StoredFiles(stored, media))
        if draft and self._workers.make(draft):
            return
        if result:
            self._writer.write_made(result)
        else:
            self._writer.write(pending, stored, media, asked=self._files.were_asked(stored, media))
        self._files.release(pending)
        if isinstance(pending, New) and pending.article.mid:
            identity = (pending.article.biz, pending.article.mid, pending.article.idx)
            if others := self._named.get(identity, set()) - {pending.target.url}:
                self._workers.drop_pages(lambda target: target.url in others)
