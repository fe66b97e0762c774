"""The bytes of a page's main response, taken from Chromium before it parses them.

Playwright's `response.body()` gives a page's text as Chromium decoded it: a BOM and whatever is no UTF-8 is lost.
The DevTools protocol's Fetch domain hands out the bytes. The browser itself then gets an empty page to show: it asks
for no sub-resource and spends no time on megabytes of script.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archiver.errors import FetchError
from archiver.fetch.hosts import HostRule, check_url
from archiver.fetch.load_watcher import REDIRECTS, LoadWatcher, Send, header_values


@dataclass(frozen=True, slots=True)
class Answer:
    """A page: where it was found in the end, its HTTP status, its bytes with content-encoding undone, and what the
    server said in Retry-After."""

    url: str
    status: int
    body: bytes
    retry_after: str = ""


class ResponseCapture(LoadWatcher):
    """After a load `answer` is its main response, or `failure` says why there is none.

    `on_paused` is to be called with every `Fetch.requestPaused` event; `allowed(host)` is asked before every request.
    """

    def __init__(self, send: Send, allowed: HostRule, max_bytes: int) -> None:
        super().__init__(send, max_bytes)
        self._allowed = allowed
        self.answer: Answer | None = None

    def start(self) -> None:
        """Have every request of the page paused. Raises FetchError."""
        self._send("Fetch.enable", {"patterns": [{"requestStage": "Request"}, {"requestStage": "Response"}]})

    def clear(self) -> None:
        """Forget the last load."""
        super().clear()
        self.answer = None

    def on_paused(self, event: dict[str, Any]) -> None:
        """Decide about a request that is about to be made, or take the response that came."""
        request = {"requestId": event["requestId"]}
        try:
            if "responseStatusCode" not in event and "responseErrorReason" not in event:
                self._on_request(event, request)
            elif event.get("responseStatusCode") in REDIRECTS or "responseErrorReason" in event:
                self._send("Fetch.continueRequest", request)
            else:
                self._on_response(event, request)
        except FetchError as error:
            self.refuse(request, error)

    def _on_request(self, event: dict[str, Any], request: dict[str, Any]) -> None:
        if event["resourceType"] == "Document":
            check_url(event["request"]["url"], self._allowed)
        if event["resourceType"] == "Document" and "redirectedRequestId" in event:
            self.redirect = event["request"]["url"]
            self._send("Fetch.failRequest", {**request, "errorReason": "Aborted"})
        elif event["resourceType"] == "Document" and self.answer is None:
            self._send("Fetch.continueRequest", request)
        else:
            self._send("Fetch.failRequest", {**request, "errorReason": "BlockedByClient"})

    def _on_response(self, event: dict[str, Any], request: dict[str, Any]) -> None:
        body = self.read_page(event)
        rest = header_values(event).get("retry-after", "")
        self.answer = Answer(event["request"]["url"], event["responseStatusCode"], body, rest)
        self._send("Fetch.fulfillRequest", {**request, "responseCode": 200, "body": ""})
