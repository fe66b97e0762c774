"""Which articles share a file of the static search: one that comes or goes changes few of them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from archiver.reader.search_plan import FEW, LARGEST, MANY, NEWEST, SMALLEST, STEP, Place, Segment, batches, segments

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


def members(segment: Segment) -> list[Place]:
    return [place for block in segment.blocks for place in block]


def content(groups: Iterable[Sequence[Place]]) -> set[tuple[str, ...]]:
    return {tuple(place.id for place in group) for group in groups}


def blocks(some: Sequence[Place]) -> set[tuple[str, ...]]:
    return content(block for segment in segments(some) for block in segment.blocks)


def texts(some: Sequence[Place]) -> set[tuple[str, ...]]:
    return content(group.members for group in batches(some, MONTHS))


def test_every_article_is_in_one_file_of_each_kind() -> None:
    some = places(3000)
    assert sorted(place.rank for segment in segments(some) for place in members(segment)) == list(range(3000))
    assert [place.rank for group in batches(some, MONTHS) for place in group.members] == list(range(3000))
    for names in ([one.name for one in segments(some)], [one.name for one in batches(some, MONTHS)]):
        assert len(set(names)) == len(names)
    for group in [
        *(block for segment in segments(some) for block in segment.blocks),
        *(g.members for g in batches(some, MONTHS)),
    ]:
        assert list(group) == sorted(group, key=lambda place: place.rank)
    assert all(
        group.name[:7] == MONTHS[p.folder.rpartition("/")[0]] for group in batches(some, MONTHS) for p in group.members
    )
    assert segments([]) == []
    assert batches([], MONTHS) == []


@pytest.mark.parametrize("seed", range(5))
def test_one_article_more_or_less_changes_few_files(seed: int) -> None:
    some = places(2000)
    less = list(some)
    del less[random.Random(seed).randrange(2000)]
    assert len(blocks(some) - blocks(less)) <= 2
    assert len(texts(some) - texts(less)) <= 2
    newest = max(some, key=lambda place: place.kept)
    without = [place for place in some if place is not newest]
    (changed,) = [one for one in segments(some) if newest in members(one)]
    assert content(map(members, segments(without))) >= content(map(members, segments(some))) - content(
        [members(changed)]
    )


@pytest.mark.parametrize("seed", range(5))
def test_few_segments_are_read_and_an_article_is_seldom_written_again(seed: int) -> None:
    """There is one of each size, and the last; each of them is opened for a search, and each new one is written. What
    is in them is taken over: an article's grams are made anew only where its block gets others."""
    some = sorted(places(6000), key=lambda place: hashlib.sha256(f"{seed} {place.id}".encode()).digest())
    some = [replace(place, kept=f"{n:06}") for n, place in enumerate(some)]
    before, written = set[tuple[str, ...]](), 0
    old, made = set[tuple[str, ...]](), 0
    sizes = (LARGEST - SMALLEST) // STEP + 1
    opened = []
    assert sizes <= 4
    for count in range(20, 6000, 40):
        groups = segments(some[:count])
        assert len(groups) <= sizes + 1
        opened.append(len(groups))
        after = content(members(group) for group in groups if group.name != NEWEST)
        written += sum(map(len, after - before))
        full = content(block for group in groups if group.name != NEWEST for block in group.blocks)
        made += sum(map(len, full - old))
        before, old = after, full
    assert sum(opened) / len(opened) <= 3
    assert written <= 8 * sizes * len(some)
    assert made <= 8 * len(some)


def test_little_is_read_for_a_result() -> None:
    """Of a batch with many articles more hits are read, and each time all of it: so none has many."""
    sizes = [len(group.members) for group in batches(places(6000), MONTHS)]
    assert max(sizes) <= FEW
    assert sum(size * size for size in sizes) / sum(sizes) <= 9
    assert len(sizes) <= 6000 / 6


def test_no_block_is_larger_than_memory_may_hold() -> None:
    """Whatever the ids are, and however many articles there are."""
    some = [replace(place, id=f"{n:06}") for n, place in enumerate(places(9000))]
    groups = segments(some)
    assert max(len(block) for group in groups for block in group.blocks) <= MANY
    assert max(len(members(group)) for group in groups) > MANY


def test_the_last_segment_is_the_only_one_that_is_not_full() -> None:
    names = [group.name for group in segments(places(501))]
    assert names[-1] == NEWEST
    assert NEWEST not in names[:-1]
