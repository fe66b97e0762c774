"""Mend with the network's help: pictures and pages are asked for again, and taken only if they prove themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from archiver.archive.archive import Archive
from archiver.archive.quarantine import Quarantine, telling
from archiver.due.page_queue import PageQueue
from archiver.due.plan import Target
from archiver.errors import DiskFullError
from archiver.fixity.mend.albums import mend_album
from archiver.fixity.mend.blobs import LostBlobs
from archiver.fixity.mend.pages import write_again
from archiver.gathering.recheck import known_good
from archiver.gathering.results import EndAsked, PageResult
from archiver.gathering.workers import Workers
from archiver.models import Article, ArticleRecord, Refusal, UrlKind
from archiver.models.media import MediaKind, MediaRef, MediaSource
from archiver.wechat import urls


@dataclass(slots=True)
class Wanted:
    """What only the network can mend: pictures, sounds and films by path; article folders, and lists of albums by path,
    each with a URL to ask for. `sound` are those of the folders that are only written again without a lost file."""

    blobs: set[str] = field(default_factory=set)
    folders: dict[str, str] = field(default_factory=dict)
    albums: dict[str, str] = field(default_factory=dict)
    intact: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.blobs or self.folders or self.albums)


class Refetch:
    """Asks for what is wanted and puts it into the archive; `done` are lines about what was mended, and what not."""

    def __init__(
        self,
        archive: Archive,
        workers: Workers,
        quarantine: Quarantine,
        in_notes: set[str],
        versions: Sequence[ArticleRecord] = (),
        check_room: Callable[[], None] = lambda: None,
        limit: int = 0,
    ) -> None:
        """`in_notes`: files that notes show; `check_room()` raises DiskFullError when it is time to end; `limit`: most
        articles whose pages are asked for (0: all)."""
        self._archive = archive
        self._workers = workers
        self._quarantine = quarantine
        self._check_room = check_room
        self._limit = limit
        self._videos: dict[str, set[str]] = defaultdict(set)  # folder -> keys of films: only its page knows where
        self.done: list[str] = []
        self._blobs = LostBlobs(archive, quarantine, in_notes, versions, self.done)

    def run(self, wanted: Wanted) -> None:
        """Ask for everything. A wall, a full disk or the wish to end ends it: what is left stays as it is.

        What the disk refuses of one file is told, and the next one has its turn. Raises StoreError for the archive as
        a whole, BrowserMissingError.
        """
        pages = self._load(wanted)
        for path in sorted(wanted.blobs):
            with telling(self.done, path):
                self._blobs.mend(path)
        for result in pages:
            with telling(self.done, result.target.where):
                self._mend_page(result, wanted)
        with telling(self.done, "pictures"):
            self._blobs.settle()
        come = {result.target.where for result in pages}
        for where in sorted((wanted.folders | wanted.albums).keys() - wanted.intact - come):
            self.done.append(f"{where}: stays as it is: its page was not asked for in this run")
        if self._workers.walled:
            self.done.append("WeChat asks for verification: what needs a page stays as it is. Try again tomorrow")

    def _load(self, wanted: Wanted) -> list[PageResult]:
        for path in sorted(wanted.blobs):
            self._ask_for(path)
        visits = {folder: self._archive.record(folder).url for folder in self._videos} | wanted.folders
        articles = list(visits.items())
        asked = [(UrlKind.ARTICLE, at, url) for at, url in (articles[: self._limit] if self._limit else articles)]
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
            self._check_room()
        except DiskFullError as error:
            if str(error) not in self.done:
                self.done.append(str(error))
            self._workers.wind_down(())

    def _mend_page(self, result: PageResult, wanted: Wanted) -> None:
        """Write the article or album again whose page came, or tell what came instead."""
        where, page, capture = result.target.where, result.page, result.capture
        if where not in wanted.folders and where not in wanted.albums:
            return  # it was asked for a film's address
        if where in wanted.intact and not self._blobs.wait_for(where):
            return  # its files have come, or may come another day
        if isinstance(page, Article) and capture:
            stored = [self._blobs.stored(ref) for ref in page.images]
            url = wanted.folders[where]
            line = write_again(self._archive, self._quarantine, where, url, page, capture, stored)
        elif result.album and result.album.album:
            line = mend_album(self._archive, self._quarantine, result.target, result.album)
        else:
            why = page.reason if isinstance(page, Refusal) else result.error
            line = f"{where}: stays as it is, since its page did not come: {why}"
        self.done.append(line)
