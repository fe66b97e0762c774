"""The words that the archive's own files hold: why, in links.jsonl, and what was edited, in article.json."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from archiver.amounts import counted
from archiver.models import Album, ArticleRecord, EditedPart, PageChange

WORSE = "less came than what is archived"  # what came of a page that was loaded again
EDITED_BUT_WORSE = f"it was edited, but {WORSE}"


class AlbumEnd(StrEnum):
    """How the loading of an album's list ended."""

    WHOLE = "whole"
    RUN_ENDED = "run-ended"  # before the list did
    NO_ANSWER = "no-answer"
    REFUSED = "refused"  # a page came that is no list
    SHORT = "short"  # the list ended before all of the album's articles were named


def loss_reason(record: ArticleRecord) -> str:
    """What an article lacks, in one line; empty where nothing is missing."""
    losses = [loss for loss in record.losses if loss.body]
    if not losses:
        return ""
    more = f" (and {len(losses) - 1} more)" if len(losses) > 1 else ""
    return f"{losses[0].what}: {losses[0].why}{more}"


def album_reason(end: AlbumEnd, album: Album, error: str) -> str:
    """Why an album's list is not whole; `error` is what the server, or a page that came instead, said."""
    if end is AlbumEnd.WHOLE:
        return ""
    if end is AlbumEnd.SHORT:
        return f"WeChat lists {len(album.articles):,} of {counted(album.count, 'article')}"
    return error or "the run ended before the list did"


def change_texts(changes: Iterable[PageChange]) -> tuple[str, ...]:
    """What an author has edited, as article.json says it of the version that was replaced."""
    return tuple(map(_change_text, changes))


def _change_text(change: PageChange) -> str:
    part = change.part
    if part in (EditedPart.TITLE, EditedPart.AUTHOR):
        return f"{part}: {change.before} -> {change.after}"
    if part is EditedPart.TEXT:
        return f"text: {change.had:,} -> {counted(change.has, 'character')}"
    if part is EditedPart.UNKNOWN:
        return "text: edited before a repair"
    return f"{part}: {change.has:,} new, {change.had:,} gone"
