"""Archived articles that are looked at again: were they edited, or deleted? What is archived is never lost by it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bs4 import BeautifulSoup

from archiver.archive import Archive
from archiver.errors import DamageError, StoreError
from archiver.events import Changed, Report
from archiver.gathering import policy
from archiver.gathering.entries import first_loss
from archiver.gathering.plan import STORED, Target
from archiver.mediamodels import StoredMedia
from archiver.models import Article, ArticleRecord, Capture, Refusal, Status, StoredImage, UrlKind
from archiver.render.plain import page_text
from archiver.store.articles import PAGE
from archiver.store.lines import LinkEntry
from archiver.wechat import urls
from archiver.wechat.inner import inner_links

LOST = frozenset({Status.DELETED, Status.VIOLATION, Status.BLOCKED})
_SHRUNK = 0.5  # a page with less than this share of the text is a shell or a preview, not an edit
_AGAIN = timedelta(days=1)  # after a look that told nothing


def second_looks(archive: Archive, now: datetime, archived_days: int, gone_days: int) -> list[Target]:
    """The archived articles that are to be looked at again, those first that were seen longest ago.

    That is after `archived_days`, or where the original is gone after `gone_days` (0: never). Whether notes still name
    them does not matter.
    """
    newest: dict[str, LinkEntry] = {}
    for entry in archive.links:
        if is_second_look(entry, entry.target) and entry.kind is UrlKind.ARTICLE:
            known = newest.get(entry.target)
            # An article may have several URLs: to have seen one of them is to have seen it.
            if known is None or (entry.checked, entry.next) > (known.checked, known.next):
                newest[entry.target] = entry
    due = [
        entry
        for folder, entry in newest.items()
        if policy.is_old(entry.checked, gone_days if entry.gone else archived_days, now)
        and not policy.is_waiting(entry.next, now)
        and archive.folders.has(folder)
    ]
    due.sort(key=lambda entry: max(entry.checked, entry.next))  # one that tells nothing does not stay the first
    return [Target(UrlKind.ARTICLE, entry.url, _request(archive, entry), entry.target) for entry in due]


def _request(archive: Archive, entry: LinkEntry) -> str:
    """The URL as it was asked for, with the parameters that a canonical one lacks."""
    record = archive.record(entry.target)
    asked = (url for url in (record.url, *record.aliases) if urls.canonical_url(url) == entry.url)
    return next(asked, entry.url)


def is_second_look(entry: LinkEntry | None, folder: str) -> bool:
    """Whether a page that leads to the article in `folder` was asked for only to see whether it is still the same."""
    return entry is not None and entry.target == folder and entry.status in STORED


@dataclass(frozen=True, slots=True)
class _Facts:
    """What an edit may change; `text` without white space: how it is laid out may change without an edit."""

    title: str
    author: str
    text: str
    images: frozenset[str]
    media: frozenset[str]
    links: frozenset[str]


def changes(archive: Archive, record: ArticleRecord, new: Article) -> tuple[str, ...]:
    """What is different in a page that was loaded again, in words; empty where nothing is, or where the archived
    version is the better one. A capture or page that cannot be read is `verify`'s business, and stays."""
    after = _facts(new, _squeezed(BeautifulSoup(new.body, "lxml").get_text()))
    try:
        if archive.has_capture(record):
            old = archive.read_capture(record)
            before = _facts(old, _squeezed(BeautifulSoup(old.body, "lxml").get_text()))
        else:
            text, new_text = _page_texts(archive, record, new)
            pictures, played = (frozenset(item.key for item in items) for items in (record.images, record.media))
            # Its links were read by the archiver of that day, which may have read others.
            before = _Facts(record.title, record.author, text, pictures, played, after.links)
            after = replace(after, text=new_text)
    except (StoreError, DamageError):
        return ()
    shrunk = len(after.text) < len(before.text) * _SHRUNK or (before.images and not after.images)
    if shrunk or (before.text == after.text and after.images < before.images):
        return ()
    return tuple(_differences(before, after))


def _differences(before: _Facts, after: _Facts) -> Iterator[str]:
    if before.title != after.title:
        yield f"title: {before.title} -> {after.title}"
    if before.author != after.author:
        yield f"author: {before.author} -> {after.author}"
    if before.text != after.text:
        yield f"text: {len(before.text):,} -> {len(after.text):,} characters"
    for name in ("images", "media", "links"):
        had, has = getattr(before, name), getattr(after, name)
        if had != has:
            yield f"{name}: {len(has - had)} new, {len(had - has)} gone"


def _facts(article: Article, text: str) -> _Facts:
    pictures, played = (frozenset(item.key for item in items) for items in (article.images, article.media))
    return _Facts(article.title, article.author, text, pictures, played, frozenset(inner_links(article.body).values()))


