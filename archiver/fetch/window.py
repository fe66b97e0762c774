"""A browser window in which a person does what no program may: a verification. Nothing here clicks or types."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Error, Page

from archiver.fetch.chromium import Chromium, closing_playwright, first_line, introduce, launch, new_context
from archiver.fetch.failures import chromium_failure
from archiver.fetch.hosts import HostRule
from archiver.fetch.settings import NetworkSettings

LOOK_EVERY_MS = 500


@dataclass(frozen=True, slots=True)
class Watch:
    """What to look for in a window: `passed(html, address)` says that the verification is over, or that there is none.
    `walled` is called once where there is one; the person has so many `seconds` then."""

    passed: Callable[[str, str], bool]
    walled: Callable[[], object]
    seconds: float


def has_screen() -> bool:
    """Whether a window could be shown here, as far as the system says."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def watch_window(chromium: Chromium, settings: NetworkSettings, url: str, watch: Watch) -> list[dict[str, Any]]:
    """Open a window on `url` and wait until the verification there is over.

    Returns the cookies that were set by then, by whatever host; none when the person closed the window or the time is
    over. The page may load whatever it needs: verifications come from other hosts.
    Raises BrowserMissingError (does not start), UnreachableError or BrowserError (the page does not load).
    """
    with closing_playwright() as playwright:
        browser = launch(playwright, chromium, settings)
        context = new_context(browser, settings)
        try:
            page = context.new_page()
            introduce(page, settings)
            page.goto(url, wait_until="domcontentloaded", timeout=settings.timeout * 1000)
            return [dict(cookie) for cookie in context.cookies()] if _wait(page, watch) else []
        except Error as error:
            # A person sees the page: whether the request had left makes no difference.
            host, proxy = urlsplit(url).hostname or "", settings.routes.to(url)
            raise chromium_failure(first_line(error), host, proxy, sent=False) from error
        finally:
            if browser.is_connected():
                browser.close()


def _wait(page: Page, watch: Watch) -> bool:
    """Whether the verification was passed before the time was over or the window closed."""
    looks, asked = int(watch.seconds * 1000 / LOOK_EVERY_MS), False
    for _ in range(looks):
        try:
            if watch.passed(page.content(), page.url):
                return True
            if not asked:
                watch.walled()
                asked = True
            page.wait_for_timeout(LOOK_EVERY_MS)
        except Error:
            if page.is_closed():
                return False
            # The page is on its way to the next one: look again when that is there.
            try:
                page.wait_for_load_state("domcontentloaded")
            except Error:
                return False
    return False


def cookies_for(page_host: HostRule, cookies: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the cookies that are sent to the hosts of pages."""
    return [cookie for cookie in cookies if _is_for(str(cookie["domain"]), page_host)]


def _is_for(domain: str, page_host: HostRule) -> bool:
    name = domain.lstrip(".")
    return page_host(name) or (
        domain.startswith(".") and any(page_host(f"{host}.{name}") for host in ("mp", "mp.weixin"))
    )
