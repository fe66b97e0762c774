"""Archived articles that lack files which may still be had: which they are, and what is asked for to complete them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from archiver.archive.archive import Archive
from archiver.archive.record import unwanted
from archiver.config import MediaConfig
from archiver.due.mirrors import Mirrors
from archiver.due.plan import Target
from archiver.due.policy import is_deferred
from archiver.gathering.hosts import file_hosts, may_come
from archiver.gathering.pending import MAX_IMAGES, MAX_MEDIA, Completion, images_of
from archiver.models import ArticleRecord, ImageRef, UrlKind
from archiver.models.media import MediaKind, MediaRef, MediaSource
from archiver.wechat import images, urls

if TYPE_CHECKING:
    from archiver.fetch.hosts import HostRule

File = ImageRef | MediaRef


def incomplete_articles(archive: Archive, mirrors: Mirrors, now: datetime) -> list[ArticleRecord]:
    """The partial articles of which files are missing that may still be had, and were not asked for lately."""
    records, allowed = (archive.record(folder) for folder in archive.catalogue.partial_folders()), file_hosts(mirrors)
    return [
        record
        for record in records
        if _is_incomplete(record, allowed) and _has_a_source(archive, record) and not _rests(archive, record, now)
    ]


def _has_a_source(archive: Archive, record: ArticleRecord) -> bool:
    """Whether there is something to write it from again: WeChat is not asked for the page of one that is no longer
    there."""
    return record.provenance is None or archive.has_capture(record)


def _is_incomplete(record: ArticleRecord, allowed: HostRule) -> bool:
    return any(image.error is not None and may_come(image, allowed) for image in record.images) or any(
        item.error is not None and not item.final for item in record.media
    )


def _rests(archive: Archive, record: ArticleRecord, now: datetime) -> bool:
    link_entries = (archive.links.get(urls.canonical_url(url)) for url in (record.url, *record.aliases))
    return any(entry is not None and is_deferred(entry.next, now) for entry in link_entries)


def visits(archive: Archive, records: Sequence[ArticleRecord]) -> dict[str, Target]:
    """The pages to load again, by folder, where only that can help: the address of a video expires, and without a
    capture there is nothing to write the article from."""
    settled = _settled(records)
    return {
        record.folder: Target(UrlKind.ARTICLE, urls.canonical_url(record.url), record.url, record.folder)
        for record in records
        if record.provenance is None
        and (
            not archive.has_capture(record)
            or any(item.kind is MediaKind.VIDEO and item.key not in settled for item in record.media)
        )
    }


def missing_files(
    archive: Archive, records: Sequence[ArticleRecord], config: MediaConfig, has_image: Callable[[str], bool]
) -> Iterator[tuple[File, str]]:
    """The images and audio of these articles to ask somebody for without loading a page, each once and with the first
    folder that lacks it; `has_image` tells whether the image of a key is there."""
    visited, seen = visits(archive, records), _settled(records)
    for whole in (completion(record) for record in records if record.folder not in visited):
        left_out = {item.key for item in unwanted(whole.media, config)}
        files: list[File] = [ref for ref in images_of(whole)[:MAX_IMAGES] if not has_image(ref.key)]
        files += [ref for ref in whole.media[:MAX_MEDIA] if ref.key not in left_out]
        for file in files:
            if file.key not in seen and asked_url(file, "given"):
                seen.add(file.key)
                yield file, whole.record.folder


def _settled(records: Sequence[ArticleRecord]) -> set[str]:
    """Keys of the audio and video that one of these articles has, or can never have."""
    return {item.key for record in records for item in record.media if item.path or item.final}


def completion(record: ArticleRecord) -> Completion:
    """An article with what its own record knows of the addresses of its audio and video."""
    return Completion(record, [MediaRef(item.kind, item.key, "", (MediaSource(item.url),)) for item in record.media])


def asked_url(file: File, variant: images.Variant) -> str:
    """The address that is asked for first; empty where nobody is asked, since the page holds the file itself."""
    if isinstance(file, MediaRef):
        return file.sources[0].url if file.sources else ""
    return "" if images.inlined_image(file.url) is not None else images.requests_of_image(file, variant)[0]