def _page_texts(archive: Archive, record: ArticleRecord, new: Article) -> tuple[str, str]:
    """The text of the stored page of an article, and that of the page that would be written now. Raises StoreError."""
    pages = (archive.folders.read(record.folder, PAGE), archive.derived_files(record, new)[PAGE])
    before, after = map(text_of_page, pages)
    return before, after


def text_of_page(page: bytes) -> str:
    """What the page of an archived article says, without white space: how it is laid out may change without an edit."""
    return _squeezed(page_text(page.decode("utf-8", "replace")))


def changes_of_page(archive: Archive, record: ArticleRecord, new: Article) -> tuple[str, ...] | None:
    """What is different in a page of an article without capture: its stored page is all there is to compare with.

    None where that is the better one. Raises StoreError.
    """
    before, after = _page_texts(archive, record, new)
    if len(after) < len(before) * _SHRUNK:
        return None
    return () if before == after else (f"text: {len(before):,} -> {len(after):,} characters",)


def is_worse(old: ArticleRecord, stored: Sequence[StoredImage], media: Sequence[StoredMedia]) -> bool:
    """Whether more pictures, sounds and films are missing in the new version than in the old one."""
    lacked = sum(image.error is not None for image in old.images) + sum(item.error is not None for item in old.media)
    return sum(image.error is not None for image in stored) + sum(item.error is not None for item in media) > lacked


def take_over(
    archive: Archive,
    old: ArticleRecord,
    entry: LinkEntry,
    article: Article,
    capture: Capture,
    stored: Sequence[StoredImage],
    media: Sequence[StoredMedia],
    changed: tuple[str, ...],
    now: datetime,
) -> bool:
    """Write an edited version, unless it is worse than what the archive has; whether it was. Raises StoreError."""
    if is_worse(old, stored, media):
        archive.put_links(told_nothing(entry, now))
        return False
    record = archive.renew(old, article, capture, stored, media, changed)
    archive.put_links(looked(entry, record, now))
    return True


def second_look(archive: Archive, target: Target) -> LinkEntry | None:
    """The entry of a URL whose article is in the archive: nothing that its page says now takes the copy away."""
    entry, folder = archive.links.get(target.url), archive.article_folder(target.url)
    return entry if entry and folder and is_second_look(entry, folder) else None


def judge(
    archive: Archive, entry: LinkEntry, page: Article | Refusal | None, now: datetime, report: Report
) -> tuple[str, ...]:
    """Enter what a second look at an archived article has shown; None: its page did not come.

    Returns what its author has edited, in words; then nothing is entered yet. Raises StoreError.
    """
    if isinstance(page, Article):
        if archive.folder_of(page, entry.url) == entry.target:
            changed = changes(archive, archive.record(entry.target), page)
            if not changed:
                archive.put_links(looked(entry, archive.record(entry.target), now))
            return changed
        archive.put_links(told_nothing(entry, now))
    elif isinstance(page, Refusal):
        if page.status is not Status.WALL:
            after = lost(entry, page, now)
            archive.put_links(after)
            if after.gone and not entry.gone:
                report(Changed(entry.url, archive.record(entry.target).title, gone=page.reason))
    else:
        archive.put_links(told_nothing(entry, now))
    return ()


def looked(entry: LinkEntry, record: ArticleRecord, now: datetime) -> LinkEntry:
    """The entry of an article that is still there."""
    moment, lacks = now.isoformat(timespec="seconds"), first_loss(record)
    attempts = entry.attempts + 1
    return replace(entry, status=record.status, reason=lacks, checked=moment, attempts=attempts, next="", gone="")


def told_nothing(entry: LinkEntry, now: datetime) -> LinkEntry:
    """The entry of an article whose page did not come this time: the copy stands, and another day will tell, one that
    is later and later."""
    attempts = entry.attempts + 1
    until = now + max(_AGAIN, policy.wait_after(attempts))
    return replace(entry, attempts=attempts, next=until.isoformat(timespec="seconds"))


def lost(entry: LinkEntry, refusal: Refusal, now: datetime) -> LinkEntry:
    """The entry of an archived article after a page came that is none: gone since today, if that is what it says."""
    if refusal.status not in LOST:
        return told_nothing(entry, now)
    moment = now.isoformat(timespec="seconds")
    since = entry.gone or now.date().isoformat()
    return replace(entry, checked=moment, attempts=entry.attempts + 1, next="", gone=since, reason=refusal.reason)


def lost_lately(entry: LinkEntry, now: datetime) -> bool:
    """Whether the original of an archived article was found to be gone within the last month."""
    if not entry.gone or not entry.target:
        return False
    return now.date() - datetime.fromisoformat(entry.gone).date() <= policy.LONGEST_WAIT


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
