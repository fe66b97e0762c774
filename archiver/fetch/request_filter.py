"""What a page may ask for while its own scripts run: itself, and what it needs of WeChat's hosts."""

from __future__ import annotations

import base64
from typing import Any

from archiver.errors import FetchError, HostRefusedError
from archiver.fetch.hosts import HostRule, check_url
from archiver.fetch.load_watcher import REDIRECTS, LoadWatcher, Send

_WANTED = frozenset({"Script", "XHR", "Fetch"})
# Headers that the browser gets. The others are about the wire, or have it ask for more than the page does: Link, NEL,
# Critical-CH, Speculation-Rules and their like. Content-Disposition would make a download of it.
_PASSED_ON = frozenset({"content-type", "content-security-policy", "referrer-policy", "refresh", "retry-after"})
# Where the pausing of requests does not reach: windows, frames and workers have their own, and WebSockets none.
_FENCE = (
    "sandbox allow-scripts allow-same-origin; worker-src 'none'; frame-src 'none'; object-src 'none'; "
    "connect-src http: https: data: blob:"
)
# The same for what no such policy is about. A sandboxed page must not set document.domain, as old ones do: that would
# end their script, where it is without effect elsewhere.
FENCE_SCRIPT = """
delete window.RTCPeerConnection;
delete window.webkitRTCPeerConnection;
Object.defineProperty(Document.prototype, 'domain', {configurable: true, get: () => location.hostname, set() {}});
"""


class RequestFilter(LoadWatcher):
    """Decides about the requests of one browser page, and looks whether the page itself came whole.

    `lost`: what the page's scripts asked for and did not get, or not whole; empty where nothing is missing. `leads_to`:
    where the page itself goes on to, once it is there; `turned_away` says why that is not followed.
    """

    def __init__(self, send: Send, page_host: HostRule, script_host: HostRule, max_bytes: int) -> None:
        super().__init__(send, max_bytes)
        self._page_host = page_host
        self._script_host = script_host
        self.lost = self.leads_to = ""
        self.turned_away: HostRefusedError | None = None
        self._came = False
        self._frame = ""  # that of the page itself
        self._empty: dict[str, str] = {}  # request -> URL of what is said to be encoded, and of which nothing has come

    def start(self) -> None:
        """Have every request paused, and the answers that are pages. Raises FetchError."""
        answers = {"requestStage": "Response", "resourceType": "Document"}
        self._send("Fetch.enable", {"patterns": [{"requestStage": "Request"}, answers]})

    def clear(self) -> None:
        """Forget the last load."""
        super().clear()
        self.lost, self.leads_to, self.turned_away, self._came = "", "", None, False
        self._empty.clear()

    def on_script_lost(self, what: str) -> None:
        """To be called where a script did not come, or cannot be read."""
        self.lost = self.lost or what

    def on_answer(self, event: dict[str, Any]) -> None:
        """To be called with every `Network.responseReceived`."""
        answer = event["response"]
        encoded = any(name.lower() == "content-encoding" for name in answer["headers"])
        if encoded and event["type"] in _WANTED and answer["status"] == 200:
            self._empty[event["requestId"]] = answer["url"]

    def on_data(self, event: dict[str, Any]) -> None:
        """To be called with every `Network.dataReceived`."""
        if event["dataLength"]:
            self._empty.pop(event["requestId"], None)

    def on_finished(self, event: dict[str, Any]) -> None:
        """To be called with every `Network.loadingFinished`: of an encoding that is cut off, nothing may have come."""
        if url := self._empty.pop(event["requestId"], ""):
            self.on_script_lost(f"{url[:200]} (empty)")

    def on_paused(self, event: dict[str, Any]) -> None:
        """Let a request through, or turn it away; look at an answer."""
        request = {"requestId": event["requestId"]}
        if "responseStatusCode" in event or "responseErrorReason" in event:
            self._on_response(event, request)
        else:
            self._on_request(event, request)

    def _on_request(self, event: dict[str, Any], request: dict[str, Any]) -> None:
        if event["resourceType"] == "Document":
            self._on_document(event, request)
            return
        try:
            check_url(event["request"]["url"], self._script_host)
            wanted = event["resourceType"] in _WANTED
        except HostRefusedError:
            wanted = False
        if wanted:
            self.decide("Fetch.continueRequest", request)
        else:
            self.decide("Fetch.failRequest", {**request, "errorReason": "BlockedByClient"})

    def _on_document(self, event: dict[str, Any], request: dict[str, Any]) -> None:
        """Let the page through, not where it leads: it would be gone, and the one after it asked for out of turn."""
        self._frame = self._frame or event["frameId"]
        if event["frameId"] != self._frame:  # a page within the page, which is no part of its DOM
            self.decide("Fetch.failRequest", {**request, "errorReason": "BlockedByClient"})
            return
        url = event["request"]["url"]
        try:
            check_url(url, self._page_host)
        except HostRefusedError as error:
            if self._came:
                self.turned_away = error
            else:
                self.failure = self.failure or error
        else:
            if self._came:
                self.leads_to = url if event["request"]["method"] == "GET" else self.leads_to
            elif "redirectedRequestId" in event:
                self.redirect = url
            else:
                self.decide("Fetch.continueRequest", request)
                return
        self.decide("Fetch.failRequest", {**request, "errorReason": "Aborted"})

    def _on_response(self, event: dict[str, Any], request: dict[str, Any]) -> None:
        """The browser is handed the page as it was read here: it would take a part of it for the whole."""
        if event.get("responseStatusCode") in REDIRECTS or "responseErrorReason" in event:
            self.decide("Fetch.continueRequest", request)
            return
        self._came = True
        try:
            body = self.read_page(event)
        except FetchError as error:
            self.refuse(request, error)
            return
        headers = [item for item in event["responseHeaders"] if item["name"].lower() in _PASSED_ON]
        headers.append({"name": "Content-Security-Policy", "value": _FENCE})
        status = {"responseCode": event["responseStatusCode"], "responseHeaders": headers}
        self.decide("Fetch.fulfillRequest", {**request, **status, "body": base64.b64encode(body).decode()})
