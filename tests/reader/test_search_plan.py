"""Which articles share a file of the static search: one that comes or goes changes few of them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable
from dataclasses import replace

import pytest

from archiver.reader.search_plan import LARGEST, NEWEST, SMALLEST, Group, Place, batches, segments

MONTHS = {f"articles/2026/{n:02}": f"2026-{n:02}" for n in range(1, 13)}


def places(count: int) -> list[Place]:
    """Kept one after the other, published at any time."""
    order = random.Random(1).sample(range(count), count)
    return [
        Place(
            rank,
            hashlib.sha256(str(n).encode()).hexdigest()[:12],
            f"articles/2026/{12 - rank * 12 // count:02}/{n}",
            f"{n:06}",
            "",
        )
        for rank, n in enumerate(order)
    ]


def content(groups: Iterable[Group]) -> set[tuple[str, ...]]:
    return {tuple(place.id for place in group.members) for group in groups}


def test_every_article_is_in_one_file_of_each_kind() -> None:
    some = places(3000)
    for groups in (segments(some), batches(some, MONTHS)):
        assert sorted(p.rank for g in groups for p in g.members) == list(range(3000))
        assert len({group.name for group in groups}) == len(groups)
        assert all(list(g.members) == sorted(g.members, key=lambda place: place.rank) for g in groups)
    assert [p.rank for group in batches(some, MONTHS) for p in group.members] == list(range(3000))
    assert all(
        group.name[:7] == MONTHS[p.folder.rpartition("/")[0]] for group in batches(some, MONTHS) for p in group.members
    )
    assert len(segments(some)) <= 3000 / 2**LARGEST + 12
    assert segments([]) == batches([], MONTHS) == []


@pytest.mark.parametrize("seed", range(5))
def test_one_article_more_or_less_changes_few_files(seed: int) -> None:
    some = places(2000)
    less = list(some)
    gone = less.pop(random.Random(seed).randrange(2000))
    assert len(content(segments(some)) - content(segments(less))) <= 2
    assert len(content(batches(some, MONTHS)) - content(batches(less, MONTHS))) <= 2
    newest = max(some, key=lambda place: place.kept)
    without = [place for place in some if place is not newest]
    (changed,) = [g for g in segments(some) if newest in g.members]
    assert content(segments(without)) >= content(segments(some)) - {tuple(p.id for p in changed.members)}
    assert gone not in less


@pytest.mark.parametrize("seed", range(5))
def test_few_segments_are_read_and_an_article_is_seldom_written_again(seed: int) -> None:
    """There is one of each size, and the last; each file of a segment is opened, and each new segment is written."""
    some = sorted(places(2000), key=lambda place: hashlib.sha256(f"{seed} {place.id}".encode()).digest())
    some = [replace(place, kept=f"{n:06}") for n, place in enumerate(some)]
    before, written = set[tuple[str, ...]](), 0
    for count in range(20, 2000, 20):
        groups = segments(some[:count])
        sizes = [len(group.members) for group in groups]
        full = sum(size >= 2**LARGEST for size in sizes)
        assert len(groups) <= LARGEST - SMALLEST + 1 + full, sizes
        after = content(group for group in groups if group.name != NEWEST)
        written += sum(map(len, after - before))
        before = after
    assert written <= (LARGEST - SMALLEST + 1) * len(some)


def test_the_last_segment_is_the_only_one_that_is_not_full() -> None:
    names = [group.name for group in segments(places(501))]
    assert names[-1] == NEWEST
    assert NEWEST not in names[:-1]
