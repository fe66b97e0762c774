"""Browser engines for tests, and how many of them the quick tests start."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from playwright.sync_api import BrowserType, Playwright

from archiver.fetch.browser import BrowserEngine
from archiver.fetch.chromium import Chromium, start_playwright
from archiver.fetch.find_browser import find_browser
from archiver.fetch.hosts import HostRule
from archiver.fetch.settings import NetworkSettings
from archiver.models import Capture
from archiver.wechat.urls import is_page_host, is_script_host


class Driver:
    """A Playwright that all fresh browsers of a process share, and the thread in which it lives: to start one takes
    three times as long as to start a Chromium."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(1)
        self._playwright: Playwright | None = None

    @property
    def chromium(self) -> BrowserType:
        """What an engine needs of it; to be asked in its thread."""
        self._playwright = self._playwright or start_playwright()
        return self._playwright.chromium

    def stop(self) -> None:
        """Nothing: an engine that ends leaves it to the next one."""

    def end(self) -> None:
        """Stop it really."""
        if self._playwright is not None:
            self.pool.submit(self._playwright.stop).result()
        self.pool.shutdown()


@functools.cache
def shared_driver() -> Driver:
    """That of this process, until the tests end (conftest.py)."""
    return Driver()


@contextmanager
def fresh_browser(settings: NetworkSettings, page_host: HostRule = is_page_host) -> Iterator[Captures]:
    """A browser of its own."""
    driver = shared_driver()
    engine = BrowserEngine(Chromium(find_browser()), settings, page_host, is_script_host)
    with patch("archiver.fetch.browser.start_playwright", lambda: driver):
        driver.pool.submit(engine.__enter__).result()
    try:
        yield Captures(engine, driver.pool)
    finally:
        driver.pool.submit(engine.__exit__, None, None, None).result()


class Captures:
    """Calls an engine in the thread where it lives."""

    name = "browser"

    def __init__(self, engine: BrowserEngine, pool: ThreadPoolExecutor) -> None:
        self._engine, self._pool = engine, pool

    def capture(self, url: str) -> Capture:
        return self._pool.submit(self._engine.capture, url).result()

    def capture_rendered(self, url: str, ready: str) -> Capture:
        return self._pool.submit(self._engine.capture_rendered, url, ready).result()


def both_engines(cases: Iterable[str], *quick: str) -> list[Any]:
    """Pairs of case and engine. A fresh browser takes two seconds: but for the cases named `quick`, which stand for all
    kinds, those with the browser are slow tests."""
    listed = list(cases)
    assert set(quick) <= set(listed)
    slow = [pytest.param(case, "browser", marks=() if case in quick else pytest.mark.slow) for case in listed]
    return [*slow, *(pytest.param(case, "http") for case in listed)]
