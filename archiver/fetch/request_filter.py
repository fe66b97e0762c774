"""What a page may ask for while its own scripts run: itself, and what it needs of WeChat's hosts.

The DevTools protocol's Fetch domain pauses every request, and every hop of a redirect as well, which Playwright's own
routes do not see.
"""

from __future__ import annotations

from typing import Any

from archiver.errors import FetchError, HostRefusedError
from archiver.fetch.hosts import HostRule, check_url
from archiver.fetch.response_capture import Send

_WANTED = frozenset({"Script", "XHR", "Fetch"})


class RequestFilter:
    """Decides about the requests of one browser page. `send` calls a DevTools method and raises FetchError when that
    fails; `failure` says why a page was turned away, the first one if several were. A redirect of the page is not
    followed: `redirect` is then where it leads."""

    def __init__(self, send: Send, page_host: HostRule, script_host: HostRule) -> None:
        self._send = send
        self._page_host = page_host
        self._script_host = script_host
        self.redirect = ""
        self.failure: FetchError | None = None

    def start(self) -> None:
        """Have every request paused. Raises FetchError."""
        self._send("Fetch.enable", {"patterns": [{"requestStage": "Request"}]})

    def clear(self) -> None:
        """Forget the last load."""
        self.failure, self.redirect = None, ""

    def on_paused(self, event: dict[str, Any]) -> None:
        """Let a request through, or turn it away."""
        request = {"requestId": event["requestId"]}
        kind, url = event["resourceType"], event["request"]["url"]
        wanted = kind == "Document" or kind in _WANTED
        try:
            check_url(url, self._page_host if kind == "Document" else self._script_host)
        except HostRefusedError as error:
            wanted = False
            if kind == "Document" and self.failure is None:
                self.failure = error
        if wanted and kind == "Document" and "redirectedRequestId" in event:
            self.redirect = url
            self._answer("Fetch.failRequest", {**request, "errorReason": "Aborted"})
        elif wanted:
            self._answer("Fetch.continueRequest", request)
        else:
            self._answer("Fetch.failRequest", {**request, "errorReason": "BlockedByClient"})

    def _answer(self, method: str, parameters: dict[str, Any]) -> None:
        try:
            self._send(method, parameters)
        except FetchError:
            return  # the page is gone already, and the load that waited for it has its own error
