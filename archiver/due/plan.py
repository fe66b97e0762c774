"""What is due, and why. A pure decision over values: links of the notes, entries of links.jsonl, the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import IntEnum
from operator import itemgetter

from archiver.due import policy
from archiver.models import Album, ImageRef, Link, Role, Status, UrlKind
from archiver.models.values import dataclass
from archiver.store.lines import LinkEntry
from archiver.wechat import images, urls

KINDS = frozenset({UrlKind.ARTICLE, UrlKind.IMAGE, UrlKind.VIDEO, UrlKind.ALBUM})
MOST_TRIES_FOR_A_VIDEO = 5  # its address is signed: a host that does not answer for that long will refuse it


@dataclass(frozen=True, slots=True)
class Target:
    """A URL of the notes: its canonical form (the key in links.jsonl), what to ask for (empty: it only names an article
    and cannot be asked for), and where it stands first.

    `known`: of an album, what the archive has of it already. `shown`: a note shows it, as an image. `again`: an album
    whose list is looked at again each night. `further`: no note names it, and it has its turn after all that one does.
    """

    kind: UrlKind
    url: str
    request: str
    where: str  # note:line
    known: Album | None = None
    shown: bool = False
    again: bool = False
    further: bool = False


@dataclass(frozen=True, slots=True)
class ShownImage:
    """An image that notes show: what to ask for, the canonical URLs under which they do, and where they do first."""

    ref: ImageRef
    urls: tuple[str, ...]
    where: str  # note:line


@dataclass(frozen=True, slots=True)
class Plan:
    """What is due now: article URLs, images that notes show, albums, videos of notes. `limit`: pages of
    articles in this run at the most (0: all), those of incomplete ones included."""

    articles: tuple[Target, ...]
    images: tuple[ShownImage, ...]
    albums: tuple[Target, ...] = ()
    videos: tuple[Target, ...] = ()
    limit: int = 0

    def __bool__(self) -> bool:
        return bool(self.articles or self.images or self.albums or self.videos)


class LinkKind(IntEnum):
    """Forms of a link, those first that meet verification least."""

    SHORT = 0
    LONG = 1
    WITHOUT_CHKSM = 2
    ALBUM = 3


def link_kind(target: Target) -> LinkKind:
    """The form of the link that is asked for."""
    if target.kind is UrlKind.ALBUM:
        return LinkKind.ALBUM
    if urls.is_short(target.request):
        return LinkKind.SHORT
    return LinkKind.LONG if "chksm=" in target.request else LinkKind.WITHOUT_CHKSM


def targets_of(
    note: str, links: Iterable[Link], mirrored: Callable[[str], bool] = lambda _: False
) -> list[tuple[Link, Target]]:
    """The links of a note that are WeChat's business, and images at hosts that are `mirrored`."""
    found = []
    for link in links:
        kind = urls.classify(link.url)
        if kind is None and link.role is Role.IMAGE and mirrored(link.url):
            plain = link.url.partition("#")[0]
            found.append((link, Target(UrlKind.IMAGE, plain, plain, f"{note}:{link.line}", shown=True)))
        if kind in KINDS:
            url = urls.canonical_url(link.url)
            request = "" if urls.is_identity(link.url) else urls.request_url(link.url)
            is_shown = link.role is Role.IMAGE
            found.append((link, Target(kind, url, request, f"{note}:{link.line}", shown=is_shown)))
    return found


def is_due(entry: LinkEntry | None, now: datetime, *, stored: bool, recheck_days: int = 0) -> bool:
    """Whether a URL is to be asked for now; `stored` says whether what it leads to is in the archive,
    `recheck_days` after how long what is gone is asked for again (0: never)."""
    if entry is None:
        return not stored
    if entry.status.is_stored:
        return not stored
    if entry.is_forgotten or (entry.next and policy.is_deferred(entry.next, now)):  # of most links, nothing is next
        return False
    if entry.kind is UrlKind.ARTICLE and stored:
        return False  # known by another of its URLs since
    if entry.status is Status.WALL:
        return True
    if policy.is_settled(entry.status, entry.attempts, entry.walls):
        again = entry.kind is UrlKind.ARTICLE and entry.status.may_come_back
        return again and policy.is_old(entry.checked, recheck_days, now)
    return entry.kind is not UrlKind.VIDEO or entry.attempts < MOST_TRIES_FOR_A_VIDEO


