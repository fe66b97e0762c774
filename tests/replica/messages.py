"""What passes between the proxy and the site behind it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Delivery(StrEnum):
    """How the bytes of a response reach the client."""

    WHOLE = "whole"
    HALF = "half"  # Content-Length of the whole, half of the bytes, then the connection closes
    RESET = "reset"  # TCP reset before any byte of the answer
    RESET_IN_BODY = "reset-in-body"  # headers and half of the bytes, then TCP reset
    DRIP = "drip"  # in small pieces, spread over `Response.seconds`
    HINTS = "hints"  # 103 Early Hints, then the whole
    DRIP_HEADERS = "drip-headers"  # header after header, spread over `Response.seconds`, then the whole body
    HELD = "held"  # the whole, not before `Response.released` is set


@dataclass(frozen=True, slots=True)
class Request:
    """One request that reached the replica.

    `time` is `time.monotonic()` in seconds when its headers were read; `path` holds the query; names in `headers`
    are lower case; `status` is the HTTP status of the answer, 0 when no status line was sent (a reset, or the client
    refused the certificate).
    """

    time: float
    method: str
    scheme: str
    host: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 0
    body: bytes = b""

    @property
    def url(self) -> str:
        """The absolute URL that was asked for."""
        return f"{self.scheme}://{self.host}{self.path}"

    @property
    def referer(self) -> str:
        """The Referer header, empty when there was none."""
        return self.headers.get("referer", "")


@dataclass(frozen=True, slots=True)
class Response:
    """One answer. `headers` has no Content-Length (the proxy adds it); `seconds` is the duration of a drip,
    `released` what the delivery of a held one waits for."""

    body: bytes = b""
    content_type: str = "text/html; charset=UTF-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    delivery: Delivery = Delivery.WHOLE
    seconds: float = 0.0
    released: threading.Event = field(default_factory=threading.Event)
