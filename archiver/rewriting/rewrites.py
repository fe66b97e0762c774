"""Nouns of rewriting: what becomes of one note, and which notes are to be rewritten."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from archiver.events import Notice
from archiver.models import ImageFile, Link
from archiver.models.rewrites import Rewritten
from archiver.models.values import dataclass
from archiver.notes.schemes import is_http
from archiver.rewriting.diagnosis import Diagnosis

if TYPE_CHECKING:
    from archiver.rewriting.memory import NoteMemory


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A note as it is and as it would be. `edits` is all that is rewritten then, `notices` what cannot be, `images`
    what is wrong with its image links, cured or not; `files` have to be in the archive before the note is written."""

    path: str
    before: bytes
    after: bytes
    edits: tuple[Rewritten, ...]
    notices: tuple[Notice, ...] = ()
    images: tuple[tuple[Link, Diagnosis], ...] = ()
    files: tuple[ImageFile, ...] = ()

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def wanted(self) -> list[tuple[Link, Diagnosis]]:
        """The image links that should be local and need an image from the net."""
        return [
            (link, found) for link, found in self.images if found.wanted and (found.broken or not is_http(link.url))
        ]


@dataclass(frozen=True, slots=True)
class Rewriting:
    """The notes (`paths`) that are to be pointed at the copies, those in `again` although they were restored; in those
    of `settled` there is nothing to do. `memory` knows of others. `images_only`: other links stay as they stand."""

    paths: Iterable[str] = ()
    again: Collection[str] = frozenset()
    settled: Mapping[str, Rewrite] = field(default_factory=dict)
    memory: NoteMemory | None = None
    images_only: bool = False
