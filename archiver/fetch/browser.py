"""Page captures with a headless Chromium. The only importer of Playwright."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Error,
    Page,
    Playwright,
    Response,
    TimeoutError,  # noqa: A004  # Playwright's own, translated here
    sync_playwright,
)

from archiver.dom import valid
from archiver.errors import BrowserError, BrowserMissingError, HttpStatusError, RedirectError
from archiver.fetch.hosts import HostRule, check_address, check_url
from archiver.fetch.request_filter import RequestFilter
from archiver.fetch.response_capture import Answer, ResponseCapture, Send
from archiver.fetch.retry import RetryPolicy, parse_retry_after
from archiver.fetch.settings import MAX_PAGE_BYTES, MAX_REDIRECTS, NetworkSettings
from archiver.models import Capture

log = logging.getLogger(__name__)
_Until = Literal["commit", "domcontentloaded"]

# Keeps Chromium from talking to anyone but the pages it is sent to.
ARGUMENTS = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--deny-permission-prompts",
    "--dns-prefetch-disable",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
)
PAGES_PER_CONTEXT = 50  # a reused page grows by some 15 MB a load
READY_SECONDS = 10  # a page whose scripts have not shown a body by then has none
_NO_SANDBOX = (
    "its sandbox cannot start on this system. Ubuntu 24.04 and later: sudo sysctl -w "
    "kernel.apparmor_restrict_unprivileged_userns=0. In a container of your own: [browser] sandbox = false"
)


def can_have_sandbox() -> bool:
    """Whether Chromium's sandbox can be had at all: not by root, and then the log says so."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:
        log.warning("running as root: Chromium cannot use its sandbox; better run archiver as an ordinary user")
    return not root


def why_not_started(error: Error) -> str:
    """What to tell of a browser that does not start, and the cure where it is known."""
    return _NO_SANDBOX if "sandbox" in error.message.lower() else _first_line(error)


def add_cookies(context: BrowserContext, settings: NetworkSettings) -> None:
    """Give a context the cookies that were kept."""
    context.add_cookies(list(settings.cookies))  # type: ignore[arg-type]


class BrowserEngine:
    """One Chromium for one thread: pages are loaded one after the other in one context, which is renewed now and then.

    `page_host(host)` says where pages may come from, `script_host(host)` where their scripts may; nothing else is asked
    for. `patience` says how often a load is tried (None: once); `sandbox` is Chromium's own, which root never has.
    To be used as a context manager in the thread that calls it.
    """

    name = "browser"

    def __init__(
        self,
        executable: Path,
        settings: NetworkSettings,
        page_host: HostRule,
        script_host: HostRule,
        retry_policy: RetryPolicy | None = None,
        *,
        sandbox: bool = True,
    ) -> None:
        self._sandbox = sandbox
        self._executable = executable
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
        self._playwright = sync_playwright().start()
        try:
            self._browser = self._launch(self._playwright)
        except Error as error:
            self._playwright.stop()
            raise BrowserMissingError(
                f"{self._executable} does not start: {why_not_started(error)}. Or try another with [browser] path"
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._browser is not None:
            try:
                self._browser.close()
            except Error as close_error:
                log.debug("closing the browser: %s", _first_line(close_error))
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
        if self._settings.browser_proxy() is None:
            check_address(host)
        if self._retry_policy is None:
            return self._try(url, load)
        return self._retry_policy.ask(host, lambda: self._try(url, load))

    def _try(self, url: str, load: Callable[[str], Capture]) -> Capture:
        with ExitStack() as on_failure:
            on_failure.callback(self._drop_page)
            try:
                capture = load(url)
            except TimeoutError as error:
                raise BrowserError(f"no answer within {self._settings.timeout:g} s") from error
            except Error as error:
                raise BrowserError(f"the page did not load: {_first_line(error)}") from error
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
                page.wait_for_function(ready, timeout=min(self._settings.timeout, READY_SECONDS) * 1000)
            except TimeoutError:
                log.debug("%s: not ready in time, taken as it is", url)
            rest = response.headers.get("retry-after", "")
            answer = Answer(response.url, response.status, valid(page.content()).encode(), rest)
            return self._make(url, answer, rendered=True)
        finally:
            context.close()

    def _load(self, page: Page, watcher: ResponseCapture | RequestFilter, url: str, until: _Until) -> Response | None:
        """Load `url`, and where it is redirected to: each hop is a load of its own, since it may have to wait for its
        turn longer than a page may take."""
        for _ in range(MAX_REDIRECTS + 1):
            watcher.clear()
            try:
                return page.goto(url, wait_until=until)
            except Error:
                if watcher.failure is not None:
                    raise watcher.failure from None
                if not watcher.redirect:
                    raise
            url = watcher.redirect
            if self._settings.is_answer(url):
                return None
            if self._retry_policy:
                self._retry_policy.hop()
        raise RedirectError(f"more than {MAX_REDIRECTS} redirects, the last one to {url}")

    def _start_filter(self, page: Page) -> RequestFilter:
        session = page.context.new_cdp_session(page)
        request_filter = RequestFilter(_sender(session), self._page_host, self._script_host)
        session.on("Fetch.requestPaused", request_filter.on_paused)
        request_filter.start()
        return request_filter

    def _make(self, url: str, answer: Answer, *, rendered: bool) -> Capture:
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
            session = self._page.context.new_cdp_session(self._page)
            self._response_capture = ResponseCapture(_sender(session), self._page_host, MAX_PAGE_BYTES)
            session.on("Fetch.requestPaused", self._response_capture.on_paused)
            self._response_capture.start()
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
            log.debug("closing a context: %s", _first_line(error))

    def _context(self, *, scripts: bool) -> BrowserContext:
        if self._playwright is None:
            raise RuntimeError("use BrowserEngine as a context manager")
        if self._browser is None or not self._browser.is_connected():
            self._browser = self._launch(self._playwright)
        context = self._browser.new_context(
            java_script_enabled=scripts,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",  # pages compute the shown time from it
            user_agent=self._settings.user_agent,
            service_workers="block",
            accept_downloads=False,
        )
        context.set_default_timeout(self._settings.timeout * 1000)
        add_cookies(context, self._settings)
        return context

    def _launch(self, playwright: Playwright) -> Browser:
        options: dict[str, Any] = {
            "executable_path": str(self._executable),
            "args": [*ARGUMENTS, *self._certificate_argument()],
            "proxy": self._settings.browser_proxy(),
            "timeout": 30_000,
            # An interrupt is the program's business: it finishes the page in hand and closes the browser itself.
            "handle_sigint": False,
            "handle_sigterm": False,
            "handle_sighup": False,
        }
        return playwright.chromium.launch(**options, chromium_sandbox=can_have_sandbox() and self._sandbox)

    def _certificate_argument(self) -> list[str]:
        hashes = self._settings.spki_hashes
        return [f"--ignore-certificate-errors-spki-list={','.join(hashes)}"] if hashes else []


def _sender(session: CDPSession) -> Send:
    """Calls DevTools methods with Playwright's errors translated."""

    def send(method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = session.send(method, parameters)
        except Error as error:
            raise BrowserError(f"the page did not load: {_first_line(error)}") from error
        return answer

    return send


def _first_line(error: Error) -> str:
    return next(iter(error.message.strip().splitlines()), "")[:200]
