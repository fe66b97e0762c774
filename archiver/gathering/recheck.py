"""Archived articles that are looked at again: were they edited, or deleted? What is archived is never lost by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from archiver.archive.archive import Archive
from archiver.archive.context import Context
from archiver.archive.reasons import loss_reason
from archiver.config import FetchConfig
from archiver.due import policy
from archiver.due.plan import Target
from archiver.events import Changed, Report
from archiver.gathering.link_entries import later, with_provenance
from archiver.models import Article, ArticleRecord, PageChange, Refusal, Status, UrlKind
from archiver.store.lines import LinkEntry
from archiver.wechat import urls

_AGAIN = timedelta(days=1)  # after a look that told nothing


def second_looks(context: Context) -> list[Target]:
    """The archived articles that are to be looked at again, those first that were seen longest ago.

    That is after [fetch] recheck_archived_days, or where the original is gone after recheck_gone_days (0: never).
    Whether notes still name them does not matter.
    """
    archive, now, fetch = context.archive, context.now(), context.config.fetch
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
        if policy.is_old(entry.checked, _days(entry, fetch), now)
        and not policy.is_deferred(entry.next, now)
        and archive.folders.has(folder)
    ]
    due.sort(key=lambda entry: max(entry.checked, entry.next))  # one that tells nothing does not stay the first
    return [Target(UrlKind.ARTICLE, entry.url, _request(archive, entry), entry.target) for entry in due]


def _days(entry: LinkEntry, fetch: FetchConfig) -> int:
    """After how many days an archived article is looked at again (0: never). WeChat is asked no more often for one that
    came from a web archive than before it did: not at all where the link has expired."""
    if entry.gone or (entry.via and entry.walls):
        return fetch.recheck_gone_days
    return 0 if entry.via and not entry.is_imported else fetch.recheck_archived_days


def known_good(archive: Archive, most: int = 5) -> list[Target]:
    """Short links of the archived articles that were seen last: one is asked for when it is to be found out whether
    WeChat answers this machine at all."""
    seen = [
        entry
        for entry in archive.links
        if entry.kind is UrlKind.ARTICLE
        and entry.status.is_stored
        and urls.is_short(entry.url)
        and not (entry.gone or entry.via)
    ]
    seen.sort(key=lambda entry: entry.checked, reverse=True)
    there = (entry for entry in seen if archive.folders.has(entry.target))
    return [Target(UrlKind.ARTICLE, entry.url, entry.url, entry.target) for entry in islice(there, most)]


def _request(archive: Archive, entry: LinkEntry) -> str:
    """The URL as it was asked for, with the parameters that a canonical one lacks."""
    record = archive.record(entry.target)
    asked = (url for url in (record.url, *record.aliases) if urls.canonical_url(url) == entry.url)
    return next(asked, entry.url)


def is_second_look(entry: LinkEntry | None, folder: str) -> bool:
    """Whether a page that leads to the article in `folder` was asked for only to see whether it is still the same."""
    return entry is not None and entry.target == folder and entry.status.is_stored


def second_look(archive: Archive, target: Target) -> LinkEntry | None:
    """The entry of a URL whose article is in the archive: nothing that its page says now takes the copy away."""
    entry, folder = archive.links.get(target.url), archive.article_folder(target.url)
    return entry if entry and folder and is_second_look(entry, folder) else None


def judge(
    archive: Archive, entry: LinkEntry, page: Article | Refusal | None, now: datetime, report: Report
) -> tuple[PageChange, ...]:
    """Enter what a second look at an archived article has shown; None: its page did not come.

    Returns what its author has edited; then nothing is entered yet. Raises StoreError.
    """
    from archiver.archive.comparison import changes

    if isinstance(page, Article):
        if archive.folder_of(page, entry.url) == entry.target:
            changed = changes(archive, archive.record(entry.target), page)
            if not changed:
                archive.put_links(looked(entry, archive.record(entry.target), now))
            return changed
        archive.put_links(inconclusive(entry, now))
    elif isinstance(page, Refusal):
        if page.status is not Status.WALL:
            after = lost(entry, page, now)
            archive.put_links(after)
            if after.gone and not entry.gone:
                report(Changed(entry.url, archive.record(entry.target).title, gone=page.reason))
    else:
        archive.put_links(inconclusive(entry, now))
    return ()


def looked(entry: LinkEntry, record: ArticleRecord, now: datetime) -> LinkEntry:
    """The entry of an article that is still there."""
    status, attempts = record.status, entry.attempts + 1
    return replace(
        with_provenance(entry, record),
        status=status,
        reason=loss_reason(record),
        attempts=attempts,
        checked=now.isoformat(timespec="seconds"),
        next=later(status, attempts, now),
        gone="",
    )


def inconclusive(entry: LinkEntry, now: datetime) -> LinkEntry:
    """The entry of an article whose page did not come this time: the copy stands, and another day will tell, one that
    is later and later."""
    attempts = entry.attempts + 1
    until = now + max(_AGAIN, policy.wait_after(attempts))
    return replace(entry, attempts=attempts, next=until.isoformat(timespec="seconds"))


def lost(entry: LinkEntry, refusal: Refusal, now: datetime) -> LinkEntry:
    """The entry of an archived article after a page came that is none: gone since today, if that is what it says."""
    if not refusal.status.is_withdrawn:
        return inconclusive(entry, now)
    moment = now.isoformat(timespec="seconds")
    since = entry.gone or now.date().isoformat()
    return replace(entry, checked=moment, attempts=entry.attempts + 1, next="", gone=since, reason=refusal.reason)


def lost_lately(entry: LinkEntry, now: datetime) -> bool:
    """Whether the original of an archived article was found to be gone within the last month."""
    if not entry.gone or not entry.target:
        return False
    return now.date() - datetime.fromisoformat(entry.gone).date() <= policy.LONGEST_WAIT
