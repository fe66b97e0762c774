"""A browser window in which a person does what no program may: a verification. Nothing here clicks or types."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Error, Page

from archiver.fetch.chromium import Chromium, closing_playwright, first_line, introduce, launch, new_context
from archiver.fetch.failures import chromium_failure
from archiver.fetch.hosts import HostRule
from archiver.fetch.settings import NetworkSettings

LOOK_EVERY_MS = 500


def watch_window(
    chromium: Chromium, settings: NetworkSettings, url: str, passed: Callable[[str, str], bool], *, seconds: float
) -> list[dict[str, Any]]:
    """Open a window on `url` and wait until `passed(html, address)` says that the verification is over.

    Returns the cookies that were set by then, by whatever host; none when the person closed the window or `seconds` are
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
            return [dict(cookie) for cookie in context.cookies()] if _wait(page, passed, seconds) else []
        except Error as error:
            # A person sees the page: whether the request had left makes no difference.
            host, proxy = urlsplit(url).hostname or "", settings.routes.to(url)
            raise chromium_failure(first_line(error), host, proxy, sent=False) from error
        finally:
            if browser.is_connected():
                browser.close()


def _wait(page: Page, passed: Callable[[str, str], bool], seconds: float) -> bool:
    """Whether the verification was passed before the time was over or the window closed."""
    looks = int(seconds * 1000 / LOOK_EVERY_MS)
    for _ in range(looks):
        try:
            if passed(page.content(), page.url):
                return True
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
