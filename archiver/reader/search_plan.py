"""Which articles share a file of the static search: decided by the articles alone, not by how the archive grew.

Grams are in segments, in the order in which articles were kept: what is new goes into the last one, and the others stay
as they are. Texts are in batches of a month. Where a file ends, an article's id tells: so one that comes or goes moves
no border but its own (content-defined chunking, Muthitacharoen et al., LBFS, 2001). Segments are sixteen times larger
with age, as in a log-structured merge tree, and of each size below the largest there is one: a few are read for a
search, and an article is written again a few times.

A large segment holds several blocks. To put segments together, the lines of their blocks are copied side by side: the
grams of a full block are never made again.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

# Powers of two: articles in a segment and in a block, on average. A segment's size is one of every fourth.
SMALLEST, LARGEST, STEP = 7, 19, 4
BLOCK = 10
MANY = 2 << BLOCK  # articles of a block: one that were larger is cut, so that memory is enough
BATCH = 4  # the same of texts
FEW = 12  # articles of a batch: what is read for a result is no longer than it has to be
NEWEST = "new"  # the segment that is not full yet


@dataclass(frozen=True, slots=True)
class Place:
    """An article in the order of results (`rank`: newest first). `digest` is of its text, `kept` when it came."""

    rank: int
    id: str
    folder: str
    kept: str
    digest: str


@dataclass(frozen=True, slots=True)
class Group:
    """Articles whose texts are in one file, in the order of results."""

    name: str
    members: Sequence[Place]


@dataclass(frozen=True, slots=True)
class Segment:
    """Articles whose grams are in the same files, in blocks; those of a block are in the order of results."""

    name: str
    blocks: Sequence[Sequence[Place]]


def segments(places: Sequence[Place]) -> list[Segment]:
    """All articles by when they were kept, the first first."""
    found: list[tuple[int, list[Place]]] = []
    tail: list[Place] = []
    for place in sorted(places, key=lambda place: (place.kept, place.id)):
        tail.append(place)
        if _ends(place.id) >= SMALLEST:
            size = min(_ends(place.id) - (_ends(place.id) - SMALLEST) % STEP, LARGEST)
            while found and found[-1][0] <= size and found[-1][0] < LARGEST:
                tail = found.pop()[1] + tail
            found.append((size, tail))
            tail = []
    made = [Segment(members[-1].id, _blocks(members)) for _, members in found]
    return [*made, *([Segment(NEWEST, _blocks(tail))] if tail else [])]


def _blocks(members: Sequence[Place]) -> list[Sequence[Place]]:
    """The members of each block, in the order of results."""
    found: list[list[Place]] = [[]]
    for place in members:
        found[-1].append(place)
        if _ends(place.id) >= BLOCK:
            found.append([])
    return [sorted(part, key=lambda one: one.rank) for block in found if block for part in _cut(block, MANY)]


def _cut(block: list[Place], most: int) -> list[list[Place]]:
    """In pieces that are small enough, where a hash ends in as many zeros as anywhere, close to the middle."""
    if len(block) <= most:
        return [block]
    middle = len(block) / 2
    at = max(range(1, len(block)), key=lambda n: (_ends(block[n - 1].id), -abs(n - middle)))
    return [*_cut(block[:at], most), *_cut(block[at:], most)]


def batches(places: Sequence[Place], month_name: dict[str, str]) -> list[Group]:
    """All articles in the order of results, a few of a month in each; `month_name` is that of a month's folder."""
    found: list[Group] = []
    month, members = "", list[Place]()

    def end() -> None:
        parts = _cut(members, FEW) if members else []
        found.extend(Group(f"{month_name[month]}-{part[-1].id}", tuple(part)) for part in parts)
        members.clear()

    for place in sorted(places, key=lambda place: place.rank):
        above = place.folder.rpartition("/")[0]
        if above != month:
            end()
            month = above
        members.append(place)
        if _ends(place.id) >= BATCH:
            end()
    end()
    return found


def _ends(article_id: str) -> int:
    """How many zeros a hash of the id ends in."""
    number = zlib.crc32(article_id.encode(errors="surrogatepass")) | 1 << 31
    return (number & -number).bit_length() - 1
