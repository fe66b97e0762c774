"""Which articles share a file of the static search: decided by the articles alone, not by how the archive grew.

Grams are in segments, in the order in which articles were kept: what is new goes into the last one, and the others stay
as they are. Texts are in batches of a month. Where a file ends, an article's id tells: so one that comes or goes moves
no border but its own (content-defined chunking, Muthitacharoen et al., LBFS, 2001). Segments double in size with age,
as in a log-structured merge tree, and of each size below the largest there is one: a few are read for a search, and an
article is written again a few times.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

SMALLEST, LARGEST = 6, 10  # powers of two: articles in a segment, on average
BATCH = 3  # the same of texts
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
    """Articles whose files are one, in the order of results."""

    name: str
    members: Sequence[Place]


def segments(places: Sequence[Place]) -> list[Group]:
    """All articles by when they were kept, the first first."""
    groups: list[tuple[int, list[Place]]] = []
    tail: list[Place] = []
    for place in sorted(places, key=lambda place: (place.kept, place.id)):
        tail.append(place)
        size = min(_ends(place.id), LARGEST)
        if size >= SMALLEST:
            while groups and (groups[-1][0] < size or groups[-1][0] == size < LARGEST):
                tail = groups.pop()[1] + tail
            groups.append((size, tail))
            tail = []
    found = [_group(members[-1].id, members) for _, members in groups]
    return [*found, *([_group(NEWEST, tail)] if tail else [])]


def batches(places: Sequence[Place], month_name: dict[str, str]) -> list[Group]:
    """All articles in the order of results, a few of a month in each; `month_name` is that of a month's folder."""
    found: list[Group] = []
    month, members = "", list[Place]()

    def end() -> None:
        if members:
            found.append(Group(f"{month_name[month]}-{members[-1].id}", tuple(members)))
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


def _group(name: str, members: Sequence[Place]) -> Group:
    return Group(name, tuple(sorted(members, key=lambda place: place.rank)))
