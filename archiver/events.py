"""What a run tells whoever watches it: small values, told in the caller's thread, and the summary at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from archiver.models import PageChange, Status
from archiver.models.findings import Finding
from archiver.models.halts import Halted
from archiver.models.hooks import HookFailed, HooksLeft
from archiver.models.reading import Unusual
from archiver.models.rescue import CameBack
from archiver.models.values import dataclass


@dataclass(frozen=True, slots=True)
class Planned:
    """What is due: `articles` and albums to load; `images`, audio and video of notes and incomplete articles to fetch,
    of which `media` are no images. `others`: videos of notes, and articles whose page is not loaded again; the end of
    each is an ArticleDone too."""

    articles: int
    images: int
    media: int = 0
    others: int = 0


@dataclass(frozen=True, slots=True)
class ArticleDone:
    """An article's URL was dealt with; `title` is empty for what is no article. `reason`: why it
    is not archived, or what it lacks. `settled`: of a partial one, that nothing of what it lacks can be fetched. `now`:
    of one that was asked for again in vain, what came instead. `hosts`: those of images that it lacks because only
    WeChat's hosts and those in [images] mirror_hosts are asked."""

    url: str
    status: Status
    title: str = ""
    reason: str = ""
    where: str = ""
    settled: bool = False
    now: str = ""
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImageDone:
    """An image arrived, or could not be had (`error`). `where`: of one that a note shows, the first place; `asked`:
    whether that error is what came of asking for it."""

    url: str
    error: str = ""
    where: str = ""
    asked: bool = True


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

    finding: Finding


@dataclass(frozen=True, slots=True)
class Changed:
    """An archived article was edited by its author (`changes`), or is gone (`gone` says how); the copy stands."""

    url: str
    title: str
    changes: tuple[PageChange, ...] = ()
    gone: str = ""


ARTICLE_COUNTS = ("new", "unchanged", "partial", "gone", "refused", "forgotten", "failed", "pending")


@dataclass(frozen=True, slots=True)
class WallStands:
    """WeChat asks for verification; so many `articles` stay for the next run."""

    articles: int


@dataclass(frozen=True, slots=True)
class GluedLink:
    """A link of a note (`where`: note:line) in which `count` URLs are glued together, the first of them `url`."""

    where: str
    url: str
    count: int


MORE_LEFT = "more"


@dataclass(frozen=True, slots=True)
class AddressLeft:
    """Addresses of WeChat's in a note at which nothing is written: where the first of them is named, from 1, as it
    stands there, and how many they are. `rule` is that of the parser (archiver.notes.regions) by which it knows them;
    without one they are not understood, and not archived either; MORE_LEFT stands for many places of many kinds.
    """

    path: str
    line: int
    column: int
    address: str
    rule: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class RefusedLink:
    """A link of a note to a page of WeChat that is no article; `reason` says what it is."""

    where: str
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class CopyLost:
    """A copy to which a note links was deleted from the archive, and the original cannot be archived again either."""

    where: str
    url: str
    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class ItemFailed:
    """What nobody foresaw went wrong with one item: its `kind`, and its URL or path. `report` is the file that says
    more, relative to the archive's root."""

    kind: str
    name: str
    error: str
    report: str = ""


@dataclass(frozen=True, slots=True)
class ItemWaits:
    """An item with which that happened in an earlier run is not tried again before `until` (ISO time)."""

    kind: str
    name: str
    until: str


@dataclass(frozen=True, slots=True)
class NotCommitted:
    """A note (path relative to the notes folder) that was rewritten and is not committed, since it would lead to
    nothing there: `missing`, relative to the repository, is neither in the commit nor in HEAD; empty: the note is in a
    repository of its own, which does not hold the archive."""

    note: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The run came to an end by an error."""

    error: str


@dataclass(frozen=True, slots=True)
class Remaining:
    """How many articles are still to be archived, and how many runs that takes at this pace."""

    articles: int
    runs: int


@dataclass(frozen=True, slots=True)
class OriginalsLost:
    """How many archived articles were found within a month to be deleted; the copies stand."""

    articles: int


@dataclass(frozen=True, slots=True)
class Uncovered:
    """How many archived articles lack a part of their page that is in no loss; the worst one's `folder`, and the share
    of the page that it has."""

    articles: int
    folder: str
    share: float


@dataclass(frozen=True, slots=True)
class PublishChanged:
    """From this run on, so much of the archive goes into git; `overruled`: for that [rewrite] counts less than it
    says."""

    publish: str
    overruled: bool


@dataclass(frozen=True, slots=True)
class PagesDiffer:
    """The pages that came last are not as those before: WeChat has changed them. `signs`: what shows that."""

    signs: tuple[Unusual, ...]


@dataclass(frozen=True, slots=True)
class NoNotes:
    """No file of the notes folder `root` matches the globs in `include`. `named`: the archive knows of notes; `added`:
    it knows of URLs, as `archiver add` was given."""

    root: str
    include: tuple[str, ...]
    named: bool
    added: bool


Event = (
    Planned
    | ArticleDone
    | ImageDone
    | NoteDone
    | Notice
    | Walled
    | Damaged
    | Changed
    | Halted
    | PublishChanged
    | PagesDiffer
)
Report = Callable[[Event], None]
Attention = (
    ArticleDone
    | ImageDone
    | NoteDone
    | Notice
    | Damaged
    | Halted  # that happened
    | WallStands
    | GluedLink
    | AddressLeft
    | RefusedLink
    | CopyLost
    | ItemFailed
    | ItemWaits
    | NoNotes
    | NotCommitted
    | HookFailed
    | HooksLeft
    | Failed  # that hold at the end
)


GoodToKnow = Remaining | OriginalsLost | Uncovered | NoNotes | PublishChanged | PagesDiffer | CameBack


@dataclass(slots=True)
class Summary:
    """Counts of one run. `articles`: of all article URLs that the notes name or named; `images`: of the distinct
    images asked for in this run; `attention`: each thing that needs the user, `as_before` those that did so in the last
    run too; `notices`: what is good to know; `hooks`: how often [hooks] after_article was `run`, `failed` and `left`
    out, where it was to be run."""

    articles: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ARTICLE_COUNTS, 0))
    images: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("new", "failed"), 0))
    notes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("read", "rewritten", "failed"), 0))
    attention: list[Attention] = field(default_factory=list)
    as_before: list[Attention] = field(default_factory=list)
    notices: list[GoodToKnow] = field(default_factory=list)
    hooks: dict[str, int] = field(default_factory=dict)
    exit_code: int = 0
