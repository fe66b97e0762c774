"""What a check of the archive can find."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Finding(StrEnum):
    """Kinds of findings, as `verify --json` names them."""

    CHANGED = "changed"  # the bytes are not those that were written
    MISSING = "missing"  # something names a file that is not there
    UNLISTED = "unlisted"  # a file that SHA256SUMS should name and does not
    UNREADABLE = "unreadable"  # the bytes do not decode, or say nothing
    CONTRADICTION = "contradiction"  # two files say different things
    LOST = "lost"  # a line or a link that must have been there is gone
    UNKNOWN = "unknown"  # a file that archiver did not make
    UNUSED = "unused"  # a file that nothing names
    EDITED = "edited"  # a note is not as it was left; its owner may have done that


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding. `path` is POSIX and relative to the archive's root (`notes:` before that of a note), with `:line`
    where there is one. What is no `damage` is only told: it can be the owner's own doing."""

    path: str
    finding: Finding
    detail: str
    damage: bool = True
