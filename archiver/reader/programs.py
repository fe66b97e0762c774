"""What the reader's server answers to other programs: a feed, a catalogue of books, search and articles as JSON.

docs/exporting.md describes it; archiver/schemas/exchange has the JSON Schemas.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from archiver.errors import DamageError, QueryError, StoreError
from archiver.reader.query import parse_query
from archiver.reader.search import Hit, Results, search
from archiver.store.catalogue import Catalogue
from archiver.store.layout import id_of

MOST_HITS = 100  # in one answer
_PORTION = 1_000_000  # bytes


class Exports(Protocol):
    """The archive in formats of others, made by who knows them; see archiver.tasks.serving."""

    def feed(self, base: str) -> bytes: ...
    def opds(self, path: str, base: str) -> str | None: ...
    def book(self, path: str, file: BinaryIO) -> bool: ...
    def article(self, article_id: str) -> Mapping[str, Any] | None: ...


class Programs:
    """What other programs ask for: a feed, books, and JSON."""

    def __init__(self, catalogue: Path, exports: Exports) -> None:
        self._catalogue = catalogue
        self._exports = exports

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/feed.xml", self.feed),
            Route("/api/search", self.search),
            Route("/api/articles/{id}", self.article),
            Route("/{path:path}.epub", self.book),
            Route("/opds", self.opds),
            Route("/opds/{list}", self.opds),
        ]

    def feed(self, request: Request) -> Response:
        """The newest articles as Atom."""
        return Response(self._exports.feed(_base(request)), media_type="application/atom+xml; charset=utf-8")

    def opds(self, request: Request) -> Response:
        """A page of the catalogue of books."""
        found = self._exports.opds(request.url.path.strip("/"), _base(request))
        if found is None:
            raise HTTPException(404)
        return Response(found, media_type="application/atom+xml;profile=opds-catalog; charset=utf-8")

    def book(self, request: Request) -> Response:
        """A book of a month or an account."""
        if request.method == "HEAD":  # it would have to be made to know more
            return Response(media_type="application/epub+zip")
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by who reads it
        if not self._exports.book(f"{request.path_params['path']}.epub", file):
            file.close()
            raise HTTPException(404)
        file.seek(0)
        return StreamingResponse(_portions(file), media_type="application/epub+zip")

    def search(self, request: Request) -> Response:
        """What a search finds: `q`, and `limit` from `offset` on."""
        found = {name: request.query_params.get(name, default) for name, default in (("limit", "20"), ("offset", "0"))}
        if not all(re.fullmatch(r"\d{1,6}", value) for value in found.values()):
            return JSONResponse({"error": "query", "detail": "limit and offset are whole numbers"}, 400)
        limit, offset = min(int(found["limit"]), MOST_HITS), int(found["offset"])
        try:
            query = parse_query(request.query_params.get("q", "")[:500])
        except QueryError as error:
            return JSONResponse({"error": "query", "detail": str(error)}, 400)
        with Catalogue(self._catalogue, check=False) as catalogue:
            results = search(catalogue, query, limit, offset) if query else Results(0, ())
        hits = list(map(_hit, results.hits))
        return JSONResponse({"schema": 1, "total": results.total, "offset": offset, "articles": hits})

    def article(self, request: Request) -> Response:
        """An article, with its text."""
        try:
            found = self._exports.article(request.path_params["id"])
        except (StoreError, DamageError) as error:
            return JSONResponse({"error": "damage", "detail": str(error)}, 500)
        if found is None:
            return JSONResponse({"error": "not-found", "detail": "no article has this id"}, 404)
        return JSONResponse(found)


def _base(request: Request) -> str:
    """The server's address as it was asked for; its name has been checked."""
    return f"{request.url.scheme}://{request.headers['host']}/"


def _portions(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while portion := file.read(_PORTION):
            yield portion


def _hit(hit: Hit) -> dict[str, str | int]:
    item = hit.item
    return {
        "id": id_of(item.folder),
        "url": item.url,
        "title": item.title,
        "account": item.account,
        "author": item.author,
        "date": item.date,
        "status": "partial" if item.partial else "archived",
        "stars": item.stars,
        "snippet": "".join(text for text, _ in hit.pieces),
    }
