"""A browser for a test of its own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from archiver.fetch.browser import BrowserEngine
from archiver.fetch.find_browser import find_browser
from archiver.fetch.hosts import HostRule
from archiver.fetch.settings import NetworkSettings
from archiver.models import Capture
from archiver.wechat.urls import is_page_host, is_script_host


@contextmanager
def fresh_browser(settings: NetworkSettings, page_host: HostRule = is_page_host) -> Iterator[Captures]:
    """A browser of its own, in a thread of its own: there is one Playwright in a thread."""
    with ThreadPoolExecutor(1) as pool:
        engine = BrowserEngine(find_browser(), settings, page_host, is_script_host)
        pool.submit(engine.__enter__).result()
        try:
            yield Captures(engine, pool)
        finally:
            pool.submit(engine.__exit__, None, None, None).result()


class Captures:
    """Calls an engine in the thread where it lives."""

    name = "browser"

    def __init__(self, engine: BrowserEngine, pool: ThreadPoolExecutor) -> None:
        self._engine, self._pool = engine, pool

    def capture(self, url: str) -> Capture:
        return self._pool.submit(self._engine.capture, url).result()

    def capture_rendered(self, url: str, ready: str) -> Capture:
        return self._pool.submit(self._engine.capture_rendered, url, ready).result()
