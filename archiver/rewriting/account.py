"""The account of the notes: what became of every address of WeChat's in them.

An address is counted where a reader of bytes sees it, whatever the parser makes of that place; each is of one class.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from archiver.archive.archive import Archive
from archiver.config import Config
from archiver.due.mirrors import Mirrors
from archiver.errors import NoteError
from archiver.models import Link, Role, Span, UrlKind
from archiver.notes.account import Explained, explain
from archiver.notes.occurrences import Occurrence, occurrences
from archiver.notes.regions import LINKS, NO_ADDRESSES, Rule
from archiver.notes.schemes import is_remote
from archiver.rewriting.copies import archived_copy
from archiver.rewriting.left import named_in, understood
from archiver.rewriting.planner import Planner
from archiver.wechat import urls

_CODE = NO_ADDRESSES - {Rule.LINK_TEXT, Rule.LOCAL}


class Fate(StrEnum):
    """What becomes of an address of a note."""

    REWRITTEN = "rewritten"
    KEPT = "kept-by-mode"
    NOT_REWRITTEN = "archived-not-rewritten"
    NOT_ARCHIVED = "not-archived"  # it is due, or could not be had
    IN_CODE = "in-code-or-comment"
    NO_ARTICLE = "no-article-or-image"
    NOT_UNDERSTOOD = "not-understood"


class Why(StrEnum):
    """Why that, where neither a rule of the parser nor a status of links.jsonl says it."""

    RESTORED = "restored"  # the user took the rewrites of this note back
    TOO_CLOSE = "too-close"  # to other marks, or the proof failed
    DUE = "due"
    FORGOTTEN = "forgotten"  # the user had the article forgotten
    HOST_ALONE = "host-alone"
    INSIDE_ANOTHER = "inside-another"  # a part of the address before it
    OTHER_PAGE = "other-page"  # of WeChat, which is no article, image, album or video
    PAGE_AS_IMAGE = "page-as-image"
    UNREADABLE = "unreadable"  # the note cannot be decoded
    UNKNOWN_PLACE = "unknown-place"  # the parser knows of no address there
    UNKNOWN_ADDRESS = "unknown-address"  # it stands inside an address that nobody can take apart


@dataclass(frozen=True, slots=True)
class Accounted:
    """An address of a note: where it is named, and what became of it. `why`: one of Why, a rule of the parser, or the
    status in links.jsonl; empty where it is rewritten."""

    path: str
    occurrence: Occurrence
    fate: Fate
    why: str = ""


class Accountant:
    """Accounts for the addresses in notes; asks nobody and writes nothing."""

    def __init__(self, config: Config, archive: Archive) -> None:
        self._archive = archive
        self._modes = config.rewriting
        self._mirrors = Mirrors(config.images.mirror_hosts)
        self._planner = Planner(config, archive)

    def account(self, path: str, data: bytes) -> Iterator[Accounted]:
        """Yield each address in a note, as it was before anything was rewritten in it."""
        try:
            original, found, done = self._planner.look(path, data)
        except NoteError:
            for place in occurrences(data, urls.NAMED_HOSTS):
                yield Accounted(path, place, Fate.NOT_UNDERSTOOD, Why.UNREADABLE)
            return
        restored = self._archive.journal.is_restored(path)
        for item in explain(found, named_in(original)):
            fate, why = self._fate(item, frozenset() if restored else done)
            if restored and fate is Fate.NOT_REWRITTEN and why == Why.TOO_CLOSE:
                why = Why.RESTORED
            yield Accounted(path, item.occurrence, fate, why)

    def _fate(self, item: Explained, done: frozenset[Span]) -> tuple[Fate, str]:
        if not item.occurrence.is_page and item.link is None:
            return Fate.NO_ARTICLE, Why.HOST_ALONE
        if not understood(item):
            return Fate.NOT_UNDERSTOOD, Why.UNKNOWN_ADDRESS if item.rule else Why.UNKNOWN_PLACE
        if item.link is None:
            rule = item.rule or ""
            if rule is Rule.UNCERTAIN:
                return Fate.NOT_ARCHIVED, rule
            return (Fate.IN_CODE if rule in _CODE else Fate.NO_ARTICLE), rule
        if item.is_inner:
            return Fate.NO_ARTICLE, Why.INSIDE_ANOTHER
        return self._fate_of_link(item.link, item.rule, done)

    def _fate_of_link(self, link: Link, rule: Rule | None, done: frozenset[Span]) -> tuple[Fate, str]:
        kind = urls.classify(link.url)
        if not is_remote(link.url):
            return Fate.NO_ARTICLE, Rule.LOCAL
        if kind in (UrlKind.OTHER, None):
            return Fate.NO_ARTICLE, Why.OTHER_PAGE
        if link.role is Role.IMAGE and kind in (UrlKind.ARTICLE, UrlKind.ALBUM):
            return Fate.NO_ARTICLE, Why.PAGE_AS_IMAGE
        if link.span in done:
            return Fate.REWRITTEN, ""
        if archived_copy(self._archive, link, self._mirrors) is None:
            entry = self._archive.links.get(urls.canonical_url(link.url))
            return Fate.NOT_ARCHIVED, entry.state if entry and not entry.status.is_stored else Why.DUE
        is_link = kind in (UrlKind.ARTICLE, UrlKind.ALBUM)
        mode = self._modes.articles if is_link else self._modes.images
        if rule in LINKS or (rule is Rule.NESTED and self._modes.nested_links == "mend"):
            return (Fate.KEPT, mode) if mode == "keep" else (Fate.NOT_REWRITTEN, Why.TOO_CLOSE)
        return Fate.NOT_REWRITTEN, rule or ""
