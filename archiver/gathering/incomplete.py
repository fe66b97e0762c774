"""Archived articles that lack files which may still be had: which they are, and what is asked for to complete them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from archiver.archive.archive import Archive
from archiver.config import MediaConfig
from archiver.due.plan import Target
from archiver.due.policy import is_deferred
from archiver.gathering.files import MAX_IMAGES, MAX_MEDIA
from archiver.gathering.media import unwanted
from archiver.models import ArticleRecord, ImageRef, UrlKind
from archiver.models.media import MediaKind, MediaRef, MediaSource
from archiver.wechat import images, urls

File = ImageRef | MediaRef


def incomplete_articles(archive: Archive, now: datetime) -> list[ArticleRecord]:
    """The partial articles of which files are missing that may still be had, and were not asked for lately."""
    records = (archive.record(folder) for folder in archive.catalogue.partial_folders())
    return [record for record in records if _is_incomplete(record) and not _rests(archive, record, now)]


def _is_incomplete(record: ArticleRecord) -> bool:
    return any(image.error is not None for image in record.images) or any(
        item.error is not None and not item.final for item in record.media
    )


def _rests(archive: Archive, record: ArticleRecord, now: datetime) -> bool:
    link_entries = (archive.links.get(urls.canonical_url(url)) for url in (record.url, *record.aliases))
    return any(entry is not None and is_deferred(entry.next, now) for entry in link_entries)


def visit(archive: Archive, record: ArticleRecord) -> Target | None:
    """The page to load again where only that can help: the address of a video expires, and without a capture there is
    nothing to write the article from."""
    lost_video = any(item.kind is MediaKind.VIDEO and not (item.path or item.final) for item in record.media)
    if not lost_video and archive.has_capture(record):
        return None
    return Target(UrlKind.ARTICLE, urls.canonical_url(record.url), record.url, record.folder)


def missing_files(
    records: Iterable[ArticleRecord], config: MediaConfig, has_image: Callable[[str], bool]
) -> Iterator[tuple[File, str]]:
    """The images and audio to ask somebody for, of articles whose pages are not needed, each once and with the first
    folder that lacks it; `has_image` tells whether the image of a key is there."""
    seen: set[str] = set()
    for record in records:
        refs: list[File] = [ref for ref in images_of(record)[:MAX_IMAGES] if not has_image(ref.key)]
        refs += _missing_media(record, config)
        for ref in refs:
            if ref.key not in seen and asked_url(ref, "given"):
                seen.add(ref.key)
                yield ref, record.folder


def _missing_media(record: ArticleRecord, config: MediaConfig) -> list[MediaRef]:
    refs = media_of(record)
    settled = {item.key for item in (*record.media, *unwanted(refs, config)) if item.path or item.final}
    return [ref for ref in refs[:MAX_MEDIA] if ref.key not in settled]


def images_of(record: ArticleRecord) -> list[ImageRef]:
    """The images of an article, as its record has them."""
    return [ImageRef(image.key, image.url, image.width, image.height) for image in record.images]


def media_of(record: ArticleRecord) -> list[MediaRef]:
    """The audio and video of an article, each with the one address that its record has."""
    return [MediaRef(item.kind, item.key, "", (MediaSource(item.url),)) for item in record.media]


def asked_url(file: File, variant: images.Variant) -> str:
    """The address that is asked for first; empty where nobody is asked, since the page holds the file itself."""
    if isinstance(file, MediaRef):
        return file.sources[0].url if file.sources else ""
    return "" if images.inlined_image(file.url) is not None else images.requests_of_image(file, variant)[0]
