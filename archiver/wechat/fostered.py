"""What stands in a table beside its cells: browsers show it before the table."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.dom import Document, Node, Tag, Text, refill, wrap

_ROWS = frozenset({"tr", "tbody", "thead", "tfoot", "caption", "colgroup", "col"})
_CELLS = ["tr", "td", "th"]  # what holds some stays: browsers leave out what is around them
_OWN = {
    "table": _ROWS,
    "tbody": frozenset({"tr"}),
    "thead": frozenset({"tr"}),
    "tfoot": frozenset({"tr"}),
    "tr": frozenset({"td", "th"}),
}


def put_before_tables(root: Tag, document: Document) -> None:
    """Put what is no part of a table, though it stands in it, before the table, as the parsers of browsers do."""
    tables = root.find_all("table")
    around = _around_cells(root) if tables else set()
    for table in tables:
        # One without cells is no table to anybody.
        found = list(_fostered(table, around)) if id(table) in around else ()
        if found:
            inner = wrap(table, "section", {}, document)
            before = document.new_tag("p")
            refill(before, found)
            refill(table, [before, inner])


def _around_cells(root: Tag) -> set[int]:
    """The elements, by id of the object, that hold cells."""
    found: set[int] = set()
    for cell in root.find_all(_CELLS):
        above = cell.parent
        while above is not None and above is not root and id(above) not in found:
            found.add(id(above))
            above = above.parent
    return found


def _fostered(part: Tag, around: set[int]) -> Iterator[Node]:
    own = _OWN[part.name]
    for child in part.contents:
        if isinstance(child, Tag) and child.name in own:
            if child.name in _OWN:
                yield from _fostered(child, around)
        elif isinstance(child, Tag):
            if not child.hidden and id(child) not in around:
                yield child
        elif isinstance(child, Text) and child.strip():
            yield child
