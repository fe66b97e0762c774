"""Page captures with a headless Chromium."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import TracebackType
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    Playwright,
    Response,
    TimeoutError,  # noqa: A004  # Playwright's own, translated here
)

from archiver.dom import valid
from archiver.errors import ArchiverError, BrowserError, HttpStatusError, NetworkError, RedirectError
from archiver.fetch.chromium import (
    Chromium,
    first_line,
    introduce,
    launch,
    new_context,
    sender,
    start_playwright,
)
from archiver.fetch.failures import Obstacle, chromium_failure, unreachable
from archiver.fetch.hosts import HostRule, check_address, check_secure, check_url
from archiver.fetch.load_watcher import LoadWatcher
from archiver.fetch.looks import came_whole, snapshot
from archiver.fetch.request_filter import FENCE_SCRIPT, RequestFilter
from archiver.fetch.response_capture import Answer, ResponseCapture
from archiver.fetch.retry import RetryPolicy, parse_retry_after
from archiver.fetch.settings import MAX_PAGE_BYTES, MAX_REDIRECTS, NetworkSettings
from archiver.fetch.watching import watch, watch_scripts
from archiver.models import Capture

log = logging.getLogger(__name__)

PAGES_PER_CONTEXT = 50  # a reused page grows by some 15 MB a load
READY_SECONDS = 10  # a page whose scripts have not shown a body by then has none
LOOK_SECONDS = 30  # more than a look at a large page takes on a busy machine, unless its scripts let nobody look


class BrowserEngine:
    """One Chromium for one thread: pages are loaded one after the other in one context, which is renewed now and then.

    `page_host(host)` says where pages may come from, `script_host(host)` where their scripts may; nothing else is asked
    for. `retry_policy` says how often a load is tried (None: once). To be used as a context manager in the thread that
    calls it.
    """

    name = "browser"

    def __init__(
        self,
        chromium: Chromium,
        settings: NetworkSettings,
        page_host: HostRule,
        script_host: HostRule,
        retry_policy: RetryPolicy | None = None,
    ) -> None:
        self._chromium = chromium
        self._settings = settings
        self._page_host = page_host
        self._script_host = script_host
        self._retry_policy = retry_policy
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._page: Page | None = None
        self._response_capture: ResponseCapture | None = None
        self._loads = 0

    def __enter__(self) -> BrowserEngine:
        self._playwright = start_playwright()
        try:
            self._browser = self._launch(self._playwright)
        except ArchiverError:
            self._playwright.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._browser is not None:
            try:
                self._browser.close()
            except Error as close_error:
                log.debug("closing the browser: %s", first_line(close_error))
        if self._playwright is not None:
            self._playwright.stop()

    def capture(self, url: str) -> Capture:
        """Load `url` and return the bytes of the main response; the page's scripts do not run.

        Raises BrowserError (died, timed out, no answer), HttpStatusError, TooLargeError, HostRefusedError.
        """
        return self._guard(url, self._capture_response)

    def capture_rendered(self, url: str, ready: str) -> Capture:
        """Load `url` with its own scripts and return the DOM once the element that the CSS selector `ready` names holds
        something (or as it is when the time is over). Raises as `capture` does."""
        return self._guard(url, lambda page_url: self._capture_dom(page_url, ready))

    def _guard(self, url: str, load: Callable[[str], Capture]) -> Capture:
        """Load, again where that may help; errors of Playwright are translated, a browser that died is replaced."""
        host = check_url(url, self._page_host)
        proxy = self._settings.routes.to(url)
        if proxy is None or not proxy.resolves_names:
            check_address(host)
        if self._retry_policy is None:
            return self._try(url, load)
        return self._retry_policy.ask(host, lambda: self._try(url, load))

    def _try(self, url: str, load: Callable[[str], Capture]) -> Capture:
        with ExitStack() as on_failure:
            on_failure.callback(self._drop_page)
            try:
                capture = load(url)
            except Error as error:
                raise BrowserError(f"the page did not load: {first_line(error)}") from error
            on_failure.pop_all()
        return capture

    def _capture_response(self, url: str) -> Capture:
        page, response_capture = self._reused_page()
        self._load(page, response_capture, url, _hops())
        if response_capture.answer is None and self._settings.is_answer(response_capture.redirect):
            return self._make(url, Answer(response_capture.redirect, 200, b"", ""), rendered=False)
        if response_capture.answer is None:
            raise BrowserError("the browser answered with no page")
        return self._make(url, response_capture.answer, rendered=False)

    def _capture_dom(self, url: str, ready: str) -> Capture:
        context = self._context(scripts=True)
        try:
            context.add_init_script(FENCE_SCRIPT)
            page = context.new_page()
            return self._make(url, self._show(page, self._start_filter(page), url, ready), rendered=True)
        finally:
            context.close()

    def _show(self, page: Page, request_filter: RequestFilter, url: str, ready: str) -> Answer:
        """The page as its scripts show it; where they show nothing and lead elsewhere, the one there."""
        hops = _hops()
        while response := self._load(page, request_filter, url, hops):
            check_url(response.url, self._page_host)
            dom = self._read_dom(page, request_filter, ready)
            if dom is not None:
                rest = response.headers.get("retry-after", "")
                return Answer(response.url, response.status, valid(dom).encode(), rest)
            request_filter.redirect = request_filter.leads_to
            if not self._follows(response.url, request_filter.redirect):
                break
            url = request_filter.redirect
        if self._settings.is_answer(request_filter.redirect):
            return Answer(request_filter.redirect, 200, b"", "")
        raise BrowserError("the browser answered with no page")

    def _read_dom(self, page: Page, request_filter: RequestFilter, ready: str) -> str | None:
        """None: the page holds nothing, and leads elsewhere."""
        timeout = self._settings.timeout
        try:
            if not came_whole(page, timeout):
                if request_filter.leads_to:
                    return None
                raise request_filter.turned_away or BrowserError("the page's own scripts stopped it before its end")
        except TimeoutError:
            raise NetworkError(f"the page did not come to its end within {timeout:g} s") from None
        try:
            return snapshot(page, ready, min(timeout, READY_SECONDS))
        except TimeoutError:
            log.debug("%s: not ready in time", page.url)
        if request_filter.leads_to:
            return None
        if request_filter.lost:
            raise NetworkError(f"a script of the page is missing: {request_filter.lost}")
        try:
            return snapshot(page, ":root", LOOK_SECONDS)
        except TimeoutError:
            raise BrowserError("the page's own scripts do not come to an end") from None

    def _load(self, page: Page, watcher: LoadWatcher, url: str, hops: Iterator[int]) -> Response | None:
        """Load `url`, and where it is redirected to: each hop is a load of its own, since it may have to wait for its
        turn longer than a page may take."""
        for _ in hops:
            watcher.clear()
            try:
                return page.goto(url, wait_until="commit")
            except Error as error:
                if watcher.failure is not None:
                    raise watcher.failure from None
                if not watcher.redirect:
                    raise self._failure(error, url, sent=watcher.sent) from error
            if not self._follows(url, watcher.redirect):
                return None
            url = watcher.redirect
        raise RedirectError(f"more than {MAX_REDIRECTS} redirects, the last one to {url}")

    def _follows(self, url: str, target: str) -> bool:
        """Wait until a redirect may be followed. False: where it leads says all."""
        if self._settings.is_answer(target):
            return False
        check_secure(url, target)
        if self._retry_policy:
            self._retry_policy.hop()
        return True

    def _failure(self, error: Error, url: str, *, sent: bool) -> ArchiverError:
        """Our own error for a load that failed; see `failures`."""
        host, proxy = urlsplit(url).hostname or "", self._settings.routes.to(url)
        if not isinstance(error, TimeoutError):
            return chromium_failure(first_line(error), host, proxy, sent=sent)
        if sent:
            return NetworkError(f"no answer within {self._settings.timeout:g} s")
        return unreachable(Obstacle.TIMEOUT, host, proxy)

    def _start_filter(self, page: Page) -> RequestFilter:
        session = introduce(page, self._settings)
        request_filter = RequestFilter(sender(session), self._page_host, self._script_host, MAX_PAGE_BYTES)
        watch_scripts(page, session, request_filter)
        return request_filter

    def _make(self, url: str, answer: Answer, *, rendered: bool) -> Capture:
        if answer.status == 407 and (proxy := self._settings.routes.to(url)):
            raise unreachable(Obstacle.PROXY_LOGIN, urlsplit(url).hostname or "", proxy)
        if answer.status >= 400:
            rest = parse_retry_after(answer.retry_after)
            raise HttpStatusError(f"the server answered HTTP {answer.status}", answer.status, rest)
        return Capture(
            url=url,
            final_url=answer.url,
            http_status=answer.status,
            body=answer.body,
            captured_at=self._settings.now().replace(microsecond=0),
            engine=self.name,
            rendered=rendered,
        )

    def _reused_page(self) -> tuple[Page, ResponseCapture]:
        if self._page is not None and (self._loads >= PAGES_PER_CONTEXT or self._page.is_closed()):
            self._drop_page()
        if self._page is None or self._response_capture is None:
            self._page = self._context(scripts=False).new_page()
            session = introduce(self._page, self._settings)
            self._response_capture = ResponseCapture(sender(session), self._page_host, MAX_PAGE_BYTES)
            watch(session, self._response_capture)
            self._loads = 0
        self._loads += 1
        return self._page, self._response_capture

    def _drop_page(self) -> None:
        """Forget the page and its context; a browser that died is started again by the next load."""
        page, self._page = self._page, None
        if page is None:
            return
        try:
            page.context.close()
        except Error as error:
            log.debug("closing a context: %s", first_line(error))

    def _context(self, *, scripts: bool) -> BrowserContext:
        if self._playwright is None:
            raise RuntimeError("use BrowserEngine as a context manager")
        if self._browser is None or not self._browser.is_connected():
            self._browser = self._launch(self._playwright)
        context = new_context(self._browser, self._settings, java_script_enabled=scripts, service_workers="block")
        context.set_default_timeout(self._settings.timeout * 1000)
        return context

    def _launch(self, playwright: Playwright) -> Browser:
        return launch(playwright, self._chromium, self._settings)


def _hops() -> Iterator[int]:
    """The loads that one page may take."""
    return iter(range(MAX_REDIRECTS + 1))
