"""Which tables of a page hold data: several rows of several cells, most of them short, or under heads. Others arrange
what is in them, and Markdown has no table in a table."""

from __future__ import annotations

from dataclasses import dataclass, field

_RICH = frozenset(["pre", "ul", "ol", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr"])
_SHORT = 300  # characters of a cell
_PLAIN_FOR_A_RICH = 3


@dataclass(slots=True)
class Table:
    """A table that is being read. `inner`: tables of data in it; `code`: blocks of code in it, which stand in the table
    where that holds data; `depth`: how deep it is; `counts`: whether it may be one of data."""

    depth: int
    counts: bool = True
    inner: int = 0
    code: int = 0
    _rows: list[int] = field(default_factory=list)  # how many cells each has
    _heads: int = 0  # in the first row
    _plain: int = 0
    _rich: int = 0
    _in_cell: bool = False
    _is_rich: bool = False
    _images: int = 0
    _start: int = 0

    def open(self, tag: str, said: int) -> None:
        """An element begins in the table; `said`: characters that have been shown."""
        if tag == "tr":
            self._rows.append(0)
        elif tag in ("td", "th"):
            self.end_cell(said)
            self._rows = self._rows or [0]
            self._rows[-1] += 1
            self._heads += tag == "th" and len(self._rows) == 1
            self._in_cell, self._is_rich, self._images, self._start = True, False, 0, said
        elif tag in _RICH:
            self._is_rich = True
        elif tag in ("img", "image"):
            self._images += 1

    def end_cell(self, said: int) -> None:
        """The cell ends that was open, if one was."""
        if self._in_cell:
            rich = self._is_rich or self._images > 1 or said - self._start > _SHORT
            self._rich += rich
            self._plain += not rich
        self._in_cell = False

    def holds_data(self) -> bool:
        """To be asked at its end."""
        if not self.counts or self.inner or sum(count > 1 for count in self._rows) < 2:
            return False
        headed = 1 < self._heads == self._rows[0]
        return headed or self._plain >= _PLAIN_FOR_A_RICH * self._rich
