"""The only threads: page workers, one engine each, and a pool that fetches images. They only return values."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from math import inf
from types import TracebackType

from archiver.archive.boundary import Boundary
from archiver.config import Config
from archiver.due.mirrors import Mirrors
from archiver.due.page_queue import PageQueue
from archiver.due.plan import Target
from archiver.errors import InternalError
from archiver.fetch.breaker import Breaker, HostStates, hosts_of
from archiver.fetch.http import HttpClient
from archiver.fetch.retry import RetryPolicy
from archiver.gathering.backlog import MOST_FILES, MOST_PAGES, Backlog
from archiver.gathering.egress import Egress, PageWorkers
from archiver.gathering.heap import share_heap
from archiver.gathering.image import fetch_image
from archiver.gathering.making import MadeResult, NewDraft
from archiver.gathering.media import MediaResult, fetch_media
from archiver.gathering.page_queue import SharedPageQueue
from archiver.gathering.page_reading import FEW, PageProcesses, ReadPage, processors, read_here
from archiver.gathering.results import EndAsked, ImageResult, PageResult, Result
from archiver.models import ImageRef
from archiver.models.media import MediaRef
from archiver.wechat import images


@dataclass(frozen=True, slots=True)
class Transport:
    """What the workers ask through: egresses for pages, a client for files."""

    egresses: Sequence[Egress]
    client: HttpClient
    retry_policy: RetryPolicy  # of files
    breaker: Breaker  # what is known of their hosts


class Workers:
    """Runs the threads. A context manager; at its end nothing runs any more, whatever happened.

    Results come through `results` in the caller's thread, in the order in which they arrive. `egresses` tell what
    became of the pages.
    """

    def __init__(self, config: Config, transport: Transport, boundary: Boundary) -> None:
        share_heap()
        jobs = self._jobs = sum(len(egress.engines) for egress in transport.egresses)
        self._mode = config.archive.capture
        self._at_end = ExitStack()
        self._client = transport.client
        self._retry_policy = transport.retry_policy
        breakers = (transport.breaker, *(egress.breaker for egress in transport.egresses))
        self._breakers = list({id(breaker): breaker for breaker in breakers}.values())
        self._boundary = boundary
        self._variant: images.Variant = config.images.variant
        self._max_media_bytes = round(config.media.max_mb * 1e6)
        self._mirrors = Mirrors(config.images.mirror_hosts)
        self._keep: set[str] | None = None  # at the end of a run: keys of the only files that are still wanted
        self._sharing: SharedPageQueue | None = None
        self._results: queue.SimpleQueue[Result | Future[None]] = queue.SimpleQueue()
        self._pages = ThreadPoolExecutor(jobs, thread_name_prefix="page")
        self._pool = ThreadPoolExecutor(config.fetch.image_jobs, thread_name_prefix="image")
        self._running = 0  # page workers at work and images on their way
        self._backlog = Backlog(MOST_FILES, MOST_PAGES * jobs)
        self.egresses = [PageWorkers(e, boundary, self._backlog, self._stop_pages) for e in transport.egresses]
        self._processes: PageProcesses | None = None
        self._in_hand = False  # whether the result that was given last is a page, or an article

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_pages()
        self._retry_policy.stop()
        self._backlog.end()
        self._pool.shutdown(cancel_futures=True)
        self._pages.shutdown(cancel_futures=True)
        self._at_end.close()

    @property
    def page_requests(self) -> int:
        """How many page requests were made."""
        return sum(egress.requests for egress in self.egresses)

    @property
    def walled(self) -> bool:
        """Whether WeChat asks for verification, through every egress."""
        return all(egress.walled for egress in self.egresses)

    @property
    def hosts(self) -> HostStates:
        """What is known of the hosts in this run."""
        return hosts_of(self._breakers)

    def ask_to_end(self) -> None:
        """Wake whoever waits for a result, who then gets EndAsked. May be called in a signal handler."""
        self._results.put(EndAsked())

    def wind_down(self, keep: Iterable[str]) -> None:
        """Load no further page, and fetch no files but those of the keys `keep` and those asked for from now on."""
        self._keep = set(keep)
        self._stop_pages()

    def load(self, queue: PageQueue) -> None:
        """Start loading pages. To be called once."""
        for number, egress in enumerate(self.egresses):
            self._sharing = egress.share(queue.beside() if number else queue, self._emit, self._sharing)
        read = self._reading(len(queue))
        for egress in self.egresses:
            for work in egress.workers(len(queue), read):
                self._start(self._pages.submit(work))

    def _reading(self, pages: int) -> ReadPage:
        """How the page workers read: at the usual pace, one process does all with time to spare."""
        a_second = sum(1 / egress.interval if egress.interval else inf for egress in self.egresses)
        most = processors()
        if pages <= FEW or a_second <= 1 or most < 2:
            return read_here
        self._processes = processes = PageProcesses(min(self._jobs, most), self._mode)
        self._makers = ThreadPoolExecutor(min(self._jobs, most), thread_name_prefix="make")
        self._at_end.callback(processes.close)
        self._at_end.callback(self._makers.shutdown, cancel_futures=True)
        return processes

    def make(self, draft: NewDraft) -> bool:
        """Start making the files of an article in another process. False: there is none that reads pages."""
        processes = self._processes
        if processes is None:
            return False
        self._backlog.add_page()
        self._start(self._makers.submit(lambda: self._results.put(MadeResult(draft, processes.make(draft.draft)))))
        return True

    def drop_pages(self, is_had: Callable[[Target], bool]) -> None:
        """Do not load pages of what has come by another link meanwhile."""
        if self._sharing:
            self._sharing.drop(is_had)

    def fetch(self, ref: ImageRef) -> None:
        """Start fetching an image."""

        def fetch() -> ImageResult:
            try:
                with self._boundary.item("image", ref.key, "fetch"):
                    return fetch_image(self._client, ref, self._variant, self._mirrors)
            except InternalError as error:
                return ImageResult(ref, error=error)

        self._submit(ref.key, fetch)

    def fetch_media(self, ref: MediaRef) -> None:
        """Start fetching an audio or video file."""

        def fetch() -> MediaResult:
            try:
                with self._boundary.item("media", ref.key, "fetch"):
                    return fetch_media(self._client, ref, self._max_media_bytes)
            except InternalError as error:
                return MediaResult(ref, error=error)

        self._submit(ref.key, fetch)

    def _submit(self, key: str, fetch: Callable[[], ImageResult | MediaResult]) -> None:
        if self._keep is not None:
            self._keep.add(key)

        def work() -> None:
            with self._backlog.file():
                if self._keep is None or key in self._keep:
                    self._results.put(fetch())

        self._backlog.add_file()
        self._start(self._pool.submit(work))

    def next_result(self) -> Result | None:
        """Wait for the next result; None when nothing is under way. Raises what a worker did not expect, or
        BrowserMissingError where no engine could be started."""
        if self._in_hand:  # who comes back for the next result has dealt with the last one
            self._backlog.page_done()
            self._in_hand = False
        while self._running or not self._results.empty():
            result = self._results.get()
            if not isinstance(result, Future):
                self._in_hand = isinstance(result, PageResult | MadeResult)
                return result
            self._running -= 1
            result.result()
        return None

    def _stop_pages(self) -> None:
        for egress in self.egresses:
            egress.stop()

    def _start(self, future: Future[None]) -> None:
        self._running += 1
        future.add_done_callback(self._results.put)

    def _emit(self, result: PageResult) -> None:
        self._backlog.add_page()
        self._results.put(result)
