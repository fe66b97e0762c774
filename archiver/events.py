"""What a run tells whoever watches it: small values, told in the caller's thread, and the summary at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from archiver.models import Status


@dataclass(frozen=True, slots=True)
class Planned:
    """What is due: articles to load, pictures of notes and of incomplete articles to fetch."""

    articles: int
    images: int


@dataclass(frozen=True, slots=True)
class ArticleDone:
    """An article's URL was dealt with; `title` is empty for what is no article. `settled`: of a partial one, that
    nothing of what it lacks can be had."""

    url: str
    status: Status
    title: str = ""
    reason: str = ""
    where: str = ""
    settled: bool = False


@dataclass(frozen=True, slots=True)
class ImageDone:
    """A picture arrived, or could not be had (`error`)."""

    url: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class NoteDone:
    """A note was rewritten (`links` of it), or could not be (`error`)."""

    path: str
    links: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something in a note that was left as it is, and `why`. No failure: it will be the same tomorrow."""

    path: str
    line: int
    url: str
    why: str


@dataclass(frozen=True, slots=True)
class Walled:
    """WeChat asks for verification; no further article is asked for in this run."""

    url: str


@dataclass(frozen=True, slots=True)
class Damaged:
    """The nightly check found something wrong with a file of the archive."""

    path: str
    detail: str


@dataclass(frozen=True, slots=True)
class Changed:
    """An archived article was edited by its author (`changes`), or is gone (`gone` says how); the copy stands."""

    url: str
    title: str
    changes: tuple[str, ...] = ()
    gone: str = ""


@dataclass(frozen=True, slots=True)
class Halted:
    """Something was left for the next run, and why: a host that does not answer, a disk that is full."""

    why: str


ARTICLE_COUNTS = ("new", "unchanged", "partial", "gone", "refused", "failed", "pending")

Event = Planned | ArticleDone | ImageDone | NoteDone | Notice | Walled | Damaged | Changed | Halted
Report = Callable[[Event], None]


@dataclass(slots=True)
class Summary:
    """Counts of one run. `articles`: of all article URLs that the notes name or named; `images`: of the distinct
    pictures asked for in this run; `attention`: one line for each thing that needs the user; `notices`: what
    is good to know."""

    articles: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ARTICLE_COUNTS, 0))
    images: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("new", "failed"), 0))
    notes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("read", "rewritten", "failed"), 0))
    attention: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    exit_code: int = 0
