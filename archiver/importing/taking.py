"""Put the articles of saved pages into the archive: as the copy where there is none, else beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from archiver.archive.archive import Archive
from archiver.archive.captures import packed, with_packed
from archiver.archive.comparison import says_the_same
from archiver.archive.context import Context
from archiver.archive.forgotten import forgotten_folder
from archiver.archive.inlined import kept_inlined
from archiver.archive.losses import failed_image
from archiver.archive.quarantine import Quarantine
from archiver.archive.record import StoredFiles, not_fetched, unwanted
from archiver.errors import ImageError, ImportFileError, PageError, PlaceholderError
from archiver.importing.found import SavedPage, Skipped, Supply, Why
from archiver.importing.versions import has_version, keep_as_version
from archiver.media.imagefile import inspect_image
from archiver.models import Article, ArticleRecord, Capture, ImageRef, Provenance, Refusal, StoredImage
from archiver.models.articles import IMPORT
from archiver.models.media import StoredMedia
from archiver.wechat import images, urls
from archiver.wechat.page import read_page
from archiver.wechat.secrets import without_any_secrets
from archiver.wechat.source import decode_page

_LOGIN = re.compile(r"""(\b(?:uin|pass_ticket|exportkey|poc_token|wxtoken)["']?\s*[=:]\s*)(["'])(?:(?!\2)[^\n\\])+\2""")


class Outcome(StrEnum):
    """What became of a page."""

    NEW = "new"  # it is the copy now
    VERSION = "version"  # there is a copy: it stands beside that
    COMPLETED = "completed"  # images of it, which the copy lacked, are in the copy now
    KNOWN = "known"  # the archive has all of it


@dataclass(frozen=True, slots=True)
class Taken:
    """A page that is an article. `url` as the file claims it; `folder`: of the article, empty in a rehearsal that would
    make it; `held`: how many of its `images` the file or the archive has; `record`: that of the copy, or of the version
    made of it, where something was written."""

    name: str
    url: str
    title: str
    outcome: Outcome
    folder: str
    images: int
    held: int
    record: ArticleRecord | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """An article with the URL and the time that its file claims, and what gives its images."""

    saved: SavedPage
    article: Article
    url: str
    capture: Capture


class Taking:
    """Takes pages into the archive of one run; one that only looks is a rehearsal, and writes nothing."""

    def __init__(self, context: Context) -> None:
        self._archive: Archive = context.archive
        self._config = context.config
        self._now = context.now

    def take(self, saved: SavedPage) -> Taken | Skipped:
        """What becomes of a page. Raises StoreError, DamageError."""
        claim = _claim_of(saved)
        if isinstance(claim, Skipped):
            return claim
        if self._is_forgotten(claim):
            return Skipped(saved.name, Why.FORGOTTEN, claim.article.title)
        archive, url = self._archive, urls.canonical_url(claim.url)
        folder = archive.folder_of(claim.article, claim.url) or archive.article_folder(url)
        if folder is None:
            return self._as_copy(claim)
        record = archive.record(folder)
        if _contradict(_ids(claim.article), (record.biz, record.mid, record.idx)):
            return Skipped(saved.name, Why.CONTRADICTION, record.title)
        return self._beside(claim, record)

    def _is_forgotten(self, claim: Claim) -> bool:
        article = claim.article
        if forgotten_folder(self._archive, urls.article_id(article.biz, article.mid, article.idx, claim.url)):
            return True
        entry = self._archive.links.get(urls.canonical_url(claim.url))
        return entry is not None and entry.is_forgotten

    def _as_copy(self, claim: Claim) -> Taken:
        archive, article = self._archive, claim.article
        if archive.read_only:
            return self._taken(claim, Outcome.NEW)
        Quarantine(archive.root, self._now()).keep_folder(archive.place_of(article, claim.url))
        stored = self._stored(claim)
        record = archive.save(article, claim.capture, claim.url, stored, self._media(article))
        return self._taken(claim, Outcome.NEW, record.folder, record)

    def _beside(self, claim: Claim, record: ArticleRecord) -> Taken:
        """There is a copy: it stays what it is."""
        archive = self._archive
        lacked = {image.key for image in record.images if image.error} & claim.saved.images.keys()
        filled = [self._image(ref, claim.saved) for ref in claim.article.images if ref.key in lacked]
        by_key = {image.key: image for image in filled if image.path or archive.read_only}
        if by_key and archive.has_capture(record):
            if not archive.read_only:
                images = [replace(by_key.get(image.key, image), url=image.url) for image in record.images]
                record = archive.complete(record, images, record.media)
            return self._taken(claim, Outcome.COMPLETED, record.folder, record)
        page = packed(claim.capture, archive.form.capture)
        title = claim.article.title
        if says_the_same(archive, record, claim.article) or has_version(archive, record, page.files, title):
            return self._taken(claim, Outcome.KNOWN, record.folder)
        if archive.read_only:
            return self._taken(claim, Outcome.VERSION, record.folder)
        files = StoredFiles(self._stored(claim), self._media(claim.article))
        packed_claim = replace(claim, capture=with_packed(claim.capture, page))
        version = keep_as_version(archive, record, packed_claim, files)
        return self._taken(claim, Outcome.VERSION, record.folder, version)

    def _taken(self, claim: Claim, outcome: Outcome, folder: str = "", record: ArticleRecord | None = None) -> Taken:
        held = sum(
            ref.key in claim.saved.images
            or self._archive.image(ref.key) is not None
            or images.inlined_image(ref.url) is not None
            for ref in claim.article.images
        )
        title, count = claim.article.title, len(claim.article.images)
        return Taken(claim.saved.name, claim.url, title, outcome, folder, count, held, record)

    def _stored(self, claim: Claim) -> list[StoredImage]:
        return [self._image(ref, claim.saved) for ref in claim.article.images]

    def _image(self, ref: ImageRef, saved: SavedPage) -> StoredImage:
        """An image that the archive has, else that the file holds, as far as it is one."""
        known, supply = self._archive.image(ref.key), saved.images.get(ref.key)
        if known:
            return replace(known, url=ref.url)
        if supply is None:
            return kept_inlined(ref, None, self._archive.keep_image)
        return self._kept(ref, supply)

    def _kept(self, ref: ImageRef, supply: Supply) -> StoredImage:
        try:
            file = inspect_image(supply())
            if images.looks_like_placeholder(ref, file):
                raise PlaceholderError("WeChat's hot-link notice is in the file instead of the image")
        except (ImageError, ImportFileError) as error:
            return failed_image(ref, error)
        if self._archive.read_only:
            return StoredImage(ref.key, ref.url)
        return self._archive.keep_image(ref.key, ref.url, file)

    def _media(self, article: Article) -> Sequence[StoredMedia]:
        left_out = {item.key: item for item in unwanted(article.media, self._config.media)}
        return [left_out.get(ref.key) or not_fetched(ref) for ref in article.media]


def _claim_of(saved: SavedPage) -> Claim | Skipped:
    """What a page is by its own words."""
    try:
        page = read_page(saved.body, saved.url)
    except PageError as error:
        return Skipped(saved.name, Why.NO_ARTICLE, str(error))
    if isinstance(page, Refusal):
        return Skipped(saved.name, Why.NO_ARTICLE, page.reason)
    by_url = urls.url_ids(saved.url)
    if _contradict(_ids(page), tuple(by_url.get(name, "") for name in ("biz", "mid", "idx"))):
        return Skipped(saved.name, Why.CONTRADICTION, page.title)
    url = saved.url or _url_of(page)
    if not url:
        return Skipped(saved.name, Why.NO_ADDRESS, page.title)
    provenance = Provenance(IMPORT, saved.saved_at, saved.name)
    body = _without_login(saved.body)
    capture = Capture(url, url, 200, body, saved.saved_at, IMPORT, rendered=saved.is_rendered, provenance=provenance)
    return Claim(saved, replace(page, url=url), url, capture)


def _ids(article: Article) -> tuple[str, ...]:
    return (article.biz, article.mid, article.idx)


def _contradict(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether both say who they are, and differ."""
    return all(some) and all(others) and some != others


def _url_of(article: Article) -> str:
    """The long URL that an article's ids make; empty where one is not known."""
    if not all(_ids(article)):
        return ""
    said = {"__biz": article.biz, "mid": article.mid, "idx": article.idx, "sn": article.sn}
    query = "&".join(f"{name}={value}" for name, value in said.items() if value)
    return urls.request_url(f"https://mp.weixin.qq.com/s?{query}")


def _without_login(body: bytes) -> bytes:
    """A page without what the login of the person who saved it has left in it."""
    text = decode_page(body)
    clean = _LOGIN.sub(r"\1\2\2", without_any_secrets(text))
    return body if clean == text else clean.encode("utf-8", "surrogatepass")
