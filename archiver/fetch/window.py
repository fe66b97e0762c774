"""A browser window in which a person does what no program may: a verification. Nothing here clicks or types."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, sync_playwright

from archiver.errors import BrowserError, BrowserMissingError
from archiver.fetch.browser import ARGUMENTS, add_cookies, can_have_sandbox, why_not_started
from archiver.fetch.hosts import HostRule
from archiver.fetch.settings import NetworkSettings

LOOK_EVERY_MS = 500


def watch_window(
    executable: Path,
    settings: NetworkSettings,
    page_host: HostRule,
    url: str,
    passed: Callable[[str, str], bool],
    *,
    seconds: float,
    sandbox: bool = True,
    headless: bool = False,
) -> list[dict[str, Any]]:
    """Open a window on `url` and wait until `passed(html, address)` says that the verification is over.

    Returns the cookies that the page's hosts have set by then; none when the person closed the window or `seconds` are
    over. The page may load whatever it needs: verifications come from other hosts. `headless` is for tests.
    Raises BrowserMissingError (does not start), BrowserError (the page does not load).
    """
    hashes = ",".join(settings.spki_hashes)
    options: dict[str, Any] = {
        "executable_path": str(executable),
        "args": [*ARGUMENTS, *([f"--ignore-certificate-errors-spki-list={hashes}"] if hashes else [])],
        "proxy": settings.browser_proxy(),
        "chromium_sandbox": can_have_sandbox() and sandbox,
    }
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(**options, headless=headless)
        except Error as error:
            raise BrowserMissingError(f"{executable} opens no window: {why_not_started(error)}") from error
        context = browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", user_agent=settings.user_agent, accept_downloads=False
        )
        add_cookies(context, settings)
        try:
            page = context.new_page()
            page.goto(url, wait_until="domcontentloaded", timeout=settings.timeout * 1000)
            return _cookies(context, page_host) if _wait(page, passed, seconds) else []
        except Error as error:
            raise BrowserError(f"the page did not load: {error.message.splitlines()[0]}") from error
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


def _cookies(context: BrowserContext, page_host: HostRule) -> list[dict[str, Any]]:
    """The cookies that are sent to the hosts of pages."""
    found = (dict(cookie) for cookie in context.cookies())
    return [cookie for cookie in found if _is_for(str(cookie["domain"]), page_host)]


def _is_for(domain: str, page_host: HostRule) -> bool:
    name = domain.lstrip(".")
    return page_host(name) or (
        domain.startswith(".") and any(page_host(f"{host}.{name}") for host in ("mp", "mp.weixin"))
    )
