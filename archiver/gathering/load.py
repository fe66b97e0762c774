"""Load one page, or one image, and read it: what the worker threads do."""

from __future__ import annotations

from archiver.due.mirrors import Mirrors
from archiver.due.plan import Target
from archiver.errors import (
    ArchiverError,
    FetchError,
    ImageError,
    NoAddressError,
    PageError,
    PlaceholderError,
    RunEndedError,
)
from archiver.fetch.engine import Engine, Renderer
from archiver.fetch.http import HttpClient
from archiver.fetch.pace import Turns
from archiver.gathering.albums import load_album
from archiver.gathering.results import ImageResult, PageResult
from archiver.media.imagefile import inspect_image
from archiver.models import Article, Capture, ImageRef, Refusal, Status, UrlKind
from archiver.wechat import images, urls
from archiver.wechat.page import READY, migration_target, read_page

MAX_IMAGE_BYTES = 50_000_000
MAX_MOVES = 3  # accounts that moved more often send their readers in circles


def fetch_image(
    client: HttpClient, ref: ImageRef, variant: images.Variant, mirrors: Mirrors | None = None
) -> ImageResult:
    """Fetch and verify an image, trying its URLs in order. Never raises an expected error: it returns it."""
    foreign = mirrors.referer(ref.url) if mirrors else None
    inlined = images.inlined_image(ref.url)
    if inlined is not None:
        try:
            return ImageResult(ref, inspect_image(inlined))
        except ImageError as error:
            return ImageResult(ref, error=error)
    failure: ArchiverError = NoAddressError()
    # Not every host that is mirrored speaks https.
    for url in dict.fromkeys((*images.requests_of_image(ref, variant), *([ref.url] if foreign else []))):
        try:
            answer = client.get(
                url, referer=foreign or images.REFERER, max_bytes=MAX_IMAGE_BYTES, accept="image/*,*/*;q=0.8"
            )
            file = inspect_image(answer.body)
        except (FetchError, ImageError) as error:
            failure = error
            continue
        if not images.looks_like_placeholder(ref, file):
            return ImageResult(ref, file)
        failure = PlaceholderError("WeChat's hot-link notice came instead of the image")
    return ImageResult(ref, error=failure)


def load_page(engine: Engine, turns: Turns, target: Target) -> PageResult:
    """Capture and read one page. A page without body gets one more load with its own scripts, where the engine can; the
    page of an account that has moved is followed to where its article is now.

    Never raises an expected error: it returns it.
    """
    try:
        if target.kind is UrlKind.ALBUM:
            album = load_album(engine, turns, target.request, target.known)
            return PageResult(target, page=album.refusal, album=album)
        return _load_article(engine, turns, target)
    except (FetchError, PageError) as error:
        return PageResult(target, error=error)


def _load_article(engine: Engine, turns: Turns, target: Target) -> PageResult:
    url, seen = target.request, {target.url}
    capture, page = _read(engine, turns, url)
    while isinstance(page, Refusal) and page.status is Status.FAILED and (moved := migration_target(capture.body)):
        if urls.canonical_url(moved) in seen or len(seen) > MAX_MOVES:
            break
        if not turns.pause():
            raise RunEndedError("the run ended before the account's page could be followed to its new place")
        seen.add(urls.canonical_url(moved))
        capture, page = _read(engine, turns, urls.request_url(moved))
    reading = page.reading if isinstance(page, Refusal) else None
    if isinstance(page, Refusal) and page.empty and not isinstance(engine, Renderer):
        # Only a page whose scripts have run, too, is known to hold nothing; until then it is asked for again.
        error = PageError(f"{page.reason}; a browser may find one: archiver browser install")
        return PageResult(target, error=error, reading=reading)
    return PageResult(target, capture, page, reading=reading)


def _read(engine: Engine, turns: Turns, url: str) -> tuple[Capture, Article | Refusal]:
    capture = engine.capture(url)
    page = read_page(capture.body, capture.final_url)
    empty = page if isinstance(page, Refusal) and page.empty else None
    if empty and isinstance(engine, Renderer):
        if not turns.pause():
            raise RunEndedError(f"{empty.reason}, and the run ended before the page's own scripts could show one")
        rendered = engine.capture_rendered(url, READY)
        second = read_page(rendered.body, rendered.final_url)
        if isinstance(second, Article) or second.status is Status.WALL:
            return rendered, second
    return capture, page
