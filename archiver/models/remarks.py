"""What a check or a repair has to say of a file: a code and what it is about. The sentences are made in cli."""

from __future__ import annotations

from enum import StrEnum

from archiver.models.values import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """One thing about one file or folder.

    `path` is POSIX and relative to the archive's root (`notes:` before that of a note, relative to the notes folder),
    with `:line` where there is one. What the code needs besides to make a sentence of it: `file` is another path or a
    file's name, `url` an address, or a link as it stands in a note, `value` what is there and `expected` what should
    be, `error` what the disk, a decoder or a page said; `count` and `of` are numbers, of lines or articles.
    """

    path: str
    code: StrEnum
    file: str = ""
    url: str = ""
    value: str = ""
    expected: str = ""
    error: str = ""
    count: int = 0
    of: int = 0

    @property
    def about(self) -> dict[str, str | int]:
        """The fields that say something, but for `path` and `code`."""
        names = ("file", "url", "value", "expected", "error", "count", "of")
        return {name: value for name in names if (value := getattr(self, name))}
