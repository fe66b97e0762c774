"""Which way pages are captured: a browser, plain HTTP, or the one that can be had."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from archiver.config import Config
from archiver.errors import BrowserMissingError, WorkerLostError
from archiver.fetch.body import check_whole
from archiver.fetch.find_browser import find_browser
from archiver.fetch.hosts import HostRule
from archiver.fetch.http import HttpClient
from archiver.fetch.retry import RetryPolicy
from archiver.fetch.settings import MAX_PAGE_BYTES, NetworkSettings
from archiver.models import Capture

if TYPE_CHECKING:
    from archiver.fetch.browser import BrowserEngine

log = logging.getLogger(__name__)


class Engine(Protocol):
    """Captures pages, in the thread that made it."""

    name: str

    def capture(self, url: str) -> Capture: ...


@runtime_checkable
class Renderer(Engine, Protocol):
    """An engine in which a page's own scripts can run."""

    def capture_rendered(self, url: str, ready: str) -> Capture: ...


@runtime_checkable
class Elsewhere(Engine, Protocol):
    """An engine that is another machine's, which may go away."""

    def gone(self) -> WorkerLostError | None: ...


class HttpEngine:
    """Captures pages with plain GET requests. Runs no script: a page that needs one stays without body."""

    name = "http"

    def __init__(self, settings: NetworkSettings, page_host: HostRule, retry_policy: RetryPolicy | None = None) -> None:
        self._client = HttpClient(settings, page_host, retry_policy, stay_secure=True)
        self._now = settings.now

    def __enter__(self) -> HttpEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.__exit__(kind, error, trace)

    def capture(self, url: str) -> Capture:
        """GET `url`. Raises what HttpClient.get raises."""
        answer = self._client.get(
            url,
            max_bytes=MAX_PAGE_BYTES,
            accept="text/html,application/xhtml+xml,*/*;q=0.8",
            check=check_whole,
        )
        return Capture(
            url=url,
            final_url=answer.url,
            http_status=answer.status,
            body=answer.body,
            captured_at=self._now().replace(microsecond=0),
            engine=self.name,
        )


EngineFactory = Callable[[], AbstractContextManager[Engine]]


def engine_factory(
    config: Config,
    settings: NetworkSettings,
    page_host: HostRule,
    script_host: HostRule,
    retry_policy: RetryPolicy | None = None,
) -> EngineFactory:
    """What makes an engine for each worker, as [fetch] engine says.

    "auto" takes plain HTTP where no browser is found or starts; a wall is no reason to change: it stands for both.
    The product raises BrowserMissingError on entry when a browser is wanted and there is none. It is looked for only
    then: a run that has only images to fetch needs none.
    """
    if config.fetch.engine == "http":
        return lambda: HttpEngine(settings, page_host, retry_policy)

    def browser() -> BrowserEngine:
        # Here, so that only who wants a browser waits for Playwright.
        from archiver.fetch.browser import BrowserEngine
        from archiver.fetch.chromium import Chromium

        chromium = Chromium(find_browser(config.browser_path), config.browser.sandbox)
        return BrowserEngine(chromium, settings, page_host, script_host, retry_policy)

    if config.fetch.engine == "browser" or config.browser_path:
        return browser
    return lambda: _browser_or_http(browser, lambda: HttpEngine(settings, page_host, retry_policy))


@contextmanager
def _browser_or_http(browser: Callable[[], BrowserEngine], http: Callable[[], HttpEngine]) -> Iterator[Engine]:
    with ExitStack() as stack:
        engine: Engine
        try:
            engine = stack.enter_context(browser())
        except BrowserMissingError as error:
            log.warning("%s; going on with plain HTTP", error)
            engine = stack.enter_context(http())
        yield engine
