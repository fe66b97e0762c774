"""Which page is asked for next, and what a verification page is evidence of. Pure.

Long links meet verification by themselves while short ones answer (WECHAT.md 8: measured by others on 2026-09-11; a
long link without `chksm` always does when it is opened anonymously). So a verification page, a *wall*, says something
about the address that asked only if a link walls that would answer otherwise. After a wall one such link is asked, the
*probe*: if it answers, the wall was the link's own; if not, nothing more is asked from there. No wall is ever gone
round: what walled at one address is not asked for from another in the same run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from archiver.due.plan import LinkKind, Target, link_kind
from archiver.wechat import urls

MOST_WALLS = 3  # in one run, whatever they are evidence of
MOST_UNKNOWN = 3  # pages in a row, of different links, that are none of WeChat's known answers
REST_SECONDS = 60.0  # after a wall, for everybody (WECHAT.md 6: "at least a minute")


class Answer(Enum):
    """What became of a request for a page."""

    KNOWN = "known"  # an article, or one of WeChat's messages
    WALL = "wall"
    UNKNOWN = "unknown"  # a page that is none of WeChat's known answers
    NONE = "none"  # nothing came, or nothing was asked


class Cause(Enum):
    """Of what a wall, or an unknown page, is evidence."""

    LINK = "link"  # others were answered after it
    ADDRESS = "address"  # a link that would answer walled too
    AGAIN = "again"  # an unknown page, of several in a row, while a known link answers: it is asked for again later
    UNCLEAR = "unclear"  # the run ended before anybody could tell


class Stopped(Enum):
    """Why a run asks for no further page."""

    ADDRESS = "address"  # a link that would answer walled too
    WALLS = "walls"  # as many links walled as may in one run
    NO_PROBE = "no probe"  # a link walled, or pages are unknown, and there is no link to find out by
    UNKNOWN = "unknown"  # pages are unknown, and the link that is known to answer did not


@dataclass(frozen=True, slots=True)
class Ask:
    """A page to ask for, after so many seconds of rest for everybody."""

    target: Target
    rest: float = 0.0


def urls_by_article(targets: Iterable[Target]) -> dict[tuple[str, ...], set[str]]:
    """URLs by the article that they name, `(biz, mid, idx)`, where they tell it."""
    found: dict[tuple[str, ...], set[str]] = {}
    for target in targets:
        if ids := urls.url_ids(target.url):
            found.setdefault(tuple(ids.get(name, "") for name in ("biz", "mid", "idx")), set()).add(target.url)
    return found


class PageQueue:
    """The pages of one run. Whoever may ask calls `next`, and `answered` with what came.

    `walled_before` tells of a link whether it walled in an earlier run, `unknown_before` whether it gave an unknown
    page; `known_good` are links of archived articles, short ones, for want of another probe, before those that were
    answered in this run.
    """

    def __init__(
        self,
        targets: Iterable[Target],
        walled_before: Callable[[Target], bool] = lambda _: False,
        unknown_before: Callable[[Target], bool] = lambda _: False,
        known_good: Sequence[Target] = (),
    ) -> None:
        self._walled_before = walled_before
        self._unknown_before = unknown_before
        self._known_good = deque(known_good)
        self._targets = deque(targets)
        self._walls = 0
        self._suspects: list[Target] = []  # walled, or unknown; not clear yet why
        self._unknown: list[Target] = []  # the last pages in a row
        self._probe: Target | None = None
        self.is_doubted = False  # whether nothing may be asked for but a probe
        self._refused_kinds: set[LinkKind] = set()
        self.stopped: Stopped | None = None
        self.walled_probes = 0  # requests that were made only to find out about the address, and walled

    def __len__(self) -> int:
        return len(self._targets)

    def beside(self) -> PageQueue:
        """A queue of the same pages for another address: each is given out once, and what a wall is evidence of is
        found out for each address by itself."""
        queue = PageQueue((), self._walled_before, self._unknown_before)
        queue._targets, queue._known_good = self._targets, self._known_good
        return queue

    @property
    def is_probing(self) -> bool:
        """Whether everybody waits for the answer of one link."""
        return self._probe is not None

    def is_probe(self, target: Target) -> bool:
        """Whether everybody waits for the answer of this one."""
        return target is self._probe

    def next(self) -> Ask | None:
        """The page to ask for now; None where there is none, or everybody waits for a probe."""
        if self.stopped or self._probe:
            return None
        if self.is_doubted:
            self._probe = self._choose_probe()
            if self._probe is None:
                # These answer otherwise: nothing else is left to ask, and the address must be it.
                answers = any(link_kind(suspect) in (LinkKind.SHORT, LinkKind.ALBUM) for suspect in self._suspects)
                self._stop(Stopped.ADDRESS if answers else Stopped.NO_PROBE)
                return None
            return Ask(self._probe, REST_SECONDS if self._walls else 0.0)
        while self._targets:
            target = self._targets.popleft()
            if link_kind(target) not in self._refused_kinds:
                return Ask(target)
        return None

    def drop(self, is_had: Callable[[Target], bool]) -> None:
        """Do not ask for what has come by another link meanwhile."""
        kept = [target for target in self._targets if not is_had(target)]
        self._targets.clear()  # in place: other queues may share it
        self._targets.extend(kept)

    def give_back(self, target: Target) -> None:
        """The page was not asked for after all."""
        if target == self._probe:
            self._probe = None
        self._targets.appendleft(target)

    def answered(self, target: Target, answer: Answer) -> dict[str, Cause]:
        """Take note of what came. Returns, by URL, what walls and unknown pages are evidence of, once it is clear."""
        if target == self._probe:
            return self._probed(target, answer)
        if answer is Answer.WALL:
            return self._walled(target)
        if answer is Answer.KNOWN and link_kind(target) is LinkKind.SHORT:
            self._known_good.append(target)  # the last resort: it was asked for already in this run
        if answer is Answer.UNKNOWN and not self._unknown_before(target):
            self._unknown.append(target)
            self.is_doubted |= len(self._unknown) >= MOST_UNKNOWN
        elif answer is Answer.KNOWN and not self.is_doubted:
            # A known answer in between: each of those pages speaks for itself.
            return self._clear(Cause.LINK, self._take_unknown())
        return {}

    def end(self) -> dict[str, Cause]:
        """The run ends here: what is not clear stays so."""
        cause = Cause.ADDRESS if self.stopped is Stopped.ADDRESS else Cause.UNCLEAR
        return self._clear(cause, [*self._suspects, *self._take_unknown()])

    def _walled(self, target: Target) -> dict[str, Cause]:
        self._walls += 1
        self._suspects.append(target)
        self.is_doubted = True
        if self._walls >= MOST_WALLS:  # a probe could be the next
            self._stop(Stopped.WALLS)
        return {}

    def _probed(self, probe: Target, answer: Answer) -> dict[str, Cause]:
        self._probe, self.is_doubted = None, False
        walled, unknown = list(self._suspects), self._take_unknown()
        if answer is Answer.KNOWN:
            kinds = {link_kind(suspect) for suspect in walled}
            self._refused_kinds |= kinds - {LinkKind.SHORT, link_kind(probe)}
            return self._clear(Cause.LINK, walled) | self._clear(Cause.AGAIN, unknown)
        suspects = [*walled, *unknown]
        if answer is Answer.WALL:
            self._walls += 1
            self.walled_probes = 1
            self._stop(Stopped.ADDRESS)
            return self._clear(Cause.ADDRESS, [*suspects, probe])
        self._stop(Stopped.UNKNOWN)
        return self._clear(Cause.UNCLEAR, suspects)

    def _choose_probe(self) -> Target | None:
        """A link that would answer: of the kinds that have not walled, one that never did, a short one first. After
        pages that nobody knows only one will do that is known to have answered."""
        walled = {link_kind(suspect) for suspect in self._suspects} - {LinkKind.SHORT} | self._refused_kinds
        if self._suspects:
            fit = [t for t in self._targets if link_kind(t) not in walled and not self._walled_before(t)]
            if fit:
                probe = min(fit, key=link_kind)
                self._targets.remove(probe)
                return probe
        return self._known_good.popleft() if self._known_good else None

    def _take_unknown(self) -> list[Target]:
        taken, self._unknown = self._unknown, []
        return taken

    def _clear(self, cause: Cause, targets: Collection[Target]) -> dict[str, Cause]:
        urls_of = {target.url for target in targets}
        self._suspects = [suspect for suspect in self._suspects if suspect.url not in urls_of]
        return dict.fromkeys(urls_of, cause)

    def _stop(self, why: Stopped) -> None:
        self.stopped = why
