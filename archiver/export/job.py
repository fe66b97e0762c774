"""One export at work: its articles in order, what became of each, and who hears of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from archiver.archive.boundary import Boundary
from archiver.errors import ArchiverError, DamageError, StoreError
from archiver.export.source import ExportArticle, Source
from archiver.fetch.chromium import Chromium
from archiver.fetch.find_browser import find_browser
from archiver.models import StoredImage

Made = TypeVar("Made")
By = Literal["month", "account"]


@dataclass(frozen=True, slots=True)
class Step:
    """An article of an export was dealt with: its place, counted from 1, of how many, and its title or folder."""

    number: int
    of: int
    name: str


@dataclass(slots=True)
class Job:
    """The articles in `folders` are exported in that order, under one `title`; `name` tells this selection from others,
    `by` is how books group them, `chromium` finds the browser that prints.

    `failed` says of articles that are left out why (by folder); `missing` names files that an article has and that
    cannot be read, `left_out` counts those that the format does not take.
    """

    source: Source
    boundary: Boundary
    folders: Sequence[str]
    title: str
    name: str = ""
    by: By = "month"
    tell: Callable[[Step], None] = lambda _: None
    chromium: Callable[[], Chromium] = lambda: Chromium(find_browser())
    done: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)

    def make(self, make: Callable[[ExportArticle], Made]) -> Iterator[tuple[ExportArticle, Made]]:
        """Each article with what `make` makes of it, one at a time. One that cannot be read or made fails alone: by
        then nothing of it is in the export."""
        for number, folder in enumerate(self.folders, 1):
            name = folder
            try:
                with self.boundary.item("article", folder, "export"):
                    article = self.source.article(folder)
                    name = article.record.title or folder
                    made = make(article)
            except ArchiverError as error:
                if not isinstance(error, StoreError | DamageError) and self.boundary.halted("article"):
                    raise
                self.failed[folder] = str(error)
            else:
                self.done += 1
                yield article, made
            self.tell(Step(number, len(self.folders), name))

    def articles(self) -> Iterator[ExportArticle]:
        """Each article that can be read."""
        return (article for article, _ in self.make(lambda _: None))

    def blob(self, path: str) -> bytes | None:
        """An image or media file; None, and remembered, where it cannot be read."""
        try:
            return self.source.blob(path)
        except (StoreError, DamageError) as error:
            self.missing[path] = str(error)
            return None

    def images(self, article: ExportArticle) -> Iterator[tuple[StoredImage, bytes]]:
        """The images of an article whose files can be read, each file once."""
        for path, image in article.shown.items():
            data = self.blob(path)
            if data is not None:
                yield image, data
