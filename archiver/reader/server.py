"""The reader behind a local web server: the same pages, with full-text search and a status page.

Nothing here changes anything but what the reader's own pages say was read and marked (`StateKeeper`), and only what the
reader shows is served: no catalogue, no captures, no journal. Every answer carries a policy under which it can load
from this server and nowhere else; a request for another host's name is refused, so that no foreign page can read the
archive through a name that it points at this machine.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archiver.errors import QueryError
from archiver.reader.live import live_status
from archiver.reader.pages import Pages
from archiver.reader.programs import Exports, Programs
from archiver.reader.query import Query, parse_query
from archiver.reader.search import Results, search
from archiver.reader.state import STATE, StateKeeper, is_own_page
from archiver.render import sitemap
from archiver.store.catalogue import Catalogue
from archiver.store.layout import CATALOGUE, HOME, SERVED
from archiver.store.reader_state import ReaderState

PER_PAGE = 20
LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
_NO_FILE = {errno.ENAMETOOLONG, errno.ELOOP, errno.ENOENT, errno.ENOTDIR, errno.EINVAL, errno.EILSEQ}
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".markdown": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".m4a": "audio/mp4",
}
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-cache",  # asked again each time; the ETag makes that cheap
}
# A stranger's file that is opened by itself may load nothing and run nothing.
_ALONE = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"


class _Guard:
    """Refuses foreign host names, whatever is not a read but for `posts` from pages of its own, and puts the headers on
    every answer."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str], posts: str) -> None:
        self._app = app
        self._posts = posts
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        request = Request(scope)
        refusal = None
        if re.sub(r":\d*$", "", request.headers.get("host", "")).lower() not in self._hosts:
            refusal = PlainTextResponse("This server answers only to its own name.\n", 421)
        elif request.method == "POST" and request.url.path == self._posts:
            if not is_own_page(request):
                refusal = PlainTextResponse("Only pages of this server may say this.\n", 403)
        elif request.method not in ("GET", "HEAD"):
            refusal = PlainTextResponse("Nothing here can be changed.\n", 405, {"allow": "GET, HEAD"})
        await (refusal or self._app)(scope, receive, guarded)


class _Reader:
    """The pages: those that are made on request, and the archive's files."""

    def __init__(self, root: Path, catalogue: Path, notes_root: Path, notes_base: str) -> None:
        self._root = root.resolve()
        self._catalogue = catalogue
        self._notes_root = notes_root.resolve()
        self._notes_base = notes_base

    def search(self, request: Request) -> Response:
        """The search page with results."""
        asked = request.query_params.get("q", "")[:500]
        page = request.query_params.get("page", "1")
        number = int(page) if re.fullmatch(r"[1-9]\d{0,5}", page) else 1
        results, state = Results(0, ()), ""
        with Catalogue(self._catalogue, check=False) as catalogue:
            try:
                query = parse_query(asked)
            except QueryError as error:
                query, state = Query((), ()), error.chinese
            if query:
                results = search(catalogue, query, PER_PAGE, (number - 1) * PER_PAGE)
                state = f"共 {results.total:,} 篇" if results.total else "没有找到"
            values = {
                "heading": "搜索",
                "asked": asked,
                "state": state,
                "items": [(hit.item, hit.pieces) for hit in results.hits],
                "pages": _pager(asked, number, results.total),
                "more_scripts": sitemap.SERVED_SEARCH_SCRIPTS,
                "live": True,
            }
            title = f"{asked} · 搜索" if asked.strip() else "搜索"
            made = Pages(catalogue).render("search.html", sitemap.SEARCH, title, **values)
        return HTMLResponse(made.text)

    def status(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        """The status page, as of now."""
        with Catalogue(self._catalogue, check=False) as catalogue:
            return HTMLResponse(Pages(catalogue).status(live_status(self._root)).text)

    def file(self, request: Request) -> Response:
        """A file of the archive that the reader shows, or a note that links into it."""
        path = request.path_params["path"] or HOME
        root, name = self._root, path
        if not SERVED.fullmatch(path):
            root, name = self._notes_root, self._note(path)
        if not name or not path.isprintable():
            raise HTTPException(404)
        response = self._send(root, name)
        if request.headers.get("if-none-match", "").removeprefix("W/") == response.headers["etag"]:
            return Response(status_code=304, headers={"etag": response.headers["etag"]})
        return response

    def _note(self, path: str) -> str:
        """The note that a static page's link (`../notes/a.md`, cut at the server's root by the browser) means."""
        parts = [part for part in PurePosixPath(self._notes_base).parts if part not in ("..", ".")]
        base = "".join(f"{part}/" for part in parts)
        note = path.removeprefix(base)
        if not (self._notes_base and path.startswith(base) and note):
            return ""
        with Catalogue(self._catalogue, check=False) as catalogue:
            return note if catalogue.db.table("notes").count_where("path = ?", [note]) else ""

    def _send(self, root: Path, path: str) -> Response:
        try:
            target = (root / path).resolve()
            # Also where a link on the disk leads out of it.
            found = target.stat() if target.is_relative_to(root) and target.is_file() else None
        except (OSError, RuntimeError, ValueError) as error:
            # What is too long for a name, or a link that leads to itself (before Python 3.13): no such file.
            if isinstance(error, OSError) and error.errno not in _NO_FILE:
                raise
            found = None
        if found is None:
            raise HTTPException(404)
        kind = _TYPES.get(target.suffix.lower())
        response = FileResponse(target, media_type=kind, stat_result=found)
        if not path.endswith((".html", ".css", ".js")):
            response.headers["content-security-policy"] = _ALONE
        return response


def _pager(asked: str, number: int, total: int) -> list[tuple[str, str]]:
    """(name, address) of the pages of results around the current one, whose address is empty."""
    last = -(-total // PER_PAGE)
    near = [n for n in range(1, last + 1) if abs(n - number) <= 3 or n in (1, last)]
    return [(f"第 {n} 页", "" if n == number else "?" + urlencode({"q": asked, "page": n})) for n in near]


async def _refused(request: Request, error: Exception) -> Response:  # noqa: ARG001 - Starlette's signature
    status = error.status_code if isinstance(error, HTTPException) else 500
    return PlainTextResponse("没有这一页。\n" if status == 404 else "不行。\n", status)


@dataclass(frozen=True, slots=True)
class More:
    """What a server does besides showing pages: `exports` is what it gives to other programs, `state` where it keeps
    what was read and marked; None: it does not."""

    exports: Exports | None = None
    state: ReaderState | None = None


_NO_MORE = More()


def make_server(
    root: Path,
    notes_root: Path,
    notes_base: str,
    hosts: Sequence[str] = LOCAL_NAMES,
    more: More = _NO_MORE,
) -> ASGIApp:
    """The ASGI application for the archive at `root`, which answers to the names in `hosts` (without port).

    Its index is up to date; `notes_base` as for `Pages`.
    """
    catalogue = root / CATALOGUE
    reader = _Reader(root, catalogue, notes_root, notes_base)
    handlers: Mapping[int, Callable[[Request, Exception], Awaitable[Response]]] = {404: _refused, 405: _refused}
    return Starlette(
        routes=[
            *(Programs(catalogue, more.exports).routes if more.exports else ()),
            *(StateKeeper(more.state).routes if more.state else ()),
            Route(f"/{sitemap.SEARCH}", reader.search),
            Route(f"/{sitemap.STATUS}", reader.status),
            Route("/{path:path}", reader.file),
        ],
        middleware=[Middleware(_Guard, hosts=hosts, posts=STATE if more.state else "")],
        exception_handlers=handlers,
    )
