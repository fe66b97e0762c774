"""What watches a page load through the DevTools protocol's Fetch domain, which pauses every request and every answer,
every hop of a redirect as well: Playwright's own routes do not see those."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from archiver.amounts import counted, size
from archiver.errors import BrowserError, FetchError, NetworkError, TooLargeError
from archiver.fetch.body import check_whole
from archiver.fetch.failures import BROKE_OFF

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 1 << 20

Send = Callable[[str, dict[str, Any]], dict[str, Any]]


class LoadWatcher:
    """Watches one browser page. `send` calls a DevTools method and raises FetchError when that fails; `max_bytes` is
    the most that is taken of an answer.

    After a load `failure` says why there is no page. A redirect is not followed: `redirect` is then where it leads.
    `sent` says whether a request has left: before, nobody has been asked anything.
    """

    def __init__(self, send: Send, max_bytes: int) -> None:
        self._send = send
        self._max_bytes = max_bytes
        self.redirect = ""
        self.sent = False
        self.failure: FetchError | None = None

    def clear(self) -> None:
        """Forget the last load."""
        self.failure, self.redirect, self.sent = None, "", False

    def on_sent(self, _event: dict[str, Any]) -> None:
        """To be called with every `Network.requestWillBeSentExtraInfo`: it comes with the headers as they are sent, so
        after a connection was made."""
        self.sent = True

    def read_page(self, event: dict[str, Any]) -> bytes:
        """The body of a page whose answer is paused; the browser then needs another. Raises TooLargeError, or
        NetworkError for one that is cut off (an error page may be as it likes)."""
        body = self._read_body({"requestId": event["requestId"]})
        headers = header_values(event)
        promised = headers.get("content-length", "")
        if "content-encoding" not in headers and promised.isdigit() and len(body) < int(promised):
            raise NetworkError(f"{BROKE_OFF} after {len(body):,} of {counted(int(promised), 'byte')}")
        if event["responseStatusCode"] < 400:
            check_whole(body)
        return body

    def _read_body(self, request: dict[str, Any]) -> bytes:
        body = bytearray()
        try:
            stream = {"handle": self._send("Fetch.takeResponseBodyAsStream", request)["stream"]}
            while True:
                part = self._send("IO.read", {**stream, "size": _CHUNK})
                data = part["data"]
                body += base64.b64decode(data) if part.get("base64Encoded") else data.encode()
                if len(body) > self._max_bytes:
                    raise TooLargeError(f"larger than {size(self._max_bytes)}")
                if part["eof"]:
                    self._send("IO.close", stream)
                    return bytes(body)
        except BrowserError as error:
            raise NetworkError(f"{BROKE_OFF} after {counted(len(body), 'byte')}") from error

    def decide(self, method: str, parameters: dict[str, Any]) -> None:
        """Let a request go on, or end."""
        try:
            self._send(method, parameters)
        except FetchError:
            return  # the page is gone already, and the load that waited for it has its own error

    def refuse(self, request: dict[str, Any], error: FetchError) -> None:
        """End a load with an error, which counts if it is the first."""
        if self.failure is None:
            self.failure = error
        self.decide("Fetch.failRequest", {**request, "errorReason": "Failed"})


def header_values(event: dict[str, Any]) -> dict[str, str]:
    """The headers of a paused answer, by their names in lower case."""
    return {item["name"].lower(): item["value"] for item in event.get("responseHeaders", ())}
