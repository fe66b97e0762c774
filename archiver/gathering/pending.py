"""Articles whose files are on their way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archiver.due.plan import Target
from archiver.models import Article, ArticleRecord, Capture, ImageRef
from archiver.models.media import MediaRef


@dataclass(slots=True)
class PendingArticle:
    """An article whose pictures, sounds and films are on their way: a new one (`article`), one to be completed
    (`record`), or both: one that was visited again, because of what it lacks, or that its author has `changed`."""

    refs: Sequence[ImageRef]
    missing: set[str]
    media: Sequence[MediaRef] = ()
    article: Article | None = None
    capture: Capture | None = None
    target: Target | None = None
    record: ArticleRecord | None = None
    changed: tuple[str, ...] = ()
