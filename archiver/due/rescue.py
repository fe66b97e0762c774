"""What is looked for in the web archive, and when again: decisions over lines of links.jsonl and the time. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from archiver.due.policy import is_deferred, is_settled
from archiver.models import LossCode, Status, StoredImage, UrlKind
from archiver.store.lines import FORGOTTEN, LinkEntry

# An empty answer may be a refusal: asked on three nights within a month.
MOST_SOUGHT = 3
_EARLY = timedelta(hours=12)  # a nightly job does not start at the same minute each time
_WAITS = (timedelta(days=10) - _EARLY, timedelta(days=20) - _EARLY)
_SAVE_AGAIN = timedelta(days=30) - _EARLY
IMAGE_ATTEMPTS = 2  # runs in which an image that a note shows did not come

_GONE = frozenset(
    {LossCode.NOT_FOUND, LossCode.HTTP_REFUSED, LossCode.PLACEHOLDER, LossCode.NOT_AN_IMAGE, LossCode.BROKEN_IMAGE}
    | {LossCode.LOST}
)

# Its author, or the law, wanted it gone, or seen by few: only who names it gets it back.
NAMED_ONLY = frozenset({Status.DELETED, Status.VIOLATION, Status.PRIVATE})


def is_lost(entry: LinkEntry) -> bool:
    """Whether WeChat will not give what a link leads to: an article that is gone or walled for good, or an image that
    did not come in several runs. What was forgotten is not lost."""
    if entry.reason == FORGOTTEN or entry.status.is_stored:
        return False
    if entry.kind is UrlKind.IMAGE:
        return entry.status is Status.FAILED and entry.attempts >= IMAGE_ATTEMPTS
    if entry.kind is not UrlKind.ARTICLE or entry.status is Status.REFUSED:
        return False
    return is_settled(entry.status, entry.attempts, entry.walls)


def is_sought(entry: LinkEntry, now: datetime, *, named: bool) -> bool:
    """Whether a link is looked for in the web archive now. `named`: by the user, one by one or by its status."""
    if not is_lost(entry):
        return False
    if named:
        return True
    withheld = entry.status in NAMED_ONLY or entry.status is Status.MALFORMED
    return not withheld and may_ask_again(entry, now)


def may_ask_again(entry: LinkEntry, now: datetime) -> bool:
    """Whether the web archive may be asked about a line again: not after it had nothing on enough nights, nor before
    the next of them."""
    return entry.sought < MOST_SOUGHT and not is_deferred(entry.seek, now)


def sought_in_vain(entry: LinkEntry, now: datetime) -> LinkEntry:
    """The line of a link of which the web archive has nothing that can be used."""
    sought = entry.sought + 1
    wait = _WAITS[sought - 1] if sought < MOST_SOUGHT else None
    return replace(entry, sought=sought, seek=(now + wait).isoformat(timespec="seconds") if wait else "")


def may_save(entry: LinkEntry, now: datetime) -> bool:
    """Whether the web archive may be asked to capture what a link leads to: an article that is alive, and of which it
    was not asked to yet."""
    alive = entry.kind is UrlKind.ARTICLE and entry.status.is_stored and not entry.gone and not entry.via
    return alive and not entry.saved and not is_deferred(entry.seek, now)


def not_saved(entry: LinkEntry, now: datetime) -> LinkEntry:
    """The line of an article of which the web archive made no capture."""
    return replace(entry, seek=(now + _SAVE_AGAIN).isoformat(timespec="seconds"))


def is_gone_image(image: StoredImage) -> bool:
    """Whether an article lacks an image that is gone where it belongs."""
    return image.error is not None and image.code in _GONE
