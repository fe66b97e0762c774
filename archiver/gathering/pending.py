"""Articles whose files are on their way: a type for each case, with what that case knows."""

from __future__ import annotations

from collections.abc import Sequence

from archiver.due.plan import Target
from archiver.models import Article, ArticleRecord, Capture, ImageRef, PageChange
from archiver.models.media import MediaRef
from archiver.models.values import dataclass

MAX_IMAGES = 1000  # of one article; the most seen is some 300
MAX_MEDIA = 100  # audio and video files of one article


@dataclass(frozen=True, slots=True, eq=False)
class New:
    """An article whose page came for `target` and that the archive does not have."""

    target: Target
    article: Article
    capture: Capture


@dataclass(frozen=True, slots=True, eq=False)
class Completion:
    """An incomplete article, to be written again from its own capture. `media`: its audio and video, with the freshest
    addresses that are known."""

    record: ArticleRecord
    media: Sequence[MediaRef]


@dataclass(frozen=True, slots=True, eq=False)
class Renewal:
    """An incomplete article without capture, to be written from the page that came again and says the same."""

    record: ArticleRecord
    article: Article
    capture: Capture


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """An archived article that its author has `changed`; its page came for the canonical URL `url`. `due`:
    it was asked for because of what it lacks, not only to see whether it is still the same."""

    url: str
    record: ArticleRecord
    article: Article
    capture: Capture
    changed: tuple[PageChange, ...]
    due: bool = False


PendingArticle = New | Completion | Renewal | Edition


def images_of(pending: PendingArticle) -> Sequence[ImageRef]:
    """The images that it shows."""
    if isinstance(pending, Completion):
        return [ImageRef(image.key, image.url, image.width, image.height) for image in pending.record.images]
    return pending.article.images


def name_of(pending: PendingArticle) -> str:
    """What tells it from others: the URL of a new one, or its folder."""
    return pending.target.url if isinstance(pending, New) else pending.record.folder


def media_of(pending: PendingArticle) -> Sequence[MediaRef]:
    """The audio and video that it plays."""
    return pending.media if isinstance(pending, Completion) else pending.article.media
