"""What a page may ask for while its own scripts run: itself, and what it needs of WeChat's hosts."""

from __future__ import annotations

import base64
from typing import Any

from archiver.errors import FetchError, HostRefusedError
from archiver.fetch.hosts import HostRule, check_url
from archiver.fetch.load_watcher import REDIRECTS, LoadWatcher, Send

_WANTED = frozenset({"Script", "XHR", "Fetch"})
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class RequestFilter(LoadWatcher):
    """Decides about the requests of one browser page, and looks whether the page itself came whole.

    `lost`: what the page's scripts asked for and did not get, or not whole; empty where nothing is missing.
    """

    def __init__(self, send: Send, page_host: HostRule, script_host: HostRule, max_bytes: int) -> None:
        super().__init__(send, max_bytes)
        self._page_host = page_host
        self._script_host = script_host
        self.lost = ""
        self._came = False
        self._empty: dict[str, str] = {}  # request -> URL of what is said to be encoded, and of which nothing has come

    def start(self) -> None:
        """Have every request paused, and the answers that are pages. Raises FetchError."""
        answers = {"requestStage": "Response", "resourceType": "Document"}
        self._send("Fetch.enable", {"patterns": [{"requestStage": "Request"}, answers]})

    def clear(self) -> None:
        """Forget the last load."""
        super().clear()
        self.lost, self._came = "", False
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
            self.decide("Fetch.failRequest", {**request, "errorReason": "Aborted"})
        elif wanted:
            self.decide("Fetch.continueRequest", request)
        else:
            self.decide("Fetch.failRequest", {**request, "errorReason": "BlockedByClient"})

    def _on_response(self, event: dict[str, Any], request: dict[str, Any]) -> None:
        """The browser is handed the page as it was read here: it would take a part of it for the whole."""
        in_frame = self._came  # a page within the page
        if in_frame or event.get("responseStatusCode") in REDIRECTS or "responseErrorReason" in event:
            self.decide("Fetch.continueRequest", request)
            return
        self._came = True
        try:
            body = self.read_page(event)
        except FetchError as error:
            self.refuse(request, error)
            return
        headers = [item for item in event["responseHeaders"] if item["name"].lower() not in _OF_THE_WIRE]
        status = {"responseCode": event["responseStatusCode"], "responseHeaders": headers}
        self.decide("Fetch.fulfillRequest", {**request, **status, "body": base64.b64encode(body).decode()})
