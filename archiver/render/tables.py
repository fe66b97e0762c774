"""Tables of a body: which hold data, and their cells as a rectangle."""

from __future__ import annotations

from bs4 import Tag

from archiver.render.text import words

# A cell with one of these is no datum: the table arranges a page.
_LAYOUT = words("table pre ul ol blockquote h1 h2 h3 h4 h5 h6 hr svg")
_MAX_SPAN = 40
_MAX_CELL = 300  # characters; longer texts read better as paragraphs than in a cell


def _own_rows(table: Tag) -> list[Tag]:
    return [row for row in table.find_all("tr") if row.find_parent("table") is table]


def _cells(row: Tag) -> list[Tag]:
    return row.find_all(["td", "th"], recursive=False)


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name, ""))
    return max(1, min(_MAX_SPAN, int(value))) if value.isascii() and value.isdecimal() and len(value) < 5 else 1


def is_data(table: Tag) -> bool:
    """Whether a table holds data: several rows and columns of short inline content."""
    own = [_cells(row) for row in _own_rows(table)]
    filled = [cells for cells in own if any(cell.get_text(strip=True) or cell.find("img") for cell in cells)]
    if len(filled) < 2 or max(sum(_span(cell, "colspan") for cell in cells) for cells in filled) < 2:
        return False
    cells = [cell for row in filled for cell in row]
    return not any(
        cell.find(list(_LAYOUT)) or len(cell.find_all("img")) > 1 or len(cell.get_text()) > _MAX_CELL for cell in cells
    )


def rows(table: Tag) -> list[list[Tag | None]]:
    """The cells as rows of equal length; None where a cell spans into, or where a row is short."""
    grid: list[list[Tag | None]] = []
    below: dict[int, int] = {}  # column -> rows that a cell above still covers
    for row in _own_rows(table):
        line: list[Tag | None] = []
        for cell in _cells(row):
            while below.get(len(line), 0):
                below[len(line)] -= 1
                line.append(None)
            across, down = _span(cell, "colspan"), _span(cell, "rowspan")
            for i in range(across):
                below[len(line)] = down - 1
                line.append(None if i else cell)
        for column in [column for column, left in below.items() if left and column >= len(line)]:
            below[column] -= 1
        if line:
            grid.append(line)
    width = max(map(len, grid), default=0)
    return [line + [None] * (width - len(line)) for line in grid]
