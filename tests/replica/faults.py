"""Answers that go wrong on purpose."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tests.replica.images import placeholder
from tests.replica.messages import Delivery, Request, Response
from tests.replica.states import State, state_page

_DELIVERIES = {
    "half": Delivery.HALF,
    "reset": Delivery.RESET,
    "reset-body": Delivery.RESET_IN_BODY,
    "slow": Delivery.DRIP,
}
_STATUS = re.compile(r"status:([1-5]\d\d)")
KINDS = ("placeholder", "html", "empty", "truncated", *_DELIVERIES, *State)


@dataclass(slots=True)
class Fault:
    """What happens to requests whose URL (https form, with query) contains `match`.

    `times` requests are hit, all of them when None. `kind` is one of:

    * `placeholder`: the hot-link picture; `html`: a web page in place of the picture; `empty`: 0 bytes
    * `half`: Content-Length of the whole, half the bytes, end of connection
    * `truncated`: half the bytes, and Content-Length agrees
    * `reset`: TCP reset before the answer; `reset-body`: in the middle of the body
    * `slow`: in drips over `seconds`
    * `status:NNN`: an HTTP error, with Retry-After when `retry_after` seconds are given
    * a name of `State` (`wall`, `deleted`, …): that page in place of the answer

    Raises ValueError for another kind.
    """

    match: str
    kind: str
    times: int | None = None
    seconds: float = 5.0
    retry_after: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS and not _STATUS.fullmatch(self.kind):
            raise ValueError(f"no such fault: {self.kind!r}; there are {', '.join(KINDS)}, status:NNN")

    def hits(self, request: Request) -> bool:
        """Whether `request` is meant and `times` is not used up."""
        url = request.url.replace("http://", "https://", 1)
        return self.times != 0 and self.match in url

    def use(self) -> None:
        """Count one hit."""
        if self.times is not None:
            self.times -= 1

    def apply(self, response: Response, request: Request) -> Response:
        """`response` as this fault leaves it."""
        if self.kind in _DELIVERIES:
            return replace(response, delivery=_DELIVERIES[self.kind], seconds=self.seconds)
        if self.kind == "placeholder":
            return Response(placeholder(), "image/jpeg")
        if self.kind == "html":
            return Response(b"<!DOCTYPE html><title>Busy</title><p>The server is busy.</p>")
        if self.kind == "empty":
            return replace(response, body=b"")
        if self.kind == "truncated":
            return replace(response, body=response.body[: len(response.body) // 2])
        if self.kind in tuple(State):
            return Response(state_page(State(self.kind), request.url))
        retry = () if self.retry_after is None else (("Retry-After", str(self.retry_after)),)
        return Response(b"error", "text/plain", int(self.kind.removeprefix("status:")), retry)
