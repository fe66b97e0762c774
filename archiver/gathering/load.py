"""Load one page and read it: what the worker threads do."""

from __future__ import annotations

from archiver.due.plan import Target
from archiver.errors import FetchError, PageError, RunEndedError
from archiver.fetch.engine import Engine, Renderer
from archiver.fetch.pace import Turns
from archiver.gathering.albums import load_album
from archiver.gathering.page_reading import ReadPage, read_here
from archiver.gathering.results import PageResult
from archiver.models import Article, Capture, Refusal, Status, UrlKind
from archiver.wechat import urls
from archiver.wechat.page import READY, migration_target

MAX_MOVES = 3  # accounts that moved more often send their readers in circles


def load_page(engine: Engine, turns: Turns, target: Target, read: ReadPage = read_here) -> PageResult:
    """Capture and read one page. A page without body gets one more load with its own scripts, where the engine can; the
    page of an account that has moved is followed to where its article is now.

    Never raises an expected error: it returns it.
    """
    try:
        if target.kind is UrlKind.ALBUM:
            album = load_album(engine, turns, target.request, target.known)
            return PageResult(target, page=album.refusal, album=album)
        return _load_article(engine, turns, target, read)
    except (FetchError, PageError) as error:
        return PageResult(target, error=error)


def _load_article(engine: Engine, turns: Turns, target: Target, read: ReadPage) -> PageResult:
    url, seen = target.request, {target.url}
    capture, page = _read(engine, turns, url, read)
    while isinstance(page, Refusal) and page.status is Status.FAILED and (moved := migration_target(capture.body)):
        if urls.canonical_url(moved) in seen or len(seen) > MAX_MOVES:
            break
        if not turns.pause():
            raise RunEndedError("the run ended before the account's page could be followed to its new place")
        seen.add(urls.canonical_url(moved))
        capture, page = _read(engine, turns, urls.request_url(moved), read)
    reading = page.reading if isinstance(page, Refusal) else None
    if isinstance(page, Refusal) and page.empty and not isinstance(engine, Renderer):
        # Only a page whose scripts have run, too, is known to hold nothing; until then it is asked for again.
        error = PageError(f"{page.reason}; a browser may find one: archiver browser install")
        return PageResult(target, error=error, reading=reading)
    return PageResult(target, capture, page, reading=reading)


def _read(engine: Engine, turns: Turns, url: str, read: ReadPage) -> tuple[Capture, Article | Refusal]:
    capture, page = read(engine.capture(url))
    empty = page if isinstance(page, Refusal) and page.empty else None
    if empty and isinstance(engine, Renderer):
        if not turns.pause():
            raise RunEndedError(f"{empty.reason}, and the run ended before the page's own scripts could show one")
        rendered, second = read(engine.capture_rendered(url, READY))
        if isinstance(second, Article) or second.status is Status.WALL:
            return rendered, second
    return capture, page
