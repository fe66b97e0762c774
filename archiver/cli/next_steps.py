"""What to do about each thing that needs the user."""

from __future__ import annotations

from archiver.events import (
    ArticleDone,
    Attention,
    CopyLost,
    Damaged,
    GluedLink,
    ImageDone,
    ItemWaits,
    NoteDone,
    Notice,
    RefusedLink,
    WallStands,
)
from archiver.models import Status, UrlKind
from archiver.models.halts import HaltCode, Halted
from archiver.models.hooks import HookFailed
from archiver.wechat import urls

_BY_ITSELF = "It is tried again by itself"
_TYPES: dict[type, str] = {
    ImageDone: f"{_BY_ITSELF}; if it is gone for good, take it out of the note",
    NoteDone: "It stays as it was, and is tried again when it can be read and written",
    Notice: "Mend it in the note, if it matters",
    Damaged: "Mend it with: archiver verify --repair",
    WallStands: "Wait until tomorrow, or: archiver solve",
    GluedLink: "Put them apart",
    RefusedLink: "Take the link out, or leave it: it is never asked for",
    CopyLost: "Take the copy from a backup, or the link out of the note",
    HookFailed: "The article is archived all the same; give the program its folder by hand, if it matters",
    ItemWaits: "A newer archiver may do it",
}
_HALTS = {
    HaltCode.HOST_DOWN: "The next run asks again",
    HaltCode.DISK_FULL: "Make room, or lower [archive] min_free_mb",
    HaltCode.THREE_WALLS: "The next run asks for the others",
    HaltCode.UNKNOWN_PAGES: "The next run tries again; if it stays so, a newer archiver may know these pages",
    HaltCode.EGRESS_WALLED: "The next run tries again, with fewer requests there",
    HaltCode.WORKER_LOST: "What it was asked for waits for the next run",
    HaltCode.NO_PROBE: "The next run tries again",
}  # the others say it themselves
_STATUSES = {
    Status.PARTIAL: _BY_ITSELF,
    Status.FAILED: _BY_ITSELF,
    Status.WALL: "Open it in WeChat and copy the link",
    Status.EXPIRED: "Open the article in WeChat, copy its link there, and put that into the note",
}
_VIDEO_EXPIRED = "WeChat's addresses of videos work for hours only: link to the article, which keeps the video"


def next_step(item: Attention) -> str:
    """A sentence without its full stop; empty where the line about the item says it already."""
    if isinstance(item, Halted):
        return _HALTS.get(item.code, "")
    if isinstance(item, ArticleDone):
        return _of_article(item)
    return _TYPES.get(type(item), "")


def _of_article(item: ArticleDone) -> str:
    if item.status is Status.PARTIAL and item.hosts:
        return ""
    if item.status is Status.PARTIAL and item.settled:
        return "What is missing is only for those who paid"
    is_video = urls.classify(item.url) is UrlKind.VIDEO
    return step_for(item.status, item.reason, UrlKind.VIDEO if is_video else UrlKind.ARTICLE)


def step_for(status: Status, reason: str, kind: UrlKind = UrlKind.ARTICLE) -> str:
    """What to do about a link of this status; empty where the reason says it already."""
    if kind is UrlKind.OTHER:
        return _TYPES[RefusedLink]
    if kind is UrlKind.VIDEO and status is Status.EXPIRED:
        return _VIDEO_EXPIRED
    if status is Status.WALL and "copy the link" in reason:
        return ""
    return _STATUSES.get(status, "See that the link is right: it is asked for again once in a while at most")
