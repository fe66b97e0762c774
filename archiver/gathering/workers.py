"""The only threads: page workers, one engine each, and a pool that fetches images. They only return values."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

from archiver.archive.boundary import Boundary
from archiver.config import Config
from archiver.due.mirrors import Mirrors
from archiver.due.page_queue import PageQueue, Stopped
from archiver.due.plan import Target
from archiver.errors import InternalError
from archiver.fetch.breaker import Breaker
from archiver.fetch.engine import Engine, EngineFactory
from archiver.fetch.http import HttpClient
from archiver.fetch.pace import Pacer
from archiver.fetch.retry import RetryPolicy
from archiver.gathering.backlog import MOST_FILES, MOST_PAGES, Backlog
from archiver.gathering.image import fetch_image
from archiver.gathering.load import load_page
from archiver.gathering.media import MediaResult, fetch_media
from archiver.gathering.page_queue import SharedPageQueue
from archiver.gathering.results import EndAsked, ImageResult, PageResult, Result
from archiver.models import ImageRef, UrlKind
from archiver.models.media import MediaRef
from archiver.wechat import images


@dataclass(frozen=True, slots=True)
class Transport:
    """What the workers ask through: an engine each for pages, a client for files."""

    make_engine: EngineFactory
    client: HttpClient
    pacer: Pacer  # lets through who asks for a page
    retry_policy: RetryPolicy  # of files
    breaker: Breaker  # what is known of the hosts


class Workers:
    """Runs the threads. A context manager; at its end nothing runs any more, whatever happened.

    Results come through `results` in the caller's thread, in the order in which they arrive.
    """

    def __init__(self, config: Config, transport: Transport, boundary: Boundary) -> None:
        jobs = config.fetch.jobs
        self._make_engine = transport.make_engine
        self._client = transport.client
        self._pacer = transport.pacer
        self._retry_policy = transport.retry_policy
        self._breaker = transport.breaker
        self._boundary = boundary
        self._jobs = jobs
        self._variant: images.Variant = config.images.variant
        self._max_media_bytes = round(config.media.max_mb * 1e6)
        self._mirrors = Mirrors(config.images.mirror_hosts)
        self._keep: set[str] | None = None  # at the end of a run: keys of the only files that are still wanted
        self._queue = SharedPageQueue(PageQueue(()), self._emit)
        self._at_work = 0  # page workers that may still ask
        self._at_work_lock = threading.Lock()
        self._results: queue.SimpleQueue[Result | Future[None]] = queue.SimpleQueue()
        self._pages = ThreadPoolExecutor(jobs, thread_name_prefix="page")
        self._pool = ThreadPoolExecutor(config.fetch.image_jobs, thread_name_prefix="image")
        self._running = 0  # page workers at work and images on their way
        self._backlog = Backlog(MOST_FILES, MOST_PAGES * jobs)
        self._in_hand = False  # whether the result that was given last is a page

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pacer.stop()
        self._retry_policy.stop()
        self._backlog.end()
        self._pool.shutdown(cancel_futures=True)
        self._pages.shutdown(cancel_futures=True)

    @property
    def page_requests(self) -> int:
        """How many page requests were made."""
        return self._pacer.taken

    @property
    def requests_up_to_wall(self) -> int:
        """How many were made until WeChat asked for verification, the one at the wall included."""
        return self._pacer.taken - self._queue.walled_probes

    @property
    def walled(self) -> bool:
        """Whether WeChat asks this machine's address for verification."""
        return self.stopped is Stopped.ADDRESS

    @property
    def stopped(self) -> Stopped | None:
        """Why pages were asked for no more before all were."""
        return self._queue.stopped

    @property
    def breaker(self) -> Breaker:
        """What is known of the hosts in this run."""
        return self._breaker

    def ask_to_end(self) -> None:
        """Wake whoever waits for a result, who then gets EndAsked. May be called in a signal handler."""
        self._results.put(EndAsked())

    def wind_down(self, keep: Iterable[str]) -> None:
        """Load no further page, and fetch no files but those of the keys `keep` and those asked for from now on."""
        self._keep = set(keep)
        self._pacer.stop()

    def load(self, queue: PageQueue) -> None:
        """Start loading pages. To be called once."""
        self._queue = SharedPageQueue(queue, self._emit, serial=self._pacer.interval > 0)
        self._at_work = min(self._jobs, len(queue))
        for _ in range(self._at_work):
            self._start(self._pages.submit(self._work))

    def drop_pages(self, is_had: Callable[[Target], bool]) -> None:
        """Do not load pages of what has come by another link meanwhile."""
        self._queue.drop(is_had)

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
                self._in_hand = isinstance(result, PageResult)
                return result
            self._running -= 1
            result.result()
        return None

    def _start(self, future: Future[None]) -> None:
        self._running += 1
        future.add_done_callback(self._results.put)

    def _emit(self, result: PageResult) -> None:
        self._backlog.add_page()
        self._results.put(result)

    def _work(self) -> None:
        """One page worker: its own engine, one page after the other until none is left or the pacer stops."""
        try:
            with self._make_engine() as engine:
                while self._backlog.wait() and (ask := self._queue.take()):
                    if not self._pacer.pause(ask.rest and ask.rest + self._pacer.interval):
                        self._queue.give_back(ask)
                        return
                    if not self._queue.may_ask(ask):
                        self._pacer.give_back()
                        continue
                    result = self._load(engine, ask.target)
                    self._queue.answered(result)  # before anybody else has a turn
                    self._pacer.done()
                    if self._queue.stopped:
                        self._pacer.stop()
        finally:
            self._leave()

    def _load(self, engine: Engine, target: Target) -> PageResult:
        kind: Literal["album", "page"] = "album" if target.kind is UrlKind.ALBUM else "page"
        try:
            with self._boundary.item(kind, target.url, "load"):
                return load_page(engine, self._pacer, target)
        except InternalError as error:
            if self._boundary.halted(kind):
                self._pacer.stop()  # here, so that no other worker asks before the caller hears of it
            return PageResult(target, error=error)

    def _leave(self) -> None:
        """The last page worker that goes gives out what nobody can clear any more."""
        with self._at_work_lock:
            self._at_work -= 1
            if not self._at_work:
                self._queue.end()
