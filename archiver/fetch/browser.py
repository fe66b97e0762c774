"""Page captures with a headless Chromium. The only importer of Playwright."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Error,
    Page,
    Playwright,
    Request,
    Response,
    TimeoutError,  # noqa: A004  # Playwright's own, translated here
)

from archiver.dom import valid
from archiver.errors import ArchiverError, BrowserError, HttpStatusError, NetworkError, RedirectError
from archiver.fetch.chromium import Chromium, first_line, introduce, launch, new_context, sender, start_playwright
from archiver.fetch.failures import Obstacle, chromium_failure, unreachable
from archiver.fetch.hosts import HostRule, check_address, check_secure, check_url
from archiver.fetch.load_watcher import LoadWatcher
from archiver.fetch.request_filter import RequestFilter
from archiver.fetch.response_capture import Answer, ResponseCapture
from archiver.fetch.retry import RetryPolicy, parse_retry_after
from archiver.fetch.settings import MAX_PAGE_BYTES, MAX_REDIRECTS, NetworkSettings
from archiver.models import Capture

log = logging.getLogger(__name__)
_Until = Literal["commit", "domcontentloaded"]

PAGES_PER_CONTEXT = 50  # a reused page grows by some 15 MB a load
READY_SECONDS = 10  # a page whose scripts have not shown a body by then has none


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
        """Load `url` with its own scripts and return the DOM once the JavaScript expression `ready` holds (or as it is
        when the time is over). Raises as `capture` does."""
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
        self._load(page, response_capture, url, "commit")
        if response_capture.answer is None and self._settings.is_answer(response_capture.redirect):
            return self._make(url, Answer(response_capture.redirect, 200, b"", ""), rendered=False)
        if response_capture.answer is None:
            raise BrowserError("the browser answered with no page")
        return self._make(url, response_capture.answer, rendered=False)

    def _capture_dom(self, url: str, ready: str) -> Capture:
        context = self._context(scripts=True)
        try:
            page = context.new_page()
            page.route_web_socket("**/*", lambda socket: socket.close())
            request_filter = self._start_filter(page)
            response = self._load(page, request_filter, url, "domcontentloaded")
            if response is None and self._settings.is_answer(request_filter.redirect):
                return self._make(url, Answer(request_filter.redirect, 200, b"", ""), rendered=True)
            if response is None:
                raise BrowserError("the browser answered with no page")
            check_url(response.url, self._page_host)
            try:
                # A function: Playwright hands a bare expression to eval again for each look, which a page's
                # Content-Security-Policy may forbid (microsoft/playwright#7395).
                page.wait_for_function(f"() => ({ready})", timeout=min(self._settings.timeout, READY_SECONDS) * 1000)
            except TimeoutError:
                log.debug("%s: not ready in time, taken as it is", url)
                if request_filter.lost:
                    raise NetworkError(f"a script of the page is missing: {request_filter.lost}") from None
            rest = response.headers.get("retry-after", "")
            answer = Answer(response.url, response.status, valid(page.content()).encode(), rest)
            return self._make(url, answer, rendered=True)
        finally:
            context.close()

    def _load(self, page: Page, watcher: LoadWatcher, url: str, until: _Until) -> Response | None:
        """Load `url`, and where it is redirected to: each hop is a load of its own, since it may have to wait for its
        turn longer than a page may take."""
        for _ in range(MAX_REDIRECTS + 1):
            watcher.clear()
            try:
                return page.goto(url, wait_until=until)
            except Error as error:
                if watcher.failure is not None:
                    raise watcher.failure from None
                if not watcher.redirect:
                    raise self._failure(error, url, sent=watcher.sent) from error
            if self._settings.is_answer(watcher.redirect):
                return None
            check_secure(url, watcher.redirect)
            url = watcher.redirect
            if self._retry_policy:
                self._retry_policy.hop()
        raise RedirectError(f"more than {MAX_REDIRECTS} redirects, the last one to {url}")

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
        _watch(session, request_filter)
        session.on("Network.responseReceived", request_filter.on_answer)
        session.on("Network.dataReceived", request_filter.on_data)
        session.on("Network.loadingFinished", request_filter.on_finished)
        page.on("requestfailed", lambda request: _on_lost(request_filter, request))
        page.on("pageerror", lambda error: _on_page_error(request_filter, error))
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
            _watch(session, self._response_capture)
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


def _watch(session: CDPSession, watcher: ResponseCapture | RequestFilter) -> None:
    """Tell a watcher what happens to a page's requests."""
    session.on("Fetch.requestPaused", watcher.on_paused)
    session.on("Network.requestWillBeSentExtraInfo", watcher.on_sent)
    sender(session)("Network.enable", {})
    watcher.start()


def _on_lost(request_filter: RequestFilter, request: Request) -> None:
    """A request failed: it may have been a script that the page needs, unless it was turned away here. What is named is
    what the page asked for; where that leads elsewhere, it was the elsewhere that was turned away."""
    why, asked = (request.failure or "").removeprefix("net::"), request
    while asked.redirected_from:
        asked = asked.redirected_from
    ours = asked is request and why.startswith("ERR_BLOCKED_BY_CLIENT")  # Chromium adds who blocked: `.Inspector`
    if request.resource_type in ("script", "xhr", "fetch") and why != "ERR_ABORTED" and not ours:
        request_filter.on_script_lost(f"{asked.url[:200]} ({why})")


def _on_page_error(request_filter: RequestFilter, error: Error) -> None:
    """A script failed: one that cannot be read was cut off."""
    if error.name == "SyntaxError":
        request_filter.on_script_lost(first_line(error))
