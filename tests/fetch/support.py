"""Browser engines for tests, and how many of them the quick tests start."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from archiver.fetch.browser import BrowserEngine
from archiver.fetch.chromium import Chromium
from archiver.fetch.find_browser import find_browser
from archiver.fetch.hosts import HostRule
from archiver.fetch.settings import NetworkSettings
from archiver.models import Capture
from archiver.wechat.urls import is_page_host, is_script_host


@contextmanager
def fresh_browser(settings: NetworkSettings, page_host: HostRule = is_page_host) -> Iterator[Captures]:
    """A browser of its own, in a thread of its own: there is one Playwright in a thread."""
    with ThreadPoolExecutor(1) as pool:
        engine = BrowserEngine(Chromium(find_browser()), settings, page_host, is_script_host)
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


def both_engines(cases: Iterable[str], *quick: str) -> list[Any]:
    """Pairs of case and engine. A fresh browser takes two seconds: but for the cases named `quick`, which stand for all
    kinds, those with the browser are slow tests."""
    listed = list(cases)
    assert set(quick) <= set(listed)
    slow = [pytest.param(case, "browser", marks=() if case in quick else pytest.mark.slow) for case in listed]
    return [*slow, *(pytest.param(case, "http") for case in listed)]
