"""The index of one month for GitHub."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archiver.amounts import counted
from archiver.models.articles import IMPORT
from archiver.render import sitemap
from archiver.render.escape import destination
from archiver.render.inline import Place, Run, render_runs
from archiver.render.links import relative
from archiver.render.text import one_line, title_of
from archiver.store.layout import TEXT

MAX_BYTES = 400_000  # of a table: GitHub shows Markdown of up to 512 kB


@dataclass(frozen=True, slots=True)
class MonthRow:
    """An article in the table: its folder relative to the archive's root, its rating from 0 to 5."""

    folder: str
    title: str
    account: str
    date: str
    partial: bool
    stars: int
    via: str = ""  # the web archive that it came from


_FROM = {"": "", IMPORT: " (imported)"}


def file_name(number: int) -> str:
    """Name of the `number`-th file of a month, counted from 0: GitHub shows the first with the folder."""
    return f"README-{number + 1}.md" if number else "README.md"


def _heading(folder: str) -> str:
    name = sitemap.month_name(folder)
    return name if sitemap.is_month(folder) else render_runs([Run(name)], Place.HEADING)


def _link(folder: str, text: str, path: str) -> str:
    return f"[{text}]({destination(relative(folder, path))})"


def _row(folder: str, row: MonthRow) -> str:
    href = destination(relative(folder, f"{row.folder}/{TEXT}"))
    title = render_runs([Run(title_of(row.title)[:200], href=href)], Place.CELL)
    account = render_runs([Run(one_line(row.account)[:80])], Place.CELL)
    mark = (" (partial)" if row.partial else "") + (_FROM.get(row.via, f" (from {row.via})"))
    return f"| {row.date or '–'} | {account} | {title}{mark} | {'⭐' * row.stars} |"


def month_readmes(folder: str, rows: Sequence[MonthRow], older: str, newer: str) -> dict[str, str]:
    """The README files of a month's folder (POSIX, relative to the archive's root): name -> text.

    `rows` are its articles, newest first; `older` and `newer` the folders of the months beside it, or empty. Holds
    dates, no time of day.
    """
    cuts = _cuts([_row(folder, row) for row in rows])
    ways = [_link(folder, "Archive", "README.md"), _link(folder, "web page", sitemap.month_page(folder))]
    ways += [_link(folder, f"← {_heading(older)}", f"{older}/README.md")] if older else []
    ways += [_link(folder, f"{_heading(newer)} →", f"{newer}/README.md")] if newer else []
    found = {}
    for number, some in enumerate(cuts):
        others = [_link(folder, f"part {n + 1}", f"{folder}/{file_name(n)}") for n in range(len(cuts)) if n != number]
        table = ["| Published | Account | Article | Rating |", "| --- | --- | --- | --- |"]
        table += some
        parts = [
            f"# {_heading(folder)}",
            " · ".join(ways + others),
            f"{counted(len(rows), 'article')}.",
            "\n".join(table),
        ]
        found[file_name(number)] = "\n\n".join(parts) + "\n"
    return found


def _cuts(lines: Sequence[str]) -> list[list[str]]:
    """The lines in order, in as many lists as keep each within MAX_BYTES."""
    cuts: list[list[str]] = []
    size = MAX_BYTES
    for line in lines:
        length = len(line.encode()) + 1
        if size + length > MAX_BYTES:
            cuts.append([])
            size = 0
        cuts[-1].append(line)
        size += length
    return cuts
