"""What is due, and why. A pure decision over values: links of the notes, entries of links.jsonl, the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from archiver.models import ImageRef, Link, Status, UrlKind
from archiver.store.lines import LinkEntry
from archiver.wechat import images, urls

# Asked again on later nights: after how many tries it is final (0: never), and how long to wait at least.
RETRIES = {
    Status.PENDING: (0, timedelta(0)),
    Status.WALL: (0, timedelta(0)),
    Status.FAILED: (0, timedelta(0)),
    Status.UNAVAILABLE: (5, timedelta(hours=12)),
}
KINDS = frozenset({UrlKind.ARTICLE, UrlKind.IMAGE, UrlKind.VIDEO, UrlKind.ALBUM})
MOST_TRIES_FOR_A_FILM = 5  # its address is signed: a host that does not answer for that long will refuse it
WAITING = frozenset({Status.PENDING, Status.WALL, Status.FAILED})
GONE = frozenset({Status.DELETED, Status.VIOLATION, Status.BLOCKED, Status.EXPIRED, Status.UNAVAILABLE})
REFUSED = frozenset({Status.REFUSED, Status.MALFORMED, Status.PRIVATE})


@dataclass(frozen=True, slots=True)
class Target:
    """A URL of the notes: its canonical form (the key in links.jsonl), what to ask for, and where it stands first."""

    kind: UrlKind
    url: str
    request: str
    where: str  # note:line


@dataclass(frozen=True, slots=True)
class Plan:
    """What is due now: article URLs, pictures with the canonical URLs under which notes show them, albums, films of
    notes."""

    articles: tuple[Target, ...]
    images: tuple[tuple[ImageRef, tuple[str, ...]], ...]
    albums: tuple[Target, ...] = ()
    videos: tuple[Target, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.articles or self.images or self.albums or self.videos)


def targets_of(note: str, links: Iterable[Link]) -> list[tuple[Link, Target]]:
    """The links of a note that are WeChat's business."""
    found = []
    for link in links:
        kind = urls.classify(link.url)
        if kind in KINDS:
            url, request = urls.canonical_url(link.url), urls.request_url(link.url)
            found.append((link, Target(kind, url, request, f"{note}:{link.line}")))
    return found


def is_due(entry: LinkEntry | None, now: datetime, *, stored: bool) -> bool:
    """Whether a URL is to be asked for now; `stored` says whether what it leads to is in the archive."""
    if entry is None:
        return not stored
    if entry.status in (Status.ARCHIVED, Status.PARTIAL):
        return not stored
    if entry.status not in RETRIES:
        return False
    if entry.kind is UrlKind.ARTICLE and stored:
        return False  # known by another of its URLs since
    tries, _ = RETRIES[entry.status]
    if entry.kind is UrlKind.VIDEO:
        tries = MOST_TRIES_FOR_A_FILM
    if tries and entry.attempts >= tries:
        return False
    return not entry.next or datetime.fromisoformat(entry.next) <= now


def next_try(status: Status, now: datetime) -> str:
    """When to ask again, as links.jsonl has it; empty: on the next run, or never."""
    _, wait = RETRIES.get(status, (0, timedelta(0)))
    return (now + wait).isoformat(timespec="seconds") if wait else ""


def make_plan(
    targets: Sequence[Target],
    entry_of: Callable[[str], LinkEntry | None],
    article_stored: Callable[[str], bool],
    picture_stored: Callable[[str], bool],
    now: datetime,
    limit: int = 0,
    file_stored: Callable[[str], bool] = lambda _path: False,
    videos: bool = True,
) -> Plan:
    """Decide what to ask for. `article_stored(url)`, `picture_stored(key)`, `file_stored(path)` tell what the archive
    has; `limit` is the most articles to ask for (0: all); `videos`: whether films of notes are wanted."""
    articles: dict[str, Target] = {}
    for target in targets:
        if target.kind is UrlKind.ARTICLE:
            articles.setdefault(target.url, target)
    due = [t for t in articles.values() if is_due(entry_of(t.url), now, stored=article_stored(t.url))]
    pictures: dict[str, tuple[ImageRef, list[str]]] = {}
    for target in targets:
        key = images.image_key(target.url) if target.kind is UrlKind.IMAGE else None
        if key and is_due(entry_of(target.url), now, stored=picture_stored(key)):
            _, shown_as = pictures.setdefault(key, (ImageRef(key, target.request), []))
            if target.url not in shown_as:
                shown_as.append(target.url)

    def due_of(kind: UrlKind) -> tuple[Target, ...]:
        """Each of the kind once; what is there of it is the file that its entry names."""
        distinct = {target.url: target for target in reversed(targets) if target.kind is kind}
        known = {url: entry_of(url) for url in distinct}
        return tuple(
            target
            for url, target in reversed(distinct.items())
            if is_due(entry := known[url], now, stored=bool(entry and entry.target and file_stored(entry.target)))
        )

    return Plan(
        articles=tuple(due[:limit] if limit else due),
        images=tuple((ref, tuple(shown_as)) for ref, shown_as in pictures.values()),
        albums=due_of(UrlKind.ALBUM),
        videos=due_of(UrlKind.VIDEO) if videos else (),
    )
