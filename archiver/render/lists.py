"""Numbers and marks of Markdown list items."""

from __future__ import annotations

from archiver.dom import Tag, refill


def start_of(element: Tag) -> int:
    """The number of an ordered list's first item."""
    start = str(element.get("start", ""))
    return int(start) if start.isascii() and start.isdecimal() and len(start) < 9 else 1


def item_marker(number: int | None, second: int) -> str:
    """An item's mark. Of two lists in a row the second gets other marks, or they would become one."""
    if number is None:
        return "* " if second else "- "
    return f"{number}{')' if second else '.'} "


def lists_at_end(container: Tag, name: str) -> int:
    """How many lists of this kind stand in a row at the end of `container`."""
    count = 0
    for sibling in reversed(container.contents):
        if not isinstance(sibling, Tag) or sibling.name != name:
            break
        count += 1
    return count


def unwrap_first_paragraph(item: Tag) -> None:
    """Make an item's first paragraph bare text, so that a list of short items has no blank lines."""
    first = item.contents[0]
    if isinstance(first, Tag) and first.name == "p":
        refill(item, [*first.contents, *item.contents[1:]])
