"""What links.jsonl says of what was fetched, or was not."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from archiver.archive.archive import Archive
from archiver.archive.context import Context
from archiver.archive.known_articles import KnownArticles
from archiver.archive.reasons import loss_reason
from archiver.due.plan import Target
from archiver.due.policy import next_try
from archiver.errors import ArchiverError, FetchError, InternalError
from archiver.events import ArticleDone
from archiver.gathering.hosts import hosts_to_mirror
from archiver.models import ArticleRecord, Status, StoredImage, UrlKind
from archiver.store.lines import DAMAGED_AT_SOURCE, LinkEntry
from archiver.wechat import images, urls


def later(status: Status, attempts: int, now: datetime, error: ArchiverError | None = None) -> str:
    """Before when a URL is not asked for again."""
    rest = error.retry_after if isinstance(error, FetchError) else 0.0
    return next_try(status, attempts, now, hopeless=error is not None and not error.retry, retry_after=rest)


def image_entry(url: str, image: StoredImage) -> LinkEntry:
    """What links.jsonl says of an image that a note shows."""
    return LinkEntry(
        url=url,
        kind=UrlKind.IMAGE,
        status=Status.FAILED if image.error else Status.ARCHIVED,
        reason=image.error or (DAMAGED_AT_SOURCE if image.damaged_at_source else ""),
        target=image.path or "",
        width=image.width or 0,
        height=image.height or 0,
    )


def with_provenance(entry: LinkEntry, record: ArticleRecord) -> LinkEntry:
    """The line of a link to an article, with what it says of the web archive that the copy came from, or that it did
    not."""
    found = record.provenance
    moment = found.archived_at.isoformat(timespec="seconds") if found else ""
    return replace(entry, archived=moment, via=found.url if found else "")


def rescued(entry: LinkEntry, known: LinkEntry | None, record: ArticleRecord) -> LinkEntry:
    """The line of a link whose article came from a web archive: WeChat was not asked, and has it no more than before
    (`known`). One that only this link has lost is not called gone."""
    entry = with_provenance(entry, record)
    if known is None:
        return entry
    is_gone = known.status.is_gone and known.status is not Status.EXPIRED
    day = (known.gone or known.checked[:10]) if is_gone or known.gone else ""
    return replace(entry, attempts=known.attempts, checked=known.checked, walls=known.walls, gone=day)


def known_article(url: str, record: ArticleRecord) -> LinkEntry:
    """What links.jsonl says of a URL without a line whose article is in the archive.

    If the article was asked for by this very URL, a run died before it wrote the line, which is made up for.
    """
    asked = urls.canonical_url(record.url) == url
    entry = LinkEntry(
        url=url,
        kind=UrlKind.ARTICLE,
        status=record.status,
        reason=loss_reason(record),
        target=record.folder,
        attempts=int(asked),
        checked=record.captured_at.astimezone(UTC).isoformat(timespec="seconds") if asked else "",
    )
    return with_provenance(entry, record)


def article_done(record: ArticleRecord, url: str = "", where: str = "", now: str = "") -> ArticleDone:
    """What to tell of an article that the archive has, by the URL (default: its own) that was asked for. What only
    those who paid can read is no failure: no later run brings it."""
    return ArticleDone(
        url or record.url,
        record.status,
        record.title,
        loss_reason(record),
        where,
        _is_only_unpaid(record),
        now,
        hosts_to_mirror(record),
    )


def _is_only_unpaid(record: ArticleRecord) -> bool:
    """Whether all that an article lacks is what only those who paid can read: no later run brings it."""
    losses = [loss for loss in record.losses if loss.body]
    return bool(losses) and all(loss.what == "paid" for loss in losses)


def enter_unlisted(archive: Archive) -> None:
    """Give the articles that links.jsonl does not know their lines. The run that archived them was killed before it
    could, and by now the notes need not name them any more. Raises StoreError, DamageError."""
    listed = {entry.target for entry in archive.links if entry.kind is UrlKind.ARTICLE}
    for folder in archive.catalogue.all_folders():
        if folder not in listed:
            record = archive.record(folder)
            entry = known_article(urls.canonical_url(record.url), record)
            known = archive.links.get(entry.url)
            archive.put_links(_as_added(entry, known is not None and known.added))


def enter_known_links(context: Context, targets: Sequence[Target], *, added: bool = False) -> None:
    """Give every URL of the notes, or of those that the user `added`, its line in links.jsonl: those that needed no
    request, and those that wait."""
    archive, today = context.archive, context.now().date().isoformat()
    articles = KnownArticles(archive)
    link_entries: dict[str, LinkEntry] = {}
    for target in targets:
        if archive.boundary.waits("link", target.url, "enter") or not _is_news(archive, articles, target):
            continue
        with suppress(InternalError), archive.boundary.deferring("link", target.url, "enter"):
            folder = articles.folder(target.url)
            if target.kind is UrlKind.ARTICLE and folder and not articles.is_met(target.request):
                archive.add_alias(folder, target.request)
            known = link_entries.get(target.url) or archive.links.get(target.url)
            if known is None or (target.kind is UrlKind.ARTICLE and known.status.is_unsettled):
                entry = _known_entry(archive, target, known, today)
                link_entries[target.url] = _as_added(entry, known.added if known else added)
    archive.put_links(*(entry for url, entry in link_entries.items() if entry is not archive.links.get(url)))


def _is_news(archive: Archive, articles: KnownArticles, target: Target) -> bool:
    """Whether there is something to enter of a URL: not of one that waits as it did, nor of one that only names an
    article which is not archived."""
    is_article, known = target.kind is UrlKind.ARTICLE, archive.links.get(target.url)
    is_there = (is_article or not target.request) and articles.folder(target.url) is not None
    if known is None or not is_there:
        return known is None and (is_there or bool(target.request))
    return is_article and (known.status.is_unsettled or not articles.is_met(target.request))


def _as_added(entry: LinkEntry, added: bool) -> LinkEntry:
    return entry if entry.added == added else replace(entry, added=added)


def _known_entry(archive: Archive, target: Target, known: LinkEntry | None, today: str) -> LinkEntry:
    """The line of a URL: what the archive has for it, or that it waits since `today`."""
    if target.kind is UrlKind.ARTICLE and (folder := archive.article_folder(target.url)):
        return known_article(target.url, archive.record(folder))
    if target.kind is UrlKind.IMAGE and (image := archive.image(images.image_key(target.url) or "")):
        return image_entry(target.url, image)
    return known or LinkEntry(target.url, target.kind, Status.PENDING, since=today)
