"""Write the articles whose files have come: what becomes of each case."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from archiver.archive.archive import Archive
from archiver.archive.arrivals import Arrivals
from archiver.archive.comparison import is_worse
from archiver.archive.context import Context
from archiver.archive.indexing import canonical_urls
from archiver.archive.quarantine import Quarantine
from archiver.archive.reasons import EDITED_BUT_WORSE
from archiver.archive.record import StoredFiles
from archiver.errors import DamageError, InternalError, StoreError
from archiver.events import ArticleDone, Changed
from archiver.gathering.heap import give_back
from archiver.gathering.link_entries import article_done, known_article, with_provenance
from archiver.gathering.link_log import Fate, LinkLog, fate_of
from archiver.gathering.making import MadeResult, finished
from archiver.gathering.pending import Completion, Edition, New, PendingArticle, Renewal
from archiver.gathering.recheck import inconclusive, looked
from archiver.models import ArticleRecord, LossCode, Status, StoredImage
from archiver.models.media import StoredMedia
from archiver.store.lines import LinkEntry

_TIDIED_AFTER = 100  # articles: some seconds of work


class Writer:
    """Writes articles into the archive, and their lines into links.jsonl.

    `changed`: whether one was written; `new`: those that were not there before.
    """

    def __init__(self, context: Context, link_log: LinkLog) -> None:
        self._archive = context.archive
        self._link_log = link_log
        self._now = context.now
        self._report = context.report
        self.changed = False
        self.new = Arrivals()

    def write(
        self, pending: PendingArticle, stored: Sequence[StoredImage], media: Sequence[StoredMedia], *, asked: bool
    ) -> None:
        """Write an article with what could be had of its files; `asked`: whether any that is missing was asked for.

        Raises StoreError.
        """
        match pending:
            case New():
                article, capture, url = pending.article, pending.capture, pending.target.request
                self._write_new(pending, lambda: self._archive.save(article, capture, url, stored, media))
            case Completion() | Renewal():
                self._complete(pending, stored, media, asked=asked)
            case Edition():
                self._take_over(pending, stored, media)

    def write_made(self, result: MadeResult) -> None:
        """Write a new article of which the files are made. Raises StoreError."""
        self._write_new(result.pending, lambda: self._archive.write_made(finished(result)))

    def fail(self, pending: PendingArticle, error: InternalError) -> None:
        """Record that an article cannot be written for a reason that nobody foresaw. Raises StoreError."""
        match pending:
            case New():
                title = pending.article.title
                self._link_log.settle(pending.target, Fate(Status.FAILED, reason=str(error), title=title, error=error))
                return
            case Completion() | Renewal():
                self._link_log.update(pending.record, pending.record, error)
            case Edition():
                self._archive.put_links(inconclusive(self._entry_of(pending), self._now()))
        old = pending.record
        self._report(ArticleDone(old.url, Status.FAILED, old.title, str(error), old.folder))

    def _write_new(self, pending: New, save: Callable[[], ArticleRecord]) -> None:
        article, url = pending.article, pending.target.request
        # Two URLs of one article may have been under way together.
        folder = self._archive.folder_of(article, url)
        if folder:
            self._archive.add_alias(folder, url)
            record = self._archive.record(folder)
        else:
            # What lies there without being an article: its article.json is lost.
            Quarantine(self._archive.root, self._now()).keep_folder(self._archive.place_of(article, url))
            record = save()
            self.new.add(record)
            self.changed = True
            if len(self.new) % _TIDIED_AFTER == 0:
                give_back()
        self._link_log.settle(pending.target, fate_of(record))

    def _complete(
        self,
        pending: Completion | Renewal,
        stored: Sequence[StoredImage],
        media: Sequence[StoredMedia],
        *,
        asked: bool,
    ) -> None:
        old = record = pending.record
        # That a video cannot be fetched, ever, is news too: it need not be asked for again.
        had = {item.key for item in old.images if item.path} | {i.key for i in old.media if i.path or i.final}
        has = {item.key for item in stored if item.path} | {i.key for i in media if i.path or i.final}
        if has - had or _is_let_in(old, stored):
            try:
                if isinstance(pending, Renewal):
                    record = self._archive.renew(old, pending.article, pending.capture, StoredFiles(stored, media))
                else:
                    record = self._archive.complete(old, stored, media)
            except (DamageError, StoreError) as error:
                self._report(ArticleDone(old.url, Status.FAILED, old.title, str(error), old.folder))
                return
            self.changed = True
        if record is not old or asked:
            self._link_log.update(old, record)
        self._tell(record)

    def _take_over(self, pending: Edition, stored: Sequence[StoredImage], media: Sequence[StoredMedia]) -> None:
        """Write an edited version, unless it is worse than what the archive has."""
        old, entry = pending.record, self._entry_of(pending)
        if is_worse(old, stored, media):
            self._archive.put_links(inconclusive(entry, self._now()))
            if pending.due:
                self._tell(old, EDITED_BUT_WORSE)
            return
        record = self._archive.renew(old, pending.article, pending.capture, StoredFiles(stored, media), pending.changed)
        self.changed = True
        self._archive.put_links(*_live_again(self._archive, record), looked(entry, record, self._now()))
        self._report(Changed(pending.url, pending.article.title, pending.changed))
        if pending.due:
            self._tell(record)

    def _entry_of(self, edition: Edition) -> LinkEntry:
        """The line of the URL that the page came for; it may be lost: git's union merge and editors can do that."""
        return self._archive.links.get(edition.url) or known_article(edition.url, edition.record)

    def _tell(self, record: ArticleRecord, now: str = "") -> None:
        """Report what an article that was due is like, and what came of its page `now`."""
        self._report(article_done(record, now=now))


def _live_again(archive: Archive, record: ArticleRecord) -> list[LinkEntry]:
    """The lines of an article's other URLs, where they say that it came from a web archive: it did not, now."""
    found = filter(None, map(archive.links.get, canonical_urls(record)))
    return [with_provenance(entry, record) for entry in found if entry.via]


def _is_let_in(old: ArticleRecord, stored: Sequence[StoredImage]) -> bool:
    """Whether the host of an image that did not come may be asked now, so that there is another reason."""
    refused = {image.key for image in old.images if image.code is LossCode.HOST_REFUSED}
    return any(image.key in refused and image.code is not LossCode.HOST_REFUSED for image in stored)
