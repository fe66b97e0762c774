"""Look for one article or image in the web archive. What comes is judged as a live page is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from archiver.errors import ImageError, NetworkError, PageError
from archiver.fetch.body import check_whole
from archiver.fetch.settings import MAX_PAGE_BYTES
from archiver.gathering.image import MAX_IMAGE_BYTES
from archiver.gathering.webarchive import Archived, WebArchive
from archiver.media.imagefile import inspect_image
from archiver.models import Article, Capture, ImageFile, ImageRef, Provenance, Refusal
from archiver.webarchive.cdx import HOST, Snapshot, best_first, parse_capture_url
from archiver.wechat import images
from archiver.wechat.page import read_page
from archiver.wechat.spellings import image_prefix, image_rank, is_other_article, is_same_page, spellings

MOST_CAPTURES = 5  # that are asked for, of one spelling of a link
MOST_IMAGES = 3  # of one image


@dataclass(slots=True)
class Sought:
    """What a search came to: the `article` with its `capture`, or neither. `refused`: the addresses of captures that
    were none of it, and why. `broken`: one broke off, so that another run may have it."""

    article: Article | None = None
    capture: Capture | None = None
    refused: dict[str, str] = field(default_factory=dict)
    broken: bool = False


def seek_article(web: WebArchive, known: Sequence[str], now: Callable[[], datetime]) -> Sought:
    """The newest capture that is the article whose link is known by these URLs; those of a web archive among them are
    asked for directly. Raises FetchError."""
    seeker = _Seeker(web, now)
    for url in known:
        named = parse_capture_url(url)
        if named and any(seeker.try_capture(named, asked) for asked in spellings([url])[:1]):
            return seeker.sought
    for asked in spellings(known):
        for snapshot in best_first(web.captures(asked), partial(_rank, asked), MOST_CAPTURES):
            if seeker.try_capture(snapshot, asked):
                return seeker.sought
    return seeker.sought


def _rank(asked: str, original: str) -> int | None:
    return 0 if is_same_page(asked, original) else None


class _Seeker:
    def __init__(self, web: WebArchive, now: Callable[[], datetime]) -> None:
        self._web = web
        self._now = now
        self._digests: set[str] = set()  # of captures that were refused under another spelling
        self.sought = Sought()

    def try_capture(self, snapshot: Snapshot, asked: str) -> bool:
        """Whether a capture is the article."""
        if snapshot.url in self.sought.refused or snapshot.digest in self._digests:
            return False
        try:
            archived = self._web.get(snapshot, MAX_PAGE_BYTES)
        except NetworkError as error:
            self.sought.broken = True
            self.sought.refused[snapshot.url] = str(error)
            return False
        page = _judged(archived, asked) if archived else "the web archive does not have it after all"
        if archived is None or isinstance(page, str):
            self.sought.refused[snapshot.url] = str(page)
            self._digests |= {snapshot.digest} - {""}
            return False
        self.sought.article, self.sought.capture = page, _as_capture(archived, asked, self._now())
        return True


def _judged(archived: Archived, asked: str) -> Article | str:
    """The article, or why it is none."""
    original = archived.snapshot.original
    if not is_same_page(asked, original):
        return f"it is of another address: {original[:200]}"
    try:
        check_whole(archived.body)
        page = read_page(archived.body, original)
    except (PageError, NetworkError) as error:
        return str(error)
    if isinstance(page, Refusal):
        return f"{page.status}: {page.reason}"
    return "it is another article" if is_other_article(page, archived.body, asked) else page


def _as_capture(archived: Archived, asked: str, now: datetime) -> Capture:
    found = archived.snapshot
    assert found.made_at is not None  # WebArchive.get sees to that
    provenance = Provenance(HOST, found.made_at, found.url)
    moment = now.replace(microsecond=0)
    return Capture(asked, found.original, 200, archived.body, moment, "http", provenance=provenance)


def seek_image(web: WebArchive, ref: ImageRef) -> tuple[ImageFile, Snapshot] | None:
    """The best capture of an image: of its very id, whole, no notice of WeChat's. Raises FetchError."""
    prefix = image_prefix(ref.url)
    listed: Iterable[Snapshot] = web.captures(prefix, all_below=True) if prefix else ()
    for snapshot in best_first(listed, lambda original: image_rank(ref.url, original), MOST_IMAGES):
        try:
            archived = web.get(snapshot, MAX_IMAGE_BYTES)
            if archived is None or image_rank(ref.url, archived.snapshot.original) is None:
                continue
            file = inspect_image(archived.body)
        except (ImageError, NetworkError):
            continue
        if not images.looks_like_placeholder(ref, file):
            return file, archived.snapshot
    return None
