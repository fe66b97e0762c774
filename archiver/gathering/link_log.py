"""Enters what became of URLs into links.jsonl, and tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from archiver.archive.context import Context
from archiver.archive.indexing import canonical_urls
from archiver.archive.reasons import loss_reason
from archiver.due.plan import LinkKind, Target, link_kind
from archiver.due.policy import after_wall, is_settled
from archiver.errors import ArchiverError, FetchError, NotAskedError, UnreachableError
from archiver.events import ArticleDone
from archiver.fetch.breaker import HostStates
from archiver.gathering.link_entries import (
    article_done,
    image_entry,
    known_article,
    later,
    rescued,
    with_provenance,
)
from archiver.models import ArticleRecord, Status, StoredImage, UrlKind
from archiver.store.lines import LinkEntry
from archiver.wechat.images import is_image_host

WALL = "the page asks for verification"
NEEDS_SHORT_LINK = f"{WALL} although others do not: needs the short link; open it in WeChat and copy the link"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a URL: its status and the `reason` for it, the `title` and `folder` of what came (path in the
    archive; of a video or album its file), the `error` if nothing did; the `record` of an article that is kept."""

    status: Status
    reason: str = ""
    title: str = ""
    folder: str = ""
    error: ArchiverError | None = None
    record: ArticleRecord | None = None


def fate_of(record: ArticleRecord) -> Fate:
    """What became of a URL whose article the archive has."""
    return Fate(record.status, title=record.title, reason=loss_reason(record), folder=record.folder, record=record)


@dataclass(frozen=True, slots=True)
class _Fault:
    """What links.jsonl said of a URL before it failed, and whether the server said when to come again."""

    before: LinkEntry | None
    keeps_rest: bool


class LinkLog:
    """The entries of one run. Attempts are counted and the next one is set, as the policy says; `close` ends it."""

    def __init__(self, context: Context) -> None:
        self._archive = context.archive
        self._now = context.now
        self._report = context.report
        # Host -> URL -> a failure that may be the host's, since the host last answered as it should.
        self._doubtful: dict[str, dict[str, _Fault]] = {}
        # URL of an article -> its entry before, and the hosts of the files that it lacks.
        self._lacking: dict[str, tuple[LinkEntry | None, frozenset[str]]] = {}
        # Images that notes show under these URLs, and whose hosts were not reached.
        self._missed: list[tuple[StoredImage, tuple[str, ...], UnreachableError]] = []

    def settle(self, target: Target, fate: Fate) -> None:
        """Record what became of a URL: of an article, an album, or a video that a note shows. Raises StoreError."""
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
            added=_added(known),
        )
        if fate.record and fate.record.provenance:
            entry = rescued(entry, known, fate.record)
        self._archive.put_links(entry)
        self._note_fault(target.url, known, fate.error)
        lacks = status is Status.PARTIAL and target.kind is UrlKind.ARTICLE
        record = self._archive.record(fate.folder) if lacks else None
        if record:
            self._note_lack(target.url, known, record)
            self._report(article_done(record, target.url, target.where))
        else:
            self._report(ArticleDone(target.url, status, fate.title, fate.reason, target.where))

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
        """Record what became of an image that notes show under these URLs. Raises StoreError."""
        now = self._now()
        if not error:
            self._doubtful.pop(_host(image.url), None)
        for url in shown_as:
            known, entry = self._archive.links.get(url), image_entry(url, image)
            tries = (known.attempts if known else 0) + 1
            moment, until = now.isoformat(timespec="seconds"), later(entry.status, tries, now, error)
            self._archive.put_links(replace(entry, attempts=tries, checked=moment, next=until, added=_added(known)))
            self._note_fault(url, known, error)

    def miss_image(self, image: StoredImage, shown_as: tuple[str, ...], error: NotAskedError) -> None:
        """Note an image that notes show under these URLs, and that was not asked for."""
        if isinstance(error, UnreachableError):
            self._missed.append((image, shown_as, error))

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
            entry_now = with_provenance(entry, record)
            self._archive.put_links(
                replace(entry_now, status=record.status, reason=reason, attempts=tries, checked=moment, next=until)
            )
            if error:
                self._note_fault(entry.url, entry, error)
            else:
                self._note_lack(entry.url, entry, record)

    def close(self, hosts: HostStates) -> None:
        """End the run: what failed with its whole host, or for want of a network, has cost no attempt. Of an image
        whose host is not WeChat's, and cannot be reached while others can, one counts: it may be gone for good.

        Raises StoreError.
        """
        for image, shown_as, error in self._missed if hosts.heard else ():
            if not is_image_host(error.host):
                self.enter_image(image, shown_as, error)
        for host in hosts.down:
            for url, fault in self._doubtful.get(host, {}).items():
                self._take_back(url, fault)
        unheard = hosts.down.keys() | hosts.unreachable.keys()
        for url, (before, asked) in self._lacking.items():
            if asked and asked <= unheard:
                self._count_less(url, before)

    def _note_fault(self, url: str, known: LinkEntry | None, error: ArchiverError | None) -> None:
        """Remember a failure that may be the host's; one that has answered has none."""
        if isinstance(error, FetchError) and error.host_fault and not isinstance(error, NotAskedError):
            fault = _Fault(known, keeps_rest=error.retry_after > 0)
            self._doubtful.setdefault(_host(url), {}).setdefault(url, fault)
        elif not error:
            self._doubtful.pop(_host(url), None)

    def _note_lack(self, url: str, known: LinkEntry | None, record: ArticleRecord) -> None:
        lost = [image.url for image in record.images if image.error]
        lost += [item.url for item in record.media if item.error and not item.final]
        self._lacking.setdefault(url, (known, frozenset(map(_host, lost))))

    def _take_back(self, url: str, fault: _Fault) -> None:
        """Leave a URL as it was; where the server said when to come again, that is kept."""
        before, entry = fault.before, self._archive.links.get(url)
        if entry and fault.keeps_rest:
            self._archive.put_links(replace(entry, attempts=before.attempts if before else 0))
        elif entry:
            new = LinkEntry(url, entry.kind, Status.PENDING, since=self._now().date().isoformat(), added=entry.added)
            self._archive.put_links(before or new)

    def _count_less(self, url: str, before: LinkEntry | None) -> None:
        """Keep what is known of a URL, but not as an attempt."""
        if entry := self._archive.links.get(url):
            attempts, until = (before.attempts, before.next) if before else (0, "")
            self._archive.put_links(replace(entry, attempts=attempts, next=until))


def _added(known: LinkEntry | None) -> bool:
    return known is not None and known.added


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()
