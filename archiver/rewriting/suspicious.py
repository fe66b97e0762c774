"""Tell which links of the notes are not, or not certainly, what they should be."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.archive.archive import Archive
from archiver.events import GluedLink, RefusedLink
from archiver.models import Link, Status, UrlKind
from archiver.store.lines import LinkEntry
from archiver.wechat import urls
from archiver.wechat.suspicious import glued, refusal


def suspicious_links(note: str, links: tuple[Link, ...]) -> Iterator[GluedLink]:
    """The links of a note in which several URLs are glued together; such links are not rewritten."""
    for link in links:
        count = glued(link.url)
        if count and urls.classify(link.url) in (UrlKind.ARTICLE, UrlKind.ALBUM):
            yield GluedLink(f"{note}:{link.line}", urls.canonical_url(link.url), count)


def refused(note: str, links: tuple[Link, ...]) -> Iterator[tuple[str, LinkEntry]]:
    """Where it stands, and the line of links.jsonl, of each link to a page of WeChat that is no article."""
    for link in links:
        reason = refusal(link.url)
        if reason:
            entry = LinkEntry(urls.canonical_url(link.url), UrlKind.OTHER, Status.REFUSED, reason)
            yield f"{note}:{link.line}", entry


def enter_refused(archive: Archive, found: list[tuple[str, LinkEntry]]) -> list[RefusedLink]:
    """Give them their lines in links.jsonl; those of them that are new. Raises StoreError."""
    new = {entry.url: (where, entry) for where, entry in reversed(found) if archive.links.get(entry.url) is None}
    archive.put_links(*(entry for _, entry in new.values()))
    return [RefusedLink(where, entry.url, entry.reason) for where, entry in new.values()]
