"""What links.jsonl says of what was fetched, or was not."""

from __future__ import annotations

from datetime import UTC, datetime

from archiver.archive.reasons import loss_reason
from archiver.due.policy import next_try
from archiver.errors import ArchiverError, FetchError
from archiver.events import ArticleDone
from archiver.gathering.hosts import hosts_to_mirror
from archiver.models import ArticleRecord, Status, StoredImage, UrlKind
from archiver.store.lines import LinkEntry
from archiver.wechat import urls


def later(status: Status, attempts: int, now: datetime, error: ArchiverError | None = None) -> str:
    """Before when a URL is not asked for again."""
    rest = error.retry_after if isinstance(error, FetchError) else 0.0
    return next_try(status, attempts, now, hopeless=error is not None and not error.retry, retry_after=rest)


def image_entry(url: str, image: StoredImage) -> LinkEntry:
    """What links.jsonl says of a picture that a note shows."""
    return LinkEntry(
        url=url,
        kind=UrlKind.IMAGE,
        status=Status.FAILED if image.error else Status.ARCHIVED,
        reason=image.error or "",
        target=image.path or "",
        width=image.width or 0,
        height=image.height or 0,
    )


def known_article(url: str, record: ArticleRecord) -> LinkEntry:
    """What links.jsonl says of a URL without a line whose article is in the archive.

    If the article was asked for by this very URL, a run died before it wrote the line, which is made up for.
    """
    asked = urls.canonical_url(record.url) == url
    return LinkEntry(
        url=url,
        kind=UrlKind.ARTICLE,
        status=record.status,
        reason=loss_reason(record),
        target=record.folder,
        attempts=int(asked),
        checked=record.captured_at.astimezone(UTC).isoformat(timespec="seconds") if asked else "",
    )


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
    """Whether all that an article lacks is what only those who paid can read: no later night brings it."""
    losses = [loss for loss in record.losses if loss.body]
    return bool(losses) and all(loss.what == "paid" for loss in losses)
