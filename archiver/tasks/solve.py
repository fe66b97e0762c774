"""archiver solve: the person does the verification that WeChat asks for, in a window; the cookies are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from archiver.archive.open_archive import view_archive
from archiver.config import Config
from archiver.errors import BrowserMissingError, UsageError
from archiver.fetch.find_browser import find_browser, find_window_browser
from archiver.fetch.settings import network_settings
from archiver.models import Article, Status, UrlKind
from archiver.store.cookies import load_cookies, save_cookies
from archiver.wechat import urls
from archiver.wechat.page import read_page


@dataclass(frozen=True, slots=True)
class Person:
    """Who is to do the verification, within so many `seconds`; `walled` is called when there is one to be done."""

    seconds: float
    walled: Callable[[], object]


def walled_url(config: Config) -> str:
    """The page at which the last run met the wall, else one that waits. Raises UsageError when nothing waits."""
    with view_archive(config.archive_root) as archive:
        unsettled = [e for e in archive.links if e.kind is UrlKind.ARTICLE and e.status.is_unanswered]
    if not unsettled:
        raise UsageError("no article waits behind a verification; name a page to open one all the same")
    return max(unsettled, key=lambda entry: (entry.status is Status.WALL, entry.checked)).url


def check_solvable(config: Config, url: str) -> None:
    """Raises UsageError where `url` is no article's address, BrowserMissingError where no window can be shown."""
    if urls.classify(url) is not UrlKind.ARTICLE:
        raise UsageError(f"{url} is no address of an article")
    from archiver.fetch.window import has_screen

    find_window_browser(config.browser_path)
    if not has_screen():
        raise BrowserMissingError(
            "there is no screen to show a window on (neither DISPLAY nor WAYLAND_DISPLAY is set): run it at this "
            "machine's own screen, or over ssh -X"
        )


def solve(config: Config, url: str, person: Person, *, headless: bool = False) -> Path | None:
    """Open `url` in a window and wait for the person; where the cookies are now, None if the wall still stands.

    Raises UsageError (no article's address), BrowserMissingError, BrowserError, StoreError.
    """
    if urls.classify(url) is not UrlKind.ARTICLE:
        raise UsageError(f"{url} is no address of an article")
    from archiver.fetch.chromium import Chromium
    from archiver.fetch.window import Watch, cookies_for, watch_window

    executable = (find_browser if headless else find_window_browser)(config.browser_path)
    chromium = Chromium(executable, config.browser.sandbox, headless)
    watch = Watch(is_past, person.walled, person.seconds)
    settings = replace(network_settings(config), cookies=load_cookies(config.archive_root))
    found = watch_window(chromium, settings, urls.request_url(url), watch)
    cookies = cookies_for(urls.is_page_host, found)
    return save_cookies(config.archive_root, cookies) if cookies else None


def is_past(html: str, address: str) -> bool:
    """Whether a page is past the verification: an article, or WeChat's word on what became of it."""
    page = read_page(html.encode("utf-8", "replace"), address)
    return isinstance(page, Article) or (page.status is not Status.WALL and not page.empty)
