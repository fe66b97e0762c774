"""Mend with the network's help: images and pages are asked for again, and taken only if they prove themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from archiver.due.page_queue import PageQueue
from archiver.due.plan import Target
from archiver.errors import DiskFullError
from archiver.fixity.mend.albums import mend_album
from archiver.fixity.mend.blobs import LostBlobs
from archiver.fixity.mend.log import Bench, Halt, Left, Obstacle
from archiver.fixity.mend.pages import Visit, write_again
from archiver.gathering.making import MadeResult
from archiver.gathering.recheck import known_good
from archiver.gathering.results import EndAsked, PageResult
from archiver.gathering.workers import Workers
from archiver.models import Article, Refusal, UrlKind
from archiver.models.media import MediaKind, MediaRef, MediaSource
from archiver.wechat import urls


@dataclass(slots=True)
class Wanted:
    """What only the network can mend: images, videos and audio by path; article folders, and lists of albums by path,
    each with a URL to ask for. `intact` are those of the folders that are only written again without a lost file."""

    blobs: set[str] = field(default_factory=set)
    folders: dict[str, str] = field(default_factory=dict)
    albums: dict[str, str] = field(default_factory=dict)
    intact: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.blobs or self.folders or self.albums)


@dataclass(frozen=True, slots=True)
class Limits:
    """How far to go: `check_room()` raises DiskFullError when it is time to end; `articles`: most of them whose pages
    are asked for (0: all)."""

    check_room: Callable[[], None] = lambda: None
    articles: int = 0


class Refetch:
    """Asks for what is wanted, puts it into the archive, and enters in the log what was mended and what was not."""

    def __init__(self, bench: Bench, workers: Workers, blobs: LostBlobs, limits: Limits) -> None:
        self._bench = bench
        self._archive = bench.archive
        self._log = bench.log
        self._workers = workers
        self._blobs = blobs
        self._limits = limits
        self._videos: dict[str, set[str]] = defaultdict(set)  # folder -> keys of videos: only its page knows where

    def run(self, wanted: Wanted) -> None:
        """Ask for everything. A wall, a full disk or the wish to end ends it: what is left stays as it is.

        What the disk refuses of one file is entered, and the next one has its turn. Raises StoreError for the archive
        as a whole, BrowserMissingError.
        """
        pages = self._load(wanted)
        for path in sorted(wanted.blobs):
            with self._log.refusals(path):
                self._blobs.mend(path)
        for result in pages:
            with self._log.refusals(result.target.where):
                self._mend_page(result, wanted)
        self._blobs.settle()
        come = {result.target.where for result in pages}
        for where in sorted((wanted.folders | wanted.albums).keys() - wanted.intact - come):
            self._log.add(Left(where, Obstacle.PAGE_NOT_ASKED))
        if self._workers.walled:
            self._log.halt(Halt.WALL)

    def _load(self, wanted: Wanted) -> list[PageResult]:
        for path in sorted(wanted.blobs):
            self._ask_for(path)
        visits = {folder: self._archive.record(folder).url for folder in self._videos} | wanted.folders
        articles = list(visits.items())[: self._limits.articles or None]
        asked = [(UrlKind.ARTICLE, at, url) for at, url in articles]
        asked += [(UrlKind.ALBUM, at, url) for at, url in wanted.albums.items()]
        targets = [Target(kind, urls.canonical_url(url), url, at) for kind, at, url in asked]
        self._workers.load(PageQueue(targets, known_good=known_good(self._archive)))
        pages: list[PageResult] = []
        while (result := self._workers.next_result()) is not None:
            if isinstance(result, PageResult):
                if result.target in targets:  # else only asked for to see whether WeChat answers
                    pages.append(result)
                    self._on_page(result)
            elif isinstance(result, EndAsked):
                self._workers.wind_down(())
            elif isinstance(result, MadeResult):
                pass  # comes only to who has articles made
            elif result.file:
                self._blobs.arrived[result.ref.key] = result.file
            elif result.error:
                self._blobs.errors[result.ref.key] = result.error
            self._mind_the_disk()
        return pages

    def _ask_for(self, path: str) -> None:
        """Start fetching a file, or note down the page that knows where it is."""
        for ref in {ref.key: ref for ref in self._blobs.refs(path)}.values():
            self._workers.fetch(ref)
        for record, item in self._blobs.played(path):
            if item.kind is MediaKind.VIDEO:
                self._videos[record.folder].add(item.key)
            else:
                self._workers.fetch_media(MediaRef(item.kind, item.key, "", (MediaSource(item.url),)))

    def _on_page(self, result: PageResult) -> None:
        """Ask for the files that a page shows and the archive lacks."""
        videos = self._videos.pop(result.target.where, set())
        page = result.page
        if isinstance(page, Article):
            for ref in page.media:
                if ref.key in videos:
                    videos.discard(ref.key)
                    self._workers.fetch_media(ref)
            for image in page.images:
                if self._archive.image(image.key) is None and image.key not in self._blobs.arrived:
                    self._workers.fetch(image)
        if isinstance(page, Article) or (isinstance(page, Refusal) and page.status.is_withdrawn):
            self._blobs.gone |= videos

    def _mind_the_disk(self) -> None:
        try:
            self._limits.check_room()
        except DiskFullError as error:
            self._log.halt(Halt.DISK_FULL, str(error))
            self._workers.wind_down(())

    def _mend_page(self, result: PageResult, wanted: Wanted) -> None:
        """Write the article or album again whose page came, or enter what came instead."""
        where, page, capture = result.target.where, result.page, result.capture
        if where not in wanted.folders and where not in wanted.albums:
            return  # it was asked for a video's address
        if where in wanted.intact and not self._blobs.wait_for(where):
            return  # its files have come, or may come another day
        if isinstance(page, Article) and capture:
            stored = [self._blobs.stored(ref) for ref in page.images]
            self._log.add(write_again(self._bench, Visit(where, wanted.folders[where], page, capture), stored))
        elif result.album and result.album.album:
            self._log.add(mend_album(self._bench, result.target, result.album))
        else:
            why = page.reason if isinstance(page, Refusal) else str(result.error)
            self._log.add(Left(where, Obstacle.PAGE_REFUSED, error=why))
