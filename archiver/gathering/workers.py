"""The only threads: page workers, one engine each, and a pool that fetches pictures. They only return values."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from archiver.config import Config
from archiver.due.mirrors import Mirrors
from archiver.due.page_queue import PageQueue, Stopped
from archiver.due.plan import Target
from archiver.errors import (
    ArchiverError,
    FetchError,
    ImageError,
    NetworkError,
    NoAddressError,
    PageError,
    PlaceholderError,
    RunEndedError,
)
from archiver.fetch.engine import Engine, EngineFactory, Renderer
from archiver.fetch.http import HttpClient
from archiver.fetch.pace import Pacer, Turns
from archiver.fetch.retry import RetryPolicy
from archiver.gathering.albums import load_album
from archiver.gathering.backlog import MOST_FILES, MOST_PAGES, Backlog
from archiver.gathering.media import MediaResult, fetch_media
from archiver.gathering.page_queue import SharedPageQueue
from archiver.gathering.results import EndAsked, ImageResult, PageResult, Result
from archiver.media.imagefile import inspect_image
from archiver.models import Article, Capture, ImageRef, Refusal, Status, UrlKind
from archiver.models.media import MediaRef
from archiver.wechat import images, urls
from archiver.wechat.page import READY, migration_target, read_page

MAX_IMAGE_BYTES = 50_000_000
MAX_MOVES = 3  # accounts that moved more often send their readers in circles


def fetch_image(
    client: HttpClient, ref: ImageRef, variant: images.Variant, mirrors: Mirrors | None = None
) -> ImageResult:
    """Fetch and verify a picture, trying its URLs in order. Never raises an expected error: it returns it."""
    foreign = mirrors.referer(ref.url) if mirrors else None
    inlined = images.inlined_image(ref.url)
    if inlined is not None:
        try:
            return ImageResult(ref, inspect_image(inlined))
        except ImageError as error:
            return ImageResult(ref, error=error)
    failure: ArchiverError = NoAddressError()
    # Not every host that is mirrored speaks https.
    for url in dict.fromkeys((*images.requests_of_image(ref, variant), *([ref.url] if foreign else []))):
        try:
            answer = client.get(
                url, referer=foreign or images.REFERER, max_bytes=MAX_IMAGE_BYTES, accept="image/*,*/*;q=0.8"
            )
            file = inspect_image(answer.body)
        except (FetchError, ImageError) as error:
            failure = error
            continue
        if not images.looks_like_placeholder(ref, file):
            return ImageResult(ref, file)
        failure = PlaceholderError("WeChat's hot-link notice came instead of the image")
    return ImageResult(ref, error=failure)


def load_page(engine: Engine, turns: Turns, target: Target) -> PageResult:
    """Capture and read one page. A page without body gets one more load with its own scripts, where the engine can; the
    page of an account that has moved is followed to where its article is now.

    Never raises an expected error: it returns it.
    """
    try:
        if target.kind is UrlKind.ALBUM:
            album = load_album(engine, turns, target.request, target.known)
            return PageResult(target, page=album.refusal, album=album)
        return _load_article(engine, turns, target)
    except (FetchError, PageError) as error:
        return PageResult(target, error=error)


def _load_article(engine: Engine, turns: Turns, target: Target) -> PageResult:
    url, seen = target.request, {target.url}
    capture, page = _read(engine, turns, url)
    while isinstance(page, Refusal) and page.status is Status.FAILED and (moved := migration_target(capture.body)):
        if urls.canonical_url(moved) in seen or len(seen) > MAX_MOVES:
            break
        if not turns.pause():
            raise RunEndedError("the run ended before the account's page could be followed to its new place")
        seen.add(urls.canonical_url(moved))
        capture, page = _read(engine, turns, urls.request_url(moved))
    return PageResult(target, capture, page)


def _read(engine: Engine, turns: Turns, url: str) -> tuple[Capture, Article | Refusal]:
    capture = engine.capture(url)
    page = read_page(capture.body, capture.final_url)
    empty = page if isinstance(page, Refusal) and page.empty else None
    if empty and isinstance(engine, Renderer):
        if not turns.pause():
            raise RunEndedError(f"{empty.reason}, and the run ended before the page's own scripts could show one")
        rendered = engine.capture_rendered(url, READY)
        second = read_page(rendered.body, rendered.final_url)
        if isinstance(second, Article) or second.status is Status.WALL:
            return rendered, second
    if (empty or isinstance(page, Article)) and not _is_whole(capture):
        raise NetworkError(f"the page is cut off after {len(capture.body):,} bytes")
    # Only a page whose scripts have run, too, is known to hold nothing; until then it is asked for again.
    if empty and not isinstance(engine, Renderer):
        raise PageError(f"{empty.reason}; a browser may find one: archiver browser install")
    return capture, page


def _is_whole(capture: Capture) -> bool:
    """Whether a page ends as every page does: a proxy may pass on half of one as if it were the whole."""
    return b"</html" in capture.body[-4096:].lower()


class Workers:
    """Runs the threads. A context manager; at its end nothing runs any more, whatever happened.

    Results come through `results` in the caller's thread, in the order in which they arrive.
    """

    def __init__(
        self, config: Config, make_engine: EngineFactory, client: HttpClient, pacer: Pacer, retry_policy: RetryPolicy
    ) -> None:
        """`pacer` lets through who asks for a page, `client` asks for files, as `retry_policy` says."""
        jobs = config.fetch.jobs
        self._make_engine = make_engine
        self._client = client
        self._pacer = pacer
        self._jobs = jobs
        self._variant: images.Variant = config.images.variant
        self._max_media_bytes = round(config.media.max_mb * 1e6)
        self._retry_policy = retry_policy
        self._keep: set[str] | None = None  # at the end of a run: keys of the only files that are still wanted
        self._mirrors = Mirrors(config.images.mirror_hosts)
        self._queue = SharedPageQueue(PageQueue(()), self._emit)
        self._at_work = 0  # page workers that may still ask
        self._at_work_lock = threading.Lock()
        self._results: queue.SimpleQueue[Result | Future[None]] = queue.SimpleQueue()
        self._pages = ThreadPoolExecutor(jobs, thread_name_prefix="page")
        self._pool = ThreadPoolExecutor(config.fetch.image_jobs, thread_name_prefix="image")
        self._running = 0  # page workers at work and pictures on their way
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
    def down(self) -> Mapping[str, str]:
        """Hosts that were given up in this run, and why."""
        return self._retry_policy.down

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
        """Start fetching a picture."""
        self._submit(ref.key, lambda: fetch_image(self._client, ref, self._variant, self._mirrors))

    def fetch_media(self, ref: MediaRef) -> None:
        """Start fetching a sound or film."""
        self._submit(ref.key, lambda: fetch_media(self._client, ref, self._max_media_bytes))

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
                    result = load_page(engine, self._pacer, ask.target)
                    self._queue.answered(result)  # before anybody else has a turn
                    self._pacer.done()
                    if self._queue.stopped:
                        self._pacer.stop()
        finally:
            self._leave()

    def _leave(self) -> None:
        """The last page worker that goes gives out what nobody can clear any more."""
        with self._at_work_lock:
            self._at_work -= 1
            if not self._at_work:
                self._queue.end()
