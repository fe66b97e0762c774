"""How what happens on a page of Playwright's reaches those that watch its load."""

from __future__ import annotations

from playwright.sync_api import CDPSession, Error, Page, Request

from archiver.fetch.chromium import first_line, sender
from archiver.fetch.request_filter import RequestFilter
from archiver.fetch.response_capture import ResponseCapture


def watch(session: CDPSession, watcher: ResponseCapture | RequestFilter) -> None:
    """Tell a watcher what happens to a page's requests."""
    session.on("Fetch.requestPaused", watcher.on_paused)
    session.on("Network.requestWillBeSentExtraInfo", watcher.on_sent)
    sender(session)("Network.enable", {})
    watcher.start()


def watch_scripts(page: Page, session: CDPSession, request_filter: RequestFilter) -> None:
    """The same where its own scripts run, and what becomes of them."""
    watch(session, request_filter)
    session.on("Network.responseReceived", request_filter.on_answer)
    session.on("Network.dataReceived", request_filter.on_data)
    session.on("Network.loadingFinished", request_filter.on_finished)
    page.on("requestfailed", lambda request: _on_lost(request_filter, request))
    page.on("pageerror", lambda error: _on_page_error(request_filter, error))


def _on_lost(request_filter: RequestFilter, request: Request) -> None:
    """A request failed: it may have been a script that the page needs, unless it was turned away here. What is named is
    what the page asked for; where that leads elsewhere, it was the elsewhere that was turned away."""
    why, asked = (request.failure or "").removeprefix("net::"), request
    while asked.redirected_from:
        asked = asked.redirected_from
    ours = asked is request and why.startswith("ERR_BLOCKED_BY_CLIENT")  # Chromium adds who blocked: `.Inspector`
    meant = why in ("ERR_ABORTED", "csp")  # the latter: the page's own policy forbids it
    if request.resource_type in ("script", "xhr", "fetch") and not meant and not ours:
        request_filter.on_script_lost(f"{asked.url[:200]} ({why})")


def _on_page_error(request_filter: RequestFilter, error: Error) -> None:
    """A script failed: one that cannot be read was cut off."""
    if error.name == "SyntaxError":
        request_filter.on_script_lost(first_line(error))
