"""What an author has edited in an article since it was archived, and whether a new version is a better one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from archiver.archive.archive import Archive
from archiver.errors import DamageError, StoreError
from archiver.models import Article, ArticleRecord, EditedPart, PageChange, StoredImage
from archiver.models.media import StoredMedia
from archiver.render.plain import page_text
from archiver.store.layout import PAGE
from archiver.wechat.inner import inner_links

_SHRUNK = 0.5  # a page with less than this share of the text is a shell or a preview, not an edit


@dataclass(frozen=True, slots=True)
class _Facts:
    """What an edit may change; `text` without white space: how it is laid out may change without an edit."""

    title: str
    author: str
    text: str
    images: frozenset[str]
    media: frozenset[str]
    links: frozenset[str]


def changes(archive: Archive, record: ArticleRecord, new: Article) -> tuple[PageChange, ...]:
    """What is different in a page that was loaded again; empty where nothing is, or where the archived
    version is the better one. A capture or page that cannot be read is `verify`'s business, and stays."""
    after = _facts(new, _text(new))
    try:
        if archive.has_capture(record):
            old = archive.read_capture(record)
            before = _facts(old, _text(old))
        else:
            text, new_text = _page_texts(archive, record, new)
            images, played = (frozenset(item.key for item in items) for items in (record.images, record.media))
            # Its links were read by the archiver of that day, which may have read others.
            before = _Facts(record.title, record.author, text, images, played, after.links)
            after = replace(after, text=new_text)
    except (StoreError, DamageError):
        return ()
    shrunk = len(after.text) < len(before.text) * _SHRUNK or (before.images and not after.images)
    if shrunk or (before.text == after.text and after.images < before.images):
        return ()
    return tuple(_differences(before, after))


def says_the_same(archive: Archive, record: ArticleRecord, new: Article) -> bool:
    """Whether a page has the title, text and images of the archived article. Raises StoreError, DamageError."""
    if archive.has_capture(record):
        old = archive.read_capture(record)
        same, had = _text(old) == _text(new), {image.key for image in old.images}
    else:
        before, after = _page_texts(archive, record, new)
        same, had = before == after, {image.key for image in record.images}
    return same and record.title == new.title and had >= {image.key for image in new.images}


def _differences(before: _Facts, after: _Facts) -> Iterator[PageChange]:
    if before.title != after.title:
        yield PageChange(EditedPart.TITLE, before.title, after.title)
    if before.author != after.author:
        yield PageChange(EditedPart.AUTHOR, before.author, after.author)
    if before.text != after.text:
        yield text_change(before.text, after.text)
    for part in (EditedPart.IMAGES, EditedPart.MEDIA, EditedPart.LINKS):
        had, has = getattr(before, part.value), getattr(after, part.value)
        if had != has:
            yield PageChange(part, had=len(had - has), has=len(has - had))


def text_change(before: str, after: str) -> PageChange:
    """That a text was edited."""
    return PageChange(EditedPart.TEXT, had=len(before), has=len(after))


def _facts(article: Article, text: str) -> _Facts:
    images, played = (frozenset(item.key for item in items) for items in (article.images, article.media))
    return _Facts(article.title, article.author, text, images, played, frozenset(inner_links(article.body).values()))


def _text(article: Article) -> str:
    from archiver.dom import parse

    return _squeezed(parse(article.body).get_text())


def _page_texts(archive: Archive, record: ArticleRecord, new: Article) -> tuple[str, str]:
    """The text of the stored page of an article, and that of the page that would be written now. Raises StoreError."""
    pages = (archive.folders.read(record.folder, PAGE), archive.derived_files(record, new)[PAGE])
    before, after = map(text_of_page, pages)
    return before, after


def text_of_page(page: bytes) -> str:
    """What the page of an archived article says, without white space: how it is laid out may change without an edit."""
    return _squeezed(page_text(page.decode("utf-8", "replace")))


def changes_of_page(archive: Archive, record: ArticleRecord, new: Article) -> tuple[PageChange, ...] | None:
    """What is different in a page of an article without capture: its stored page is all there is to compare with.

    None where that is the better one. Raises StoreError.
    """
    before, after = _page_texts(archive, record, new)
    if len(after) < len(before) * _SHRUNK:
        return None
    return () if before == after else (text_change(before, after),)


def is_worse(old: ArticleRecord, stored: Sequence[StoredImage], media: Sequence[StoredMedia]) -> bool:
    """Whether more images, audio and video files are missing in the new version than in the old one."""
    lacked = sum(image.error is not None for image in old.images) + sum(item.error is not None for item in old.media)
    return sum(image.error is not None for image in stored) + sum(item.error is not None for item in media) > lacked


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
