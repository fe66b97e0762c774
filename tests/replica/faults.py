"""Answers that go wrong on purpose."""

from __future__ import annotations

import functools
import gzip
import re
import struct
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.replica.encodings import ENCODERS
from tests.replica.images import placeholder
from tests.replica.messages import Delivery, Request, Response
from tests.replica.states import State, state_page

_DELIVERIES = {
    "half": Delivery.HALF,
    "held": Delivery.HELD,
    "reset": Delivery.RESET,
    "reset-body": Delivery.RESET_IN_BODY,
    "slow": Delivery.DRIP,
    "slow-headers": Delivery.DRIP_HEADERS,
    "early-hints": Delivery.HINTS,
}
_CHANGES: dict[str, Callable[[Response], Response]] = {
    "empty": lambda response: replace(response, body=b""),
    "truncated": lambda response: replace(response, body=response.body[: len(response.body) // 2]),
    "wrong-type": lambda response: replace(response, content_type="application/octet-stream"),
}
_STATUS = re.compile(r"status:([1-5]\d\d)")
KINDS = (
    "placeholder", "html", *_CHANGES, "gzip-bomb", "pixel-bomb", *_DELIVERIES, *State,
)  # fmt: skip
_REDIRECT = "redirect:"
_ENCODED = re.compile(rf"(encoded|cut|label):({'|'.join(ENCODERS)})")


@dataclass(slots=True)
class Fault:
    """What happens to requests whose URL (https form, with query) contains `match`.

    `times` requests are hit, all of them when None. `kind` is one of:

    * `placeholder`: the hot-link image; `html`: a web page in place of the image; `empty`: 0 bytes
    * `half`: Content-Length of the whole, half the bytes, end of connection
    * `truncated`: half the bytes, and Content-Length agrees
    * `wrong-type`: the right bytes, said to be application/octet-stream; `redirect:URL`: HTTP 302 to there
    * `gzip-bomb`: 200 MB of zeros in 1 MB; `pixel-bomb`: a PNG of 60,000 × 60,000 pixels in 70 bytes
    * `encoded:NAME`: so encoded (gzip, br, zstd, deflate); `cut:NAME`: half of that, and Content-Length agrees;
      `label:NAME`: said to be so encoded, and is not
    * `early-hints`: 103 before the answer
    * `reset`: TCP reset before the answer; `reset-body`: in the middle of the body
    * `held`: not before `release()`; the request is in the log at once
    * `slow`: in drips over `seconds`; `slow-headers`: the headers so, then the whole
    * `status:NNN`: an HTTP error, with Retry-After when `retry_after` seconds are given
    * a name of `State` (`wall`, `deleted`, …): that page in place of the answer

    Raises ValueError for another kind.
    """

    match: str
    kind: str
    times: int | None = None
    seconds: float = 5.0
    retry_after: int | None = None
    released: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        patterned = _STATUS.fullmatch(self.kind) or _ENCODED.fullmatch(self.kind) or self.kind.startswith(_REDIRECT)
        if self.kind not in KINDS and not patterned:
            raise ValueError(f"no such fault: {self.kind!r}; there are {', '.join(KINDS)}, redirect:URL, status:NNN")
        if self.kind == "gzip-bomb":
            _bomb()  # made here, so that the client need not wait for it

    def hits(self, request: Request) -> bool:
        """Whether `request` is meant and `times` is not used up."""
        url = request.url.replace("http://", "https://", 1)
        return self.times != 0 and self.match in url

    def use(self) -> None:
        """Count one hit."""
        if self.times is not None:
            self.times -= 1

    def release(self) -> None:
        """Let the held answers go."""
        self.released.set()

    def apply(self, response: Response, request: Request) -> Response:
        """`response` as this fault leaves it."""
        if self.kind in _DELIVERIES:
            delivery = _DELIVERIES[self.kind]
            return replace(response, delivery=delivery, seconds=self.seconds, released=self.released)
        if self.kind == "placeholder":
            return Response(placeholder(), "image/jpeg")
        if self.kind == "html":
            return Response(b"<!DOCTYPE html><title>Busy</title><p>The server is busy.</p>")
        if self.kind in _CHANGES:
            return _CHANGES[self.kind](response)
        if found := _ENCODED.fullmatch(self.kind):
            return _encoded(response, *found.groups())
        if self.kind == "gzip-bomb":
            return Response(_bomb(), response.content_type, headers=(("Content-Encoding", "gzip"),))
        if self.kind == "pixel-bomb":
            return Response(_huge_png(60_000), "image/png")
        if self.kind.startswith(_REDIRECT):
            return Response(b"", status=302, headers=(("Location", self.kind.removeprefix(_REDIRECT)),))
        if self.kind in tuple(State):
            return Response(state_page(State(self.kind), request.url))
        retry = () if self.retry_after is None else (("Retry-After", str(self.retry_after)),)
        return Response(b"error", "text/plain", int(self.kind.removeprefix("status:")), retry)


def _encoded(response: Response, how: str, name: str) -> Response:
    body = response.body if how == "label" else ENCODERS[name](response.body)
    body = body[: len(body) // 2] if how == "cut" else body
    return replace(response, body=body, headers=(*response.headers, ("Content-Encoding", name)))


@functools.cache
def _bomb() -> bytes:
    return gzip.compress(bytes(200_000_000), compresslevel=1, mtime=0)


def _huge_png(side: int) -> bytes:
    """A PNG whose header promises `side` × `side` pixels."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"")),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
