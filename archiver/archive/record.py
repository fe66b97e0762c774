"""A page as read and the files that were kept of it, as the fields of an article's record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from archiver.config import MediaConfig
from archiver.models import (
    Article,
    ArticleRecord,
    Capture,
    ImageRef,
    Loss,
    LossCode,
    OldVersion,
    Status,
    StoredImage,
)
from archiver.models.articles import PROVENANCE
from archiver.models.media import MediaKind, MediaRef, StoredMedia
from archiver.models.values import dataclass
from archiver.store.lines import DAMAGED_AT_SOURCE
from archiver.store.names import folder_name
from archiver.wechat import urls
from archiver.wechat.inner import inner_links

MEDIA_OFF = "left out, as the configuration says"


class StoredFiles(NamedTuple):
    """What is known of an article's files: one entry for each that it shows or plays."""

    images: Sequence[StoredImage]
    media: Sequence[StoredMedia] = ()


@dataclass(frozen=True, slots=True)
class Existing:
    """What an article that is there already keeps: its folder, its other URLs, its versions."""

    folder: str = ""  # empty: a new one
    aliases: Sequence[str] = ()
    versions: tuple[OldVersion, ...] = ()


NEW = Existing()


def read_from_page(article: Article) -> dict[str, Any]:
    """What a record takes over from the page."""
    names = ("kind", "title", "account", "author", "published_at", "biz", "mid", "idx", "sn", "digest", "cover")
    return {name: getattr(article, name) for name in (*names, "reading")}


def how_captured(capture: Capture) -> dict[str, str | int | bool]:
    """What article.json says of a capture."""
    said: dict[str, str | int | bool] = {
        "engine": capture.engine,
        "http_status": capture.http_status,
        "rendered": capture.rendered,
    }
    if found := capture.provenance:
        said |= dict(zip(PROVENANCE, (found.service, found.archived_at.isoformat(), found.url), strict=True))
    return said


def not_fetched(ref: MediaRef) -> StoredMedia:
    """An audio or video file of which nothing is known; without an address it never will be."""
    code = LossCode.NOT_ASKED if ref.sources else LossCode.NO_ADDRESS
    return StoredMedia(ref.kind, ref.key, ref.url, error="not fetched", final=not ref.sources, code=code)


def unwanted(refs: Iterable[MediaRef], config: MediaConfig) -> list[StoredMedia]:
    """The records of those audio and video files that the configuration leaves out."""
    wanted = {MediaKind.AUDIO: config.audio, MediaKind.VIDEO: config.video}
    return [
        StoredMedia(ref.kind, ref.key, ref.url, error=MEDIA_OFF, final=True, code=LossCode.LEFT_OUT)
        for ref in refs
        if not wanted[ref.kind]
    ]


def image_not_fetched(ref: ImageRef) -> StoredImage:
    """An image of which nothing is known."""
    return StoredImage(ref.key, ref.url, error="not fetched", code=LossCode.NOT_ASKED)


def with_files(article: Article, files: StoredFiles) -> dict[str, Any]:
    """Status, losses, images, media and links of an article with these files: each that is missing is a loss."""
    substance = {ref.key: ref.body for ref in article.media}
    missing = [Loss("image", image.error, image.url, code=image.code) for image in files.images if image.error]
    missing += [
        Loss(item.kind.value, item.error, item.url, substance.get(item.key, True) and not _is_off(item), item.code)
        for item in files.media
        if item.error
    ]
    # Another try brings nothing else: it makes an article no partial one.
    missing += [
        Loss("image", DAMAGED_AT_SOURCE, image.url, body=False, code=LossCode.DAMAGED_AT_SOURCE)
        for image in files.images
        if image.damaged_at_source
    ]
    losses = (*article.losses, *missing)
    status = Status.PARTIAL if any(loss.body for loss in losses) else Status.ARCHIVED
    links = tuple(dict.fromkeys(inner_links(article.body).values()))
    images, media = map(tuple, files)
    return {"status": status, "losses": losses, "images": images, "media": media, "links": links}


def _is_off(item: StoredMedia) -> bool:
    """Whether the configuration leaves it out; an older archiver has told so only in words."""
    return item.code is LossCode.LEFT_OUT or item.error == MEDIA_OFF


def make_record(
    article: Article, capture: Capture, url: str, files: StoredFiles, existing: Existing = NEW
) -> ArticleRecord:
    """What article.json will say of an article that was asked for by `url`, with what is known of its files."""
    article_id = urls.article_id(article.biz, article.mid, article.idx, url)
    return ArticleRecord(
        id=article_id,
        folder=existing.folder or folder_name(article_id, article.published_at, article.account, article.title),
        url=url,
        aliases=tuple(dict.fromkeys(filter(None, (url, urls.clean_url(article.url), *existing.aliases)))),
        captured_at=capture.captured_at,
        capture=how_captured(capture),
        versions=existing.versions,
        **read_from_page(article),
        **with_files(article, files),
    )
