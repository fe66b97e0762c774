"""What the end of a run has to know of the articles that came in it: little, for a long run has thousands of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archiver.due.habit import Page, page_of
from archiver.models import ArticleRecord
from archiver.models.reading import Reading
from archiver.models.values import dataclass


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article that was not there before; `page` is None where an older archiver read it."""

    folder: str
    page: Page | None


def arrival_of(record: ArticleRecord) -> Arrival:
    """The same of an article's record."""
    return Arrival(record.folder, page_of(record))


class Arrivals:
    """The articles that came in a run, in order. Pages that were read alike share what is said of that."""

    def __init__(self) -> None:
        self._found: list[Arrival] = []
        self._readings: dict[str, Reading] = {}

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Arrival]:
        return iter(self._found)

    def add(self, record: ArticleRecord) -> None:
        """Note an article that was written just now."""
        found = arrival_of(record)
        if page := found.page:
            reading = self._readings.setdefault(repr(page.reading), page.reading)
            found = replace(found, page=replace(page, reading=reading))
        self._found.append(found)
