"""The account of a note: each occurrence of a host in its bytes, and what the parser says of that place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from archiver.models import Link, Span
from archiver.models.values import dataclass
from archiver.notes.find import Found
from archiver.notes.occurrences import Occurrence
from archiver.notes.regions import Region, Rule


@dataclass(frozen=True, slots=True)
class Explained:
    """An occurrence, the `rule` by which the parser knows of it (None: it does not), and the link or mention that it is
    the address of. `is_inner`: it stands inside that address, behind another that begins it."""

    occurrence: Occurrence
    rule: Rule | None = None
    link: Link | None = None
    is_inner: bool = False


def explain(found: Found, occurrences: Sequence[Occurrence]) -> Iterator[Explained]:
    """Yield each occurrence with what the parser found at its place: the link or mention of which it is the address,
    or else the innermost stretch in which there is none."""
    known: list[_Known] = [(link.span, Rule(link.form.value), link) for link in found.links]
    known += ((item.span, item.rule, item.link) for item in found.mentions)
    known += ((problem.span, Rule.UNCERTAIN, None) for problem in found.problems)
    known.sort(key=lambda item: (item[0].start, item[0].end))
    inner = _Innermost(found)
    seen: set[Span] = set()
    for item in occurrences:
        index = bisect_right(known, item.span.start, key=lambda at: at[0].start) - 1
        if index >= 0 and item.span.end <= known[index][0].end:
            span, rule, link = known[index]
            yield Explained(item, rule, link, is_inner=span in seen)
            seen.add(span)
        else:
            yield Explained(item, inner.at(item.span))


_Known = tuple[Span, Rule, Link | None]


class _Innermost:
    """Stretches that may hold each other, asked for places in order."""

    def __init__(self, found: Found) -> None:
        self._later = sorted(found.regions, key=lambda region: (-region.span.start, region.span.end))
        self._open: list[Region] = []

    def at(self, span: Span) -> Rule | None:
        """The rule of the innermost that holds the span."""
        while self._later and self._later[-1].span.start <= span.start:
            self._open.append(self._later.pop())
        while self._open and self._open[-1].span.end < span.end:
            self._open.pop()
        return self._open[-1].rule if self._open else None