_Place = tuple[bool, bool, LinkKind, int, str]


def _place(target: Target, entry: LinkEntry | None) -> _Place:
    """In which order pages are asked for: those at the end that no note names; of the others those that met a
    verification page before, and before them the kinds of links that meet it most."""
    if entry is not None and entry.status is Status.WALL:
        # Those first that were asked for longest ago: three walls end a run, and nobody may be the third each time.
        return target.further, True, link_kind(target), 0, entry.checked
    return target.further, False, link_kind(target), *_turn(entry)


def _turn(entry: LinkEntry | None) -> tuple[int, str]:
    """In which order links of one kind are asked for: new ones (in the notes' order), those that wait for their first
    try (the oldest first), those that failed, and last what is only looked at again."""
    if entry is None:
        return 0, ""
    if entry.status.is_unanswered:
        return 1, entry.since
    if not policy.is_settled(entry.status, entry.attempts, entry.walls) and not entry.target:
        return 2, entry.checked
    return 3, entry.checked


@dataclass(frozen=True, slots=True)
class Known:
    """What the archive knows of URLs: its line in links.jsonl, whether the article behind a canonical URL is there, the
    image of a key, the file at a path."""

    entry_of: Callable[[str], LinkEntry | None]
    has_article: Callable[[str], bool]
    has_image: Callable[[str], bool]
    has_file: Callable[[str], bool] = lambda _path: False


def make_plan(targets: Sequence[Target], known: Known, now: datetime, *, recheck_days: int = 0) -> Plan:
    """Decide what to ask for. `recheck_days` as in `is_due`."""
    due: dict[str, tuple[_Place, Target]] = {}  # and nothing of the others: of all it outgrows the processor's caches
    for target in targets:
        if target.kind is UrlKind.ARTICLE and target.request and target.url not in due:
            entry, stored = known.entry_of(target.url), known.has_article(target.url)
            if is_due(entry, now, stored=stored, recheck_days=recheck_days):
                due[target.url] = _place(target, entry), target
    articles = [target for _, target in sorted(due.values(), key=itemgetter(0))]
    return Plan(
        articles=tuple(articles),
        images=_images(targets, lambda url, key: is_due(known.entry_of(url), now, stored=known.has_image(key))),
        albums=_due_files(targets, UrlKind.ALBUM, known, now),
        videos=_due_files(targets, UrlKind.VIDEO, known, now),
    )


def _due_files(targets: Sequence[Target], kind: UrlKind, known: Known, now: datetime) -> tuple[Target, ...]:
    """Each of the kind once; what is there of it is the file that its entry names."""
    distinct = {target.url: target for target in reversed(targets) if target.kind is kind}
    lines = {url: known.entry_of(url) for url in distinct}
    again = {target.url for target in targets if target.again}

    def due(url: str, entry: LinkEntry | None) -> bool:
        stored = bool(entry and entry.target and known.has_file(entry.target))
        is_old = entry is not None and stored and url in again and policy.is_of_earlier_run(entry.checked, now)
        return is_old or is_due(entry, now, stored=stored)

    return tuple(target for url, target in reversed(distinct.items()) if due(url, lines[url]))


def _images(targets: Iterable[Target], due: Callable[[str, str], bool]) -> tuple[ShownImage, ...]:
    """Each image that is `due(URL, key)` once."""
    found: dict[str, list[Target]] = {}
    for target in targets:
        key = images.image_key(target.url) if target.kind is UrlKind.IMAGE else None
        if key and due(target.url, key):
            found.setdefault(key, []).append(target)
    return tuple(
        ShownImage(ImageRef(key, shown[0].request), tuple(dict.fromkeys(t.url for t in shown)), shown[0].where)
        for key, shown in found.items()
    )
