"""Page captures with a headless Chromium. The only importer of Playwright."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    Playwright,
    Response,
    Route,
    TimeoutError,  # noqa: A004  # Playwright's own, translated here
    sync_playwright,
)

from archiver.errors import BrowserError, BrowserMissingError, HostRefusedError, HttpStatusError, TooLargeError
from archiver.fetch.settings import NetworkSettings
from archiver.models import Capture

log = logging.getLogger(__name__)

# Keeps Chromium from talking to anyone but the pages it is sent to.
ARGUMENTS = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--deny-permission-prompts",
)
# Never needed for the text. Blocked inside the renderer, which costs no round trip, unlike the gate below.
BLOCKED = [
    f"*{pattern}*"
    for pattern in (
        "://res.wx.qq.com/",
        "://mmbiz.qpic.cn/",
        "://mmbiz.qlogo.cn/",
        "://wx.qlogo.cn/",
        "://mpvideo.qpic.cn/",
        "://v.qq.com/",
        "://badjs.weixinbridge.com/",
        "/mp/jsmonitor",
        "/mp/getappmsgext",
    )
]
PAGES_PER_CONTEXT = 50  # a reused page grows by some 15 MB a load
MAX_PAGE_BYTES = 32_000_000  # the largest real page seen has 3.9 MB


class BrowserEngine:
    """One Chromium for one thread: pages are loaded one after the other in one context, which is renewed now and then.

    `page_host(host)` says where pages and scripts may come from; nothing else is asked for. Use as a context manager in
    the thread that calls it.
    """

    name = "browser"

    def __init__(self, executable: Path, settings: NetworkSettings, page_host: Callable[[str], bool]) -> None:
        self._executable = executable
        self._settings = settings
        self._page_host = page_host
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._page: Page | None = None
        self._loads = 0

    def __enter__(self) -> BrowserEngine:
        self._playwright = sync_playwright().start()
        try:
            self._browser = self._launch(self._playwright)
        except Error as error:
            self._playwright.stop()
            raise BrowserMissingError(
                f"{self._executable} does not start: {_first_line(error)}. Try another with [browser] path"
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._browser is not None:
            try:
                self._browser.close()
            except Error as closing:
                log.debug("closing the browser: %s", _first_line(closing))
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
        """Run a load with Playwright's errors translated and a browser that died replaced for the next one."""
        self._check_host(url)
        try:
            return load(url)
        except TimeoutError as error:
            self._drop_page()
            raise BrowserError(f"no answer within {self._settings.timeout:g} s") from error
        except Error as error:
            self._drop_page()
            raise BrowserError(f"the page did not load: {_first_line(error)}") from error

    def _capture_response(self, url: str) -> Capture:
        response = self._go(self._reused_page(), url)
        return self._make(url, response, response.body(), rendered=False)

    def _capture_dom(self, url: str, ready: str) -> Capture:
        context = self._context(scripts=True)
        try:
            page = context.new_page()
            response = self._go(page, url)
            try:
                page.wait_for_function(ready, timeout=self._settings.timeout * 1000)
            except TimeoutError:
                log.debug("%s: not ready in time, taken as it is", url)
            return self._make(url, response, page.content().encode(), rendered=True)
        finally:
            context.close()

    def _go(self, page: Page, url: str) -> Response:
        response = page.goto(url, wait_until="domcontentloaded", referer="https://mp.weixin.qq.com/")
        if response is None:
            raise BrowserError("the browser answered with no page")
        self._check_host(response.url)
        if response.status >= 400:
            raise HttpStatusError(f"the server answered HTTP {response.status}", response.status)
        return response

    def _make(self, url: str, response: Response, body: bytes, *, rendered: bool) -> Capture:
        if len(body) > MAX_PAGE_BYTES:
            raise TooLargeError(f"the page is larger than {MAX_PAGE_BYTES / 1e6:g} MB")
        return Capture(
            url=url,
            final_url=response.url,
            http_status=response.status,
            body=body,
            captured_at=datetime.now(UTC).replace(microsecond=0),
            engine=self.name,
            rendered=rendered,
        )

    def _check_host(self, url: str) -> None:
        host = urlsplit(url).hostname or ""
        if not self._page_host(host):
            raise HostRefusedError(f"{host or url} is not among the hosts that may be asked")

    def _reused_page(self) -> Page:
        if self._page is not None and (self._loads >= PAGES_PER_CONTEXT or self._page.is_closed()):
            self._drop_page()
        if self._page is None:
            self._page = self._context(scripts=False).new_page()
            session = self._page.context.new_cdp_session(self._page)
            session.send("Network.enable")
            session.send("Network.setBlockedURLs", {"urls": BLOCKED})
            self._loads = 0
        self._loads += 1
        return self._page

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
        context.route("**/*", lambda route: self._gate(route, scripts=scripts))
        return context

    def _gate(self, route: Route, *, scripts: bool) -> None:
        """Let through the page itself, and where scripts run, what they need of the page's hosts."""
        request = route.request
        wanted = {"document", "script", "xhr", "fetch"} if scripts else {"document"}
        top = request.resource_type != "document" or request.frame.parent_frame is None
        if request.resource_type in wanted and top and self._page_host(urlsplit(request.url).hostname or ""):
            route.continue_()
        else:
            route.abort("blockedbyclient")

    def _launch(self, playwright: Playwright) -> Browser:
        options: dict[str, Any] = {
            "executable_path": str(self._executable),
            "args": [*ARGUMENTS, *self._certificate_argument()],
            "proxy": self._settings.browser_proxy(),
            "timeout": 30_000,
        }
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            log.info("running as root: Chromium cannot use its sandbox")
            return playwright.chromium.launch(**options, chromium_sandbox=False)
        try:
            return playwright.chromium.launch(**options, chromium_sandbox=True)
        except Error as error:
            if "sandbox" not in str(error).lower():
                raise
            # Ubuntu 24.04 and many containers forbid the user namespaces that the sandbox is made of.
            log.warning("Chromium's sandbox cannot start on this system; going on without it")
            return playwright.chromium.launch(**options, chromium_sandbox=False)

    def _certificate_argument(self) -> list[str]:
        hashes = self._settings.spki_hashes
        return [f"--ignore-certificate-errors-spki-list={','.join(hashes)}"] if hashes else []


def _first_line(error: Error) -> str:
    return next(iter(error.message.strip().splitlines()), "")[:200]
