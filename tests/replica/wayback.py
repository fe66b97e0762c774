"""The Wayback Machine of the Internet Archive: its index, its captures as they were received, and Save Page Now.

As the real one it knows captures by a key that is lower-cased, sorted and without a scheme; leads to the nearest
capture of the same key where there is none of the moment; and answers 429 to who asks its index more than 24 times a
minute.
"""

from __future__ import annotations

import json
import re
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from tests.replica.messages import Request, Response

HOST = "web.archive.org"
PER_MINUTE = 24
KEYS = ("access", "SECRET-of-archive.org")
_CAPTURE = re.compile(r"/web/(\d{4,14})id_/(.+)", re.DOTALL)
_FIELDS = ("timestamp", "original", "mimetype", "statuscode", "digest", "length")


@dataclass(frozen=True, slots=True)
class Capture:
    """One capture, and what its bytes are."""

    timestamp: str
    original: str
    body: bytes
    status: str = "200"
    media_type: str = "text/html"

    def field(self, name: str) -> str:
        said = {"mimetype": self.media_type, "statuscode": self.status, "digest": f"D{zlib.crc32(self.body):08X}"}
        said |= {"timestamp": self.timestamp, "original": self.original, "length": str(len(self.body))}
        return said[name]


class Wayback:
    """What it has, and how it behaves. `clock` tells the seconds by which it counts requests; `asked` are all requests,
    with their second; so many of the next answers of the index are `empty`, whatever there is. `save_error` is the code
    with which Save Page Now refuses; what it was asked to save is `saved`. Where it is not `is_open`, it is a host that
    nobody may ask."""

    def __init__(self) -> None:
        self.captures: list[Capture] = []
        self.clock: Callable[[], float] = time.monotonic
        self.asked: list[tuple[float, str]] = []
        self.is_open = False
        self.is_silent = False  # whether the nearest capture comes without a redirect, as pywb has it
        self.empty = 0
        self.retry_after: int | None = 60
        self.save_error = ""
        self.pending = 1  # answers before a job is done
        self.saved: list[str] = []
        self._jobs: dict[str, int] = {}
        self._lock = threading.Lock()

    def add(self, url: str, body: bytes, timestamp: str = "20210304050607", **more: str) -> Capture:
        """Have a capture of `url`; the address at which its bytes are is that of `Capture`."""
        self.is_open = True
        found = Capture(timestamp, url, body, **more)
        self.captures.append(found)
        return found

    def index_requests(self) -> list[tuple[float, str]]:
        """The requests of the index, with their second."""
        return [(second, path) for second, path in self.asked if path.startswith("/cdx/")]

    def most_in_a_minute(self) -> int:
        """How many requests came within a minute at the most."""
        times = [second for second, _ in self.asked]
        return max((sum(start <= second < start + 60 for second in times) for start in times), default=0)

    def answer(self, request: Request) -> Response:
        """What it answers."""
        with self._lock:
            self.asked.append((self.clock(), request.path))
            if request.path.startswith("/cdx/search/cdx?"):
                return self._index(request.path)
            if request.path.startswith("/save"):
                return self._save(request)
            return self._capture(request.path)

    def _index(self, path: str) -> Response:
        now = self.clock()
        if sum(now - 60 < second <= now for second, asked in self.asked if asked.startswith("/cdx/")) > PER_MINUTE:
            rest = () if self.retry_after is None else (("Retry-After", str(self.retry_after)),)
            return Response(b"Too Many Requests", "text/plain", 429, rest)
        if self.empty:
            self.empty -= 1
            return Response(b"[]\n", "application/json")
        asked = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        found = sorted(
            filter(lambda c: _matches(c, asked), self.captures), key=lambda c: (_key(c.original), c.timestamp)
        )
        limit = int(asked.get("limit", "0"))
        found = found[limit:] if limit < 0 else found[: limit or None]
        names = asked["fl"].split(",")
        assert set(names) <= set(_FIELDS)
        rows = [names, *([capture.field(name) for name in names] for capture in found)] if found else []
        return Response(json.dumps(rows).encode() + b"\n", "application/json")

    def _capture(self, path: str) -> Response:
        asked = _CAPTURE.fullmatch(path)
        if not asked:
            return Response(b"rewritten", status=404)
        same = [capture for capture in self.captures if _key(capture.original) == _key(asked[2])]
        if not same:
            return Response(b"Wayback Machine has not archived that URL.", status=404)
        wanted = int(asked[1].ljust(14, "0"))
        nearest = min(same, key=lambda capture: abs(int(capture.timestamp) - wanted))
        if nearest.timestamp != asked[1] and not self.is_silent:
            target = f"https://{HOST}/web/{nearest.timestamp}id_/{nearest.original}"
            return Response(b"", status=302, headers=(("Location", target),))
        links = f'<{nearest.original}>; rel="original", <https://{HOST}/web/{nearest.original}>; rel="timegate"'
        return Response(nearest.body, nearest.media_type, int(nearest.status), (("Link", links),))

    def _save(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"LOW {KEYS[0]}:{KEYS[1]}":
            return _json({"message": "You need to be logged in to use Save Page Now."}, 401)
        job = request.path.removeprefix("/save/status/")
        if job == request.path:
            url = parse_qs(request.body.decode())["url"][0]
            if self.save_error:
                return _json({"status": "error", "status_ext": f"error:{self.save_error}", "message": "no"})
            self.saved.append(url)
            job = f"spn2-{len(self.saved)}"
            self._jobs[job] = self.pending
            return _json({"url": url, "job_id": job})
        if self._jobs[job]:
            self._jobs[job] -= 1
            return _json({"status": "pending", "job_id": job})
        return _json({"status": "success", "job_id": job, "timestamp": "20260304050607"})


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value).encode(), "application/json", status)


def _matches(capture: Capture, asked: dict[str, str]) -> bool:
    field, _, pattern = asked.get("filter", "!statuscode:").removeprefix("!").partition(":")
    if pattern and re.fullmatch(pattern, capture.field(field)):
        return False
    wanted, key = _key(asked["url"]), _key(capture.original)
    return key.startswith(wanted) if asked.get("matchType") == "prefix" else key == wanted


def _key(url: str) -> str:
    parts = urlsplit(url)
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{parts.hostname}{parts.path}{'?' if query else ''}{query}".lower().replace("%3d", "=")
