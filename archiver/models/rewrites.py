"""Nouns of the journal: what was rewritten in a note, and each change that was made to one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

from archiver.models.links import Form
from archiver.models.values import dataclass

LOCAL = "./"  # begins the target of a mended path
Action = Literal["rewrite", "restore", "move", "copy", "past"]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """One rewrite: all that is needed to take it back.

    `target` says what the note leads to instead, wherever note and archive are moved: the id of an article, the POSIX
    path of another file relative to the archive's root, or, where only the path of an image was repaired or a link
    taken out of its own template, `./` and that path or URL; the latter two with the fragment that an image has in the
    note. `original` is the text that stood there (empty where something was appended), `form` that of the original
    link. `around` is what was put before and behind the path, such as `[URL](` and `)`. `occurrence` counts the
    rewrites of the same target in the note from 0. `offset` and `length` (bytes) tell where it all stands in the
    rewritten file; a length of 0: nowhere that is known of. `unsure`: `original` is not what the user had written, but
    leads to the same article or image. `emptied`: credentials that the user had written were taken out of it.
    """

    target: str
    original: str
    form: Form
    around: tuple[str, str] = ("", "")
    occurrence: int = 0
    offset: int = 0
    length: int = 0
    unsure: bool = False
    emptied: bool = False

    @property
    def is_path(self) -> bool:
        """Whether nothing but the path took the original's place."""
        return self.around == ("", "")

    @property
    def shown(self) -> str:
        """What it is called in a message: the original, or what was appended."""
        return self.original or "…".join(self.around).strip()

    @property
    def elsewhere(self) -> Rewritten:
        """The same at no known place."""
        return replace(self, offset=0, length=0)


def numbered(edits: Iterable[Rewritten]) -> Iterator[Rewritten]:
    """Count the rewrites of each target anew."""
    seen: Counter[str] = Counter()
    for edit in edits:
        yield replace(edit, occurrence=seen[edit.target])
        seen[edit.target] += 1


def around(path: str, new: str) -> tuple[str, str]:
    """What stands before and behind the path in the text that took an original's place."""
    for left, right in (("](", ")"), ('="', '"'), ("", "")):
        head, found, tail = new.partition(f"{left}{path}{right}")
        if found:
            return head + left, right + tail
    return new, ""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One change of one note. `note` is its path relative to the notes folder, `before` and `after` are SHA-256 of the
    file, `at` is the ISO time in UTC.

    `edits` of a rewrite is all that is rewritten in the note then, not only what was new. A move or copy says that what
    was rewritten in the note `source` stands in this one; `after` is then what the source had. A moved note that had
    been restored has a restore with `source`. The entry `past` of a note says what was once rewritten in it, and is
    rewritten in no note now: it changes nothing.
    """

    note: str
    action: Action
    before: str
    after: str
    at: str
    edits: tuple[Rewritten, ...] = ()
    source: str = ""
