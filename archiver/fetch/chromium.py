"""How a Chromium is started and made to introduce itself: by the engine and by the window alike."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Error, Page, Playwright, sync_playwright

from archiver.errors import BrowserError, BrowserMissingError, NoHandlesError
from archiver.fetch.find_browser import is_root
from archiver.fetch.identity import Identity, identify
from archiver.fetch.load_watcher import Send
from archiver.fetch.looks import teach
from archiver.fetch.settings import NetworkSettings

log = logging.getLogger(__name__)
_CALL = re.compile(r"^[A-Z]\w+\.\w+: ")

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
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # the same for the headless shell
)
_NO_SANDBOX = (
    "its sandbox cannot start on this system. Ubuntu 24.04 and later: sudo sysctl -w "
    "kernel.apparmor_restrict_unprivileged_userns=0. In a container of your own: [browser] sandbox = false"
)
_HANDLES = 128  # at 64 it hangs, at 80 it works
_NO_HANDLES = ("EMFILE", "ENFILE", "Too many open files")


def can_have_sandbox() -> bool:
    """Whether Chromium's sandbox can be had at all: not by root."""
    return not is_root()


def start_playwright() -> Playwright:
    """Start what drives browsers. Raises BrowserMissingError, or NoHandlesError."""
    _check_handles()
    try:
        playwright = _start_driver()
    except Exception as error:  # it has no better name for a driver that ends at once
        why = str(error).strip().splitlines() or [type(error).__name__]
        raise BrowserMissingError(f"Playwright, which drives the browser, does not start: {why[0][:200]}") from error
    teach(playwright.selectors)
    return playwright


def _start_driver() -> Playwright:
    try:
        return sync_playwright().start()
    except Exception as error:
        # Ctrl-C goes to every process of a terminal. The driver leaves it to us, but only once it has started.
        if "Connection closed" not in str(error):
            raise
        return sync_playwright().start()


@contextmanager
def closing_playwright() -> Iterator[Playwright]:
    """The same for the length of a `with` block."""
    playwright = start_playwright()
    try:
        yield playwright
    finally:
        playwright.stop()


def _check_handles() -> None:
    """With a few dozen handles Chromium starts and crashes, or hangs for ever."""
    held = []
    try:
        for _ in range(_HANDLES):
            held.append(os.open(os.devnull, os.O_RDONLY))  # noqa: PERF401  # those that were opened are to be closed
    except OSError as error:
        raise NoHandlesError from error
    finally:
        for handle in held:
            os.close(handle)


@dataclass(frozen=True, slots=True)
class Chromium:
    """A Chromium to start: the program, whether with its own sandbox (which root never has), whether without window."""

    path: Path
    sandbox: bool = True
    headless: bool = True


def launch(playwright: Playwright, chromium: Chromium, settings: NetworkSettings | None) -> Browser:
    """Start a browser; without `settings` one that finds no host at all. Raises BrowserMissingError where it does not
    start, or NoHandlesError."""
    hashes = ",".join(settings.spki_hashes) if settings else ""
    more = [f"--ignore-certificate-errors-spki-list={hashes}"] if hashes else []
    more += [] if settings else ["--host-resolver-rules=MAP * ~NOTFOUND", "--no-proxy-server"]
    options: dict[str, Any] = {
        "executable_path": str(chromium.path),
        "headless": chromium.headless,
        "args": [*ARGUMENTS, *more],
        "proxy": settings.routes.for_playwright() if settings else None,
        "timeout": 30_000,
        # An interrupt is the program's business: it finishes the page in hand and closes the browser itself.
        "handle_sigint": False,
        "handle_sigterm": False,
        "handle_sighup": False,
    }
    sandbox = can_have_sandbox() and chromium.sandbox
    if not sandbox:
        log.info("Chromium runs without its sandbox")
    try:
        return playwright.chromium.launch(**options, chromium_sandbox=sandbox)
    except Error as error:
        if any(words in error.message for words in _NO_HANDLES):
            raise NoHandlesError from error
        why = _NO_SANDBOX if "sandbox" in error.message.lower() else first_line(error)
        raise BrowserMissingError(
            f"{chromium.path} does not start: {why}. Or try another with [browser] path"
        ) from error


def new_context(browser: Browser, settings: NetworkSettings, **options: Any) -> BrowserContext:
    """A context in China, with the cookies that were kept."""
    context = browser.new_context(
        locale="zh-CN",
        timezone_id="Asia/Shanghai",  # pages compute the shown time from it
        user_agent=_identity(browser, settings).user_agent,
        accept_downloads=False,
        **options,
    )
    context.add_cookies(list(settings.cookies))  # type: ignore[arg-type]
    return context


def introduce(page: Page, settings: NetworkSettings) -> CDPSession:
    """Let a page introduce itself in one piece, of which Playwright knows the user agent alone. Returns a session of
    the DevTools protocol."""
    session = page.context.new_cdp_session(page)
    if page.context.browser is not None:
        sender(session)("Emulation.setUserAgentOverride", _identity(page.context.browser, settings).override)
    return session


def _identity(browser: Browser, settings: NetworkSettings) -> Identity:
    return identify(browser.version, settings.user_agent)


def sender(session: CDPSession) -> Send:
    """Calls DevTools methods with Playwright's errors translated."""

    def send(method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = session.send(method, parameters)
        except Error as error:
            raise BrowserError(f"the page did not load: {first_line(error)}") from error
        return answer

    return send


def first_line(error: Error) -> str:
    """What Playwright says, without its call log and its own name for what it was asked."""
    return _CALL.sub("", next(iter(error.message.strip().splitlines()), ""))[:200]
