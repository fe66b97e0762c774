"""The addresses that a walk through a note finds, by ranges of its text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from archiver.models import Role
from archiver.models.values import dataclass
from archiver.notes.regions import Rule

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """An address; ranges in bytes of the UTF-8 text. `place` is None where it could not be found for certain."""

    url: str
    role: Role
    rule: Rule
    start: int  # of the construct, for order and messages
    place: Range | None
    whole: Range | None
    uses: tuple[Range, ...] = ()  # of a reference definition: the links (not images) that use it
    stands: Range | None = None  # where the address is, if that is not `place`

    @property
    def extent(self) -> Range:
        """Where the address is, or what it is a part of."""
        return self.stands or self.place or self.whole or (self.start, self.start)


@dataclass(frozen=True, slots=True)
class Walked:
    """What was found on the way: the addresses in file order, the stretches in which there is none, innermost last
    of those that overlap, and those that another language reads."""

    places: tuple[Place, ...]
    regions: tuple[tuple[Range, Rule], ...]
    foreign: tuple[Range, ...] = ()


def within(ranges: Sequence[Range], offset: int) -> bool:
    """Tell whether one of the ranges, which are sorted and apart, holds the offset."""
    index = bisect_right(ranges, offset, key=lambda item: item[0]) - 1
    return index >= 0 and offset < ranges[index][1]


def apart(ranges: Iterable[Range]) -> list[Range]:
    """Return the ranges in order, those that overlap as one."""
    result: list[Range] = []
    for start, end in sorted(ranges):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result
