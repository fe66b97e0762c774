"""Tables of a body: which hold data, and their cells as a rectangle."""

from __future__ import annotations

from collections.abc import Callable

from archiver.dom import Document, Tag
from archiver.render.formats import without_bold
from archiver.render.text import words

# Rich cells: where most are, the table arranges a page.
_RICH = words("pre ul ol blockquote h1 h2 h3 h4 h5 h6 hr")
_PLAIN_FOR_A_RICH = 3  # so many plain cells show that a rich one is a datum, too
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
    """Whether a table holds data: several rows and columns, most cells with short inline content or under heads."""
    own = [_cells(row) for row in _own_rows(table)]
    filled = [cells for cells in own if any(cell.get_text(strip=True) or cell.find("img") for cell in cells)]
    if len(filled) < 2 or max(sum(_span(cell, "colspan") for cell in cells) for cells in filled) < 2:
        return False
    cells = [cell for row in filled for cell in row]
    if any(cell.find("table") or _is_layout_drawing(cell) for cell in cells):
        return False
    rich = sum(map(_is_rich, cells))
    headed = len(filled[0]) > 1 and all(cell.name == "th" for cell in filled[0])
    return headed or len(cells) - rich >= _PLAIN_FOR_A_RICH * rich


def caption(table: Tag) -> Tag | None:
    """What stands above the table's rows as its name."""
    named = table.find("caption", recursive=False)
    return named if isinstance(named, Tag) else None


def _is_rich(cell: Tag) -> bool:
    return bool(cell.find(list(_RICH))) or len(cell.find_all("img")) > 1 or len(cell.get_text()) > _MAX_CELL


def _is_layout_drawing(cell: Tag) -> bool:
    """A drawing that is more than one: it arranges images or moves."""
    inside: set[int] = set()
    for svg in cell.find_all("svg"):
        if id(svg) not in inside and not svg.get("data-image"):
            return True
        inside.update(map(id, svg.find_all("svg")))
    return False


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


def data_table(grid: list[list[Tag | None]], leaf: Callable[[Tag], str], soup: Document) -> Tag:
    """A table whose cells are the Markdown that `leaf` makes of those of `grid`; the first row is its head."""
    made = soup.new_tag("table")
    for i, cells in enumerate(grid):
        row = soup.new_tag("tr")
        for cell in cells:
            box = soup.new_tag("td" if i else "th")
            plain = leaf(cell) if cell else ""
            box.string = plain if i else without_bold(plain)
            row.append(box)
        made.append(row)
    return made
