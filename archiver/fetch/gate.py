"""What a page may ask for while its own scripts run: itself, and what it needs of WeChat's hosts.

The DevTools protocol's Fetch domain pauses every request, and every hop of a redirect as well, which Playwright's own
routes do not see.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archiver.errors import FetchError, HostRefusedError
from archiver.fetch.hosts import HostRule, check_url
from archiver.fetch.intake import Send

_WANTED = frozenset({"Script", "XHR", "Fetch"})


class Gate:
    """Decides about the requests of one browser page. `send` calls a DevTools method and raises FetchError when that
    fails; `hop()` is called before a redirect of the page is followed; `failure` says why a page was turned away, the
    first one if several were."""

    def __init__(
        self, send: Send, page_host: HostRule, script_host: HostRule, hop: Callable[[], None] = lambda: None
    ) -> None:
        self._send = send
        self._page_host = page_host
        self._script_host = script_host
        self._hop = hop
        self.failure: FetchError | None = None

    def start(self) -> None:
        """Have every request paused. Raises FetchError."""
        self._send("Fetch.enable", {"patterns": [{"requestStage": "Request"}]})

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
        if wanted:
            if kind == "Document" and "redirectedRequestId" in event:
                self._hop()
            self._answer("Fetch.continueRequest", request)
        else:
            self._answer("Fetch.failRequest", {**request, "errorReason": "BlockedByClient"})

    def _answer(self, method: str, parameters: dict[str, Any]) -> None:
        try:
            self._send(method, parameters)
        except FetchError:
            return  # the page is gone already, and the load that waited for it has its own error
