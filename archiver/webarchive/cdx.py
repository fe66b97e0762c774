"""The Wayback Machine of the Internet Archive: its index of captures (CDX), and the captures as they were received.

The index is asked at `/cdx/search/cdx` (documented in internetarchive/wayback, wayback-cdx-server/README.md). Its keys
are lower-cased and sorted, know no scheme, and so stand for several addresses: WeChat's tokens and the ids of images
are case-sensitive. What a line is about is said by its `original`.

A capture is asked for as `/web/<timestamp>id_/<address>` only: other forms are rewritten. Where there is none of that
moment, the nearest one of the same key comes by a redirect, so that the final address has to be looked at. That may
still be spelled as it was asked for: what the bytes are of is said by the header Link (`rel="original"`, RFC 7089).
pywb answers so, without a redirect.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from archiver.errors import NetworkError

HOST = "web.archive.org"
MOST_OF_A_PAGE = 50  # captures of one address that are listed, the newest
MOST_OF_IMAGES = 500  # captures of all addresses that begin alike
_FIELDS = "timestamp,original,mimetype,statuscode,digest,length"
_CAPTURE = re.compile(
    rf"https?://{re.escape(HOST)}/web/(\d{{4,14}})(?:[a-z]{{2}}_)?/(https?:/{{1,2}}.+)", re.IGNORECASE
)
_ORIGINAL = re.compile(r"<([^<>]+)>\s*;[^,]*\brel=[\"']?[^\"',;]*\boriginal\b")
_WHOLE = re.compile(r"\d{14}")
_REVISIT = "-"  # the status of a capture that is the same as an earlier one


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A capture in the web archive: when it was made (`timestamp`, digits of year to second, in UTC), of which address
    (`original`). What the index says of it: HTTP `status`, `media_type`, `digest` of its bytes; empty where it was not
    asked."""

    timestamp: str
    original: str
    status: str = ""
    media_type: str = ""
    digest: str = ""

    @property
    def url(self) -> str:
        """The address of its bytes, as they were received."""
        return f"https://{HOST}/web/{self.timestamp}id_/{self.original}"

    @property
    def made_at(self) -> datetime | None:
        """When it was made, in UTC; None where the timestamp is none."""
        try:
            return datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            return None


def index_url(url: str, *, all_below: bool = False) -> str:
    """What to ask for the captures of `url`, or of all addresses that begin with it. Errors and redirects are left
    out."""
    scope = {"matchType": "prefix", "limit": MOST_OF_IMAGES} if all_below else {"limit": -MOST_OF_A_PAGE}
    asked = {"url": url, "output": "json", "fl": _FIELDS, "filter": "!statuscode:[345]..", **scope}
    return f"https://{HOST}/cdx/search/cdx?{urlencode(asked, quote_via=quote)}"


def read_index(body: bytes) -> tuple[Snapshot, ...]:
    """The captures that an answer of the index lists; lines that are none are passed over. Raises NetworkError where
    it is no such answer, or is cut off."""
    text = body.strip()
    if not text:
        return ()
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NetworkError(f"the web archive's index answered something else, or only in part: {error}") from error
    if not isinstance(rows, list):
        raise NetworkError("the web archive's index answered something else")
    return tuple(found for row in rows[1:] if (found := _snapshot(row)))  # the first line names the columns


def _snapshot(row: object) -> Snapshot | None:
    if not isinstance(row, list) or len(row) < 5 or not all(isinstance(value, str) for value in row[:5]):
        return None
    timestamp, original, media_type, status, digest = row[:5]
    found = Snapshot(timestamp, original, status, media_type, digest)
    return found if _WHOLE.fullmatch(timestamp) and found.made_at else None


def parse_capture_url(url: str) -> Snapshot | None:
    """The capture that an address of the web archive names, in whatever form; None where it names none. Its timestamp
    may be short, as in `/web/2021/…`: the nearest capture is meant then."""
    found = _CAPTURE.fullmatch(url.strip())
    if not found:
        return None
    scheme, _, rest = found[2].partition(":")
    return Snapshot(found[1], f"{scheme.lower()}://{rest.lstrip('/')}")


def answered(url: str, links: str) -> Snapshot | None:
    """The capture that came, given the final address of an answer and its header Link; None where that is none."""
    found, said = parse_capture_url(url), _ORIGINAL.search(links)
    return replace(found, original=said[1]) if found and said else found


def best_first(snapshots: Iterable[Snapshot], rank: Callable[[str], int | None], most: int) -> tuple[Snapshot, ...]:
    """The captures to ask for, in order: by `rank(original)` (None: it is of another thing), then the newest first; of
    several with the same bytes only the first, and at most so many."""
    ranked = [
        (place, found)
        for found in snapshots
        if found.status in ("200", _REVISIT)
        if (place := rank(found.original)) is not None
    ]
    ranked.sort(key=lambda item: item[1].timestamp, reverse=True)
    ranked.sort(key=lambda item: item[0])
    distinct: dict[str, Snapshot] = {}
    for _, found in ranked:
        distinct.setdefault(found.digest or found.url, found)
    return tuple(distinct.values())[:most]
