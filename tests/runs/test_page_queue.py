"""Which page is asked for next, and what a verification page is evidence of."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from archiver.due.page_queue import MOST_WALLS, REST_SECONDS, Answer, Ask, Cause, PageQueue, Stopped
from archiver.due.plan import Known, Target, make_plan
from archiver.due.policy import after_wall, is_settled
from archiver.models import Status, UrlKind
from archiver.store.lines import LinkEntry
from archiver.wechat import urls

NIGHT = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)


def _target(url: str) -> Target:
    return Target(UrlKind.ARTICLE, urls.canonical_url(url), urls.request_url(url), "a.md:1")


def short(number: int) -> Target:
    return _target(f"https://mp.weixin.qq.com/s/{number:022}")


def long(number: int, *, chksm: bool = True) -> Target:
    tail = f"&chksm={number:032x}" if chksm else ""
    return _target(f"https://mp.weixin.qq.com/s?__biz=MzAx&mid={number}&idx=1&sn={number:032x}{tail}")


def run(
    queue: PageQueue, answer_of: Callable[[Target], Answer], most: int = 10**6
) -> tuple[list[Target], dict[str, Cause]]:
    """A run with one worker and at most so many requests: what was asked, and what the walls were evidence of."""
    asked: list[Target] = []
    causes: dict[str, Cause] = {}
    while len(asked) < most and (ask := queue.next()):
        asked.append(ask.target)
        causes |= queue.answered(ask.target, answer_of(ask.target))
    return asked, causes | queue.end()


def walls(*walled: Target) -> Callable[[Target], Answer]:
    return lambda target: Answer.WALL if target in walled else Answer.KNOWN


def test_a_walls_probe_is_a_short_link_that_never_walled() -> None:
    first, before, probe = long(1), short(2), short(3)
    queue = PageQueue([first, long(4), before, probe], walled_before=lambda target: target == before)
    assert queue.next() == Ask(first)
    queue.answered(first, Answer.WALL)
    ask = queue.next()
    assert ask is not None
    assert (ask.target, ask.rest) == (probe, REST_SECONDS)
    assert queue.next() is None  # nobody asks while the probe is under way
    assert queue.is_probing


def test_a_wall_of_the_link_ends_its_kind_and_nothing_else() -> None:
    bare, good = long(1, chksm=False), long(2)
    asked, causes = run(PageQueue([bare, short(3), good, long(4, chksm=False), short(5)]), walls(bare))
    assert asked == [bare, short(3), good, short(5)]
    assert causes == {bare.url: Cause.LINK}


def test_a_short_links_own_wall_ends_no_kind() -> None:
    asked, causes = run(PageQueue([short(1), short(2), short(3)]), walls(short(1)))
    assert asked == [short(1), short(2), short(3)]
    assert causes == {short(1).url: Cause.LINK}


def test_a_wall_of_the_address_ends_the_run_at_the_probe() -> None:
    queue = PageQueue([short(number) for number in range(9)])
    asked, causes = run(queue, lambda _: Answer.WALL)
    assert asked == [short(0), short(1)]
    assert set(causes.values()) == {Cause.ADDRESS}
    assert queue.stopped is Stopped.ADDRESS


def test_no_more_than_three_walls_a_run() -> None:
    walled = [short(number) for number in (1, 3, 5, 7)]
    queue = PageQueue([short(number) for number in range(1, 10)])
    asked, causes = run(queue, walls(*walled))
    assert sum(target in walled for target in asked) == MOST_WALLS
    assert queue.stopped is Stopped.WALLS
    assert list(causes.values()) == [Cause.LINK, Cause.LINK, Cause.UNCLEAR]


def test_for_want_of_another_probe_an_archived_article_is_asked_for() -> None:
    asked, causes = run(PageQueue([long(1)], known_good=[short(9)]), walls(long(1)))
    assert asked == [long(1), short(9)]
    assert causes == {long(1).url: Cause.LINK}


def test_without_any_probe_nobody_can_tell() -> None:
    queue = PageQueue([long(1), long(2)])
    asked, causes = run(queue, walls(long(1)))
    assert (asked, causes) == ([long(1)], {long(1).url: Cause.UNCLEAR})
    assert queue.stopped is Stopped.NO_PROBE


def test_a_short_link_without_any_probe_speaks_against_the_address() -> None:
    queue = PageQueue([short(1)])
    _, causes = run(queue, walls(short(1)))
    assert causes == {short(1).url: Cause.ADDRESS}
    assert queue.stopped is Stopped.ADDRESS


def test_a_probe_that_does_not_come_says_nothing() -> None:
    queue = PageQueue([short(1), short(2), short(3)])
    _, causes = run(queue, lambda target: Answer.WALL if target == short(1) else Answer.NONE)
    assert causes == {short(1).url: Cause.UNCLEAR}


def test_a_wall_at_one_address_says_nothing_of_another() -> None:
    """The pages are shared, each is given out once; where the address is walled, the other goes on with the rest."""
    walled = PageQueue([short(number) for number in range(6)])
    good = walled.beside()
    asked, causes = run(walled, lambda _: Answer.WALL)
    assert (asked, set(causes.values())) == ([short(0), short(1)], {Cause.ADDRESS})
    assert (walled.stopped, good.stopped) == (Stopped.ADDRESS, None)
    good.drop(lambda target: target == short(4))
    asked, causes = run(good, lambda _: Answer.KNOWN)
    assert (asked, causes) == ([short(2), short(3), short(5)], {})


def test_a_page_that_was_not_asked_for_is_anothers() -> None:
    one = PageQueue([short(1), short(2)])
    other = one.beside()
    ask = one.next()
    assert ask is not None
    assert ask.target == short(1)
    one.give_back(ask.target)
    assert run(other, lambda _: Answer.KNOWN)[0] == [short(1), short(2)]
    assert one.next() is None


@pytest.mark.parametrize(("comes", "cause"), [(Answer.KNOWN, Cause.AGAIN), (Answer.UNKNOWN, Cause.UNCLEAR)])
def test_three_unknown_pages_in_a_row_are_doubted(comes: Answer, cause: Cause) -> None:
    good = short(99)
    queue = PageQueue([short(number) for number in range(6)], known_good=[good])
    answers = {short(0): Answer.UNKNOWN, short(1): Answer.UNKNOWN, short(2): Answer.UNKNOWN, good: comes}
    asked, causes = run(queue, lambda target: answers.get(target, Answer.KNOWN))
    assert causes == dict.fromkeys((short(0).url, short(1).url, short(2).url), cause)
    assert asked[3] == good
    assert len(asked) == (7 if comes is Answer.KNOWN else 4)


def test_unknown_pages_between_known_ones_speak_for_themselves() -> None:
    answers = {short(number): Answer.UNKNOWN for number in (0, 1, 3, 4, 6, 7)}
    asked, causes = run(PageQueue([short(number) for number in range(9)]), lambda t: answers.get(t, Answer.KNOWN))
    assert len(asked) == 9
    assert set(causes.values()) == {Cause.LINK}


def nights(
    targets: Sequence[Target], walled: set[Target], budget: int, most: int = 400
) -> tuple[int, dict[Target, list[int]]]:
    """Run after run, each with at most `budget` requests: in how many all links that answer were answered, and in which
    runs each link was asked for."""
    known: dict[str, LinkEntry] = {}
    asked_in: dict[Target, list[int]] = {target: [] for target in targets}
    good: list[Target] = []
    stored: set[str] = set()
    done_in = 0
    for night in range(most):
        now = NIGHT + timedelta(days=night)
        plan = make_plan(targets, Known(known.get, stored.__contains__, lambda _: False), now)
        queue = PageQueue(plan.articles, lambda t: bool((e := known.get(t.url)) and e.walls), known_good=good[-5:])
        asked, causes = run(queue, walls(*walled), budget)
        found_walls = sum(target in walled for target in asked)
        assert found_walls <= MOST_WALLS
        for target in asked:
            if target in asked_in and target.url not in stored:
                asked_in[target].append(night)
            if target not in walled and target.url not in stored:
                good.append(target)
                stored.add(target.url)
                done_in = night + 1
                known[target.url] = LinkEntry(target.url, UrlKind.ARTICLE, Status.ARCHIVED, target="x")
        for target in asked:
            if target in walled:
                entry = known.get(target.url) or LinkEntry(target.url, UrlKind.ARTICLE, Status.WALL)
                own = causes[target.url] is Cause.LINK
                until = after_wall(entry.walls + own, now) if own else ""
                known[target.url] = replace(
                    entry, status=Status.WALL, walls=entry.walls + own, next=until, checked=now.isoformat()
                )
        if (
            len(good) + len(walled) == len(targets)
            and all(is_settled(known[t.url].status, 0, known[t.url].walls) for t in walled if t.url in known)
            and all(t.url in known for t in walled)
        ):
            break
    return done_in, asked_in


@pytest.mark.parametrize(("share", "kind"), [(0.01, "bare"), (0.1, "bare"), (0.01, "short"), (0.1, "short")])
def test_744_links(share: float, kind: str) -> None:
    """As many links as the real notes have, sixty requests a night: links that always wall cost the others no night."""
    draw = random.Random(744)
    count = int(744 * share)
    targets = [short(number) for number in range(744)]
    places = set(draw.sample(range(744), count))
    targets = [long(n, chksm=False) if kind == "bare" and n in places else t for n, t in enumerate(targets)]
    walled = {targets[place] for place in places}
    without, _ = nights([target for target in targets if target not in walled], set(), 60)
    taken, asked_in = nights(targets, walled, 60)
    if (share, kind) != (0.1, "short"):
        assert taken <= without + 1
    else:  # three walls end a run: a tenth of all links costs nights, but no link is starved
        assert taken <= 3 * without
    for target in walled:
        runs = asked_in[target]
        assert runs  # it was asked for
        assert len(runs) == len(set(runs))  # once a night at the most
        settled_after = runs[: 3 * MOST_WALLS]  # some were the third wall of their run, which settles nothing
        assert all(later - earlier >= 25 for earlier, later in pairwise(runs[len(settled_after) :]))  # once a month
