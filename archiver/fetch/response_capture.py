"""The bytes of a page's main response, taken from Chromium before it parses them.

Playwright's `response.body()` gives a page's text as Chromium decoded it: a BOM and whatever is no UTF-8 is lost.
The DevTools protocol's Fetch domain hands out the bytes, and every hop of a redirect before it is asked. The browser
itself then gets an empty page to show: it asks for no sub-resource and spends no time on megabytes of script.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from archiver.errors import FetchError, NetworkError, TooLargeError
from archiver.fetch.hosts import HostRule, check_url

_CHUNK = 1 << 20
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

Send = Callable[[str, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A page: where it was found in the end, its HTTP status, its bytes with content-encoding undone, and what the
    server said in Retry-After."""

    url: str
    status: int
    body: bytes
    retry_after: str = ""


class ResponseCapture:
    """Watches one browser page. After a load `answer` is its main response, or `failure` says why there is none.

    `send` calls a DevTools method and raises FetchError when that fails; `on_paused` is to be called with every
    `Fetch.requestPaused` event. `allowed(host)` is asked before every request, `max_bytes` is the most that is taken. A
    redirect is not followed: `redirect` is then where it leads.
    """

    def __init__(self, send: Send, allowed: HostRule, max_bytes: int) -> None:
        self._send = send
        self._allowed = allowed
        self._max_bytes = max_bytes
        self.redirect = ""
        self.answer: Answer | None = None
        self.failure: FetchError | None = None

    def start(self) -> None:
        """Have every request of the page paused. Raises FetchError."""
        self._send("Fetch.enable", {"patterns": [{"requestStage": "Request"}, {"requestStage": "Response"}]})

    def clear(self) -> None:
        """Forget the last load."""
        self.answer = self.failure = None
        self.redirect = ""

    def on_paused(self, event: dict[str, Any]) -> None:
        """Decide about a request that is about to be made, or take the response that came."""
        request = {"requestId": event["requestId"]}
        try:
            if "responseStatusCode" not in event and "responseErrorReason" not in event:
                self._on_request(event, request)
            elif event.get("responseStatusCode") in _REDIRECTS or "responseErrorReason" in event:
                self._send("Fetch.continueRequest", request)
            else:
                self._on_response(event, request)
        except FetchError as error:
            self._refuse(request, error)

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
        body = self._read_body(request)
        headers = {item["name"].lower(): item["value"] for item in event.get("responseHeaders", ())}
        promised = headers.get("content-length", "")
        if "content-encoding" not in headers and promised.isdigit() and len(body) < int(promised):
            raise NetworkError(f"the connection broke off after {len(body):,} of {int(promised):,} bytes")
        rest = headers.get("retry-after", "")
        self.answer = Answer(event["request"]["url"], event["responseStatusCode"], body, rest)
        self._send("Fetch.fulfillRequest", {**request, "responseCode": 200, "body": ""})

    def _read_body(self, request: dict[str, Any]) -> bytes:
        stream = {"handle": self._send("Fetch.takeResponseBodyAsStream", request)["stream"]}
        body = bytearray()
        while True:
            part = self._send("IO.read", {**stream, "size": _CHUNK})
            data = part["data"]
            body += base64.b64decode(data) if part.get("base64Encoded") else data.encode()
            if len(body) > self._max_bytes:
                raise TooLargeError(f"the page is larger than {self._max_bytes / 1e6:g} MB")
            if part["eof"]:
                self._send("IO.close", stream)
                return bytes(body)

    def _refuse(self, request: dict[str, Any], error: FetchError) -> None:
        if self.failure is None:
            self.failure = error
        try:
            self._send("Fetch.failRequest", {**request, "errorReason": "Failed"})
        except FetchError:
            return  # the page is gone already, and the load that waited for it has its own error
