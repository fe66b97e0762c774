"""Enters what became of URLs into links.jsonl, and tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from archiver.archive.context import Context
from archiver.archive.indexing import canonical_urls
from archiver.archive.reasons import loss_reason
from archiver.due.plan import LinkKind, Target, link_kind
from archiver.due.policy import after_wall, is_settled
from archiver.errors import ArchiverError
from archiver.events import ArticleDone
from archiver.gathering.link_entries import image_entry, is_only_unpaid, known_article, later
from archiver.models import ArticleRecord, Status, StoredImage, UrlKind
from archiver.store.lines import LinkEntry

WALL = "the page asks for verification"
NEEDS_SHORT_LINK = f"{WALL} although others do not: needs the short link; open it in WeChat and copy the link"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a URL: its status and the `reason` for it, the `title` and `folder` of what came (path in the
    archive; of a video or album its file), the `error` if nothing did."""

    status: Status
    reason: str = ""
    title: str = ""
    folder: str = ""
    error: ArchiverError | None = None


class LinkLog:
    """The entries of one run. Attempts are counted and the next one is set, as the policy says."""

    def __init__(self, context: Context) -> None:
        self._archive = context.archive
        self._now = context.now
        self._report = context.report

    def settle(self, target: Target, fate: Fate) -> None:
        """Record what became of a URL: of an article, an album, or a film that a note shows. Raises StoreError."""
        now, status = self._now(), fate.status
        known = self._archive.links.get(target.url)
        # A wall, or the end of a run, says nothing about what was asked for: it stays due, and no attempt counts.
        waits = status.is_unanswered
        attempts = (known.attempts if known else 0) + (0 if waits else 1)
        entry = LinkEntry(
            url=target.url,
            kind=target.kind,
            status=status,
            reason=fate.reason,
            target=fate.folder,
            attempts=attempts,
            checked=now.isoformat(timespec="seconds"),
            next=later(status, attempts, now, fate.error),
            since=known.since if known and waits else "",
            added=known is not None and known.added,
        )
        self._archive.put_links(entry)
        lacks = status is Status.PARTIAL and target.kind is UrlKind.ARTICLE
        settled = lacks and is_only_unpaid(self._archive.record(fate.folder))
        self._report(ArticleDone(target.url, status, fate.title, fate.reason, target.where, settled))

    def settle_wall(self, target: Target, *, is_own: bool) -> None:
        """Record that a verification page came for a URL: its own wall where others were answered after it, else one of
        this machine's address, or of nobody knows what. Raises StoreError."""
        now = self._now()
        known = self._archive.links.get(target.url) or LinkEntry(target.url, target.kind, Status.WALL)
        walls = known.walls + is_own
        entry = replace(
            known,
            status=Status.WALL,
            reason=NEEDS_SHORT_LINK if is_own and link_kind(target) is not LinkKind.SHORT else WALL,
            walls=walls,
            checked=now.isoformat(timespec="seconds"),
            next=after_wall(walls, now) if is_own else "",
        )
        self._archive.put_links(entry)
        settled = is_settled(entry.status, entry.attempts, walls)
        self._report(ArticleDone(target.url, Status.WALL, "", entry.reason, target.where, settled))

    def enter_image(self, image: StoredImage, shown_as: Iterable[str], error: ArchiverError | None) -> None:
        """Record what became of a picture that notes show under these URLs. Raises StoreError."""
        now = self._now()
        for url in shown_as:
            known, entry = self._archive.links.get(url), image_entry(url, image)
            tries = (known.attempts if known else 0) + 1
            moment, until = now.isoformat(timespec="seconds"), later(entry.status, tries, now, error)
            self._archive.put_links(replace(entry, attempts=tries, checked=moment, next=until))

    def update(self, old: ArticleRecord, record: ArticleRecord, error: ArchiverError | None = None) -> None:
        """Record at all URLs of an article that its missing files, or its page (`error`), were asked for again. Where
        all its lines are lost, the first one is made up for: without one, nothing would ever wait. Raises StoreError.
        """
        now, reason = self._now(), loss_reason(record)
        known_as = canonical_urls(old)
        known = filter(None, map(self._archive.links.get, known_as))
        for entry in list(known) or [known_article(known_as[0], old)]:
            tries = entry.attempts + 1
            until, moment = later(record.status, tries, now, error), now.isoformat(timespec="seconds")
            self._archive.put_links(
                replace(entry, status=record.status, reason=reason, attempts=tries, checked=moment, next=until)
            )
