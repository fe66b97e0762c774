"""What the reader's server keeps for the person who reads: see archiver.store.reader_state."""

from __future__ import annotations

import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from archiver.store.reader_state import ReaderState, as_json, state_entry

STATE = "/api/state"
MOST_BYTES = 2_000_000
MOST_ENTRIES = 1000


class StateKeeper:
    """Answers what is known, and takes in what is new, from the reader's own pages alone."""

    def __init__(self, state: ReaderState) -> None:
        self._state = state

    @property
    def routes(self) -> list[Route]:
        return [Route(STATE, self.tell, methods=["GET"]), Route(STATE, self.take, methods=["POST"])]

    def tell(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        """All entries that count."""
        answer = {"schema": 1, "entries": list(map(as_json, self._state.current()))}
        # With escapes: a quote may end in the middle of a pair of surrogates, which is nothing that UTF-8 could say.
        return Response(json.dumps(answer), media_type="application/json")

    async def take(self, request: Request) -> Response:
        """Keep `entries`: all of them, or, where one is none, nothing."""
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return _refusal("content type", 415)
        body = await _body(request)
        if body is None:
            return _refusal("too large", 413)
        try:
            state_entries = [state_entry(value) for value in _listed(json.loads(body))]
        except (ValueError, RecursionError) as error:
            return _refusal(str(error), 400)
        await run_in_threadpool(self._state.append, state_entries)
        return Response(status_code=204)


def is_own_page(request: Request) -> bool:
    """Whether a page of this server asks: browsers say with every POST from where it comes."""
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return (
        request.headers.get("origin") == own and request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
    )


async def _body(request: Request) -> bytes | None:
    """None where it is too long."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


def _listed(value: Any) -> list[Any]:
    found = value.get("entries") if isinstance(value, dict) else None
    if not isinstance(found, list) or not 0 < len(found) <= MOST_ENTRIES:
        raise ValueError(f"`entries` has to be a list of 1 to {MOST_ENTRIES}")
    return found


def _refusal(detail: str, status: int) -> Response:
    return JSONResponse({"error": "state", "detail": detail}, status)
