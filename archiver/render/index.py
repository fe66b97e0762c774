"""The archive's front page for GitHub."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from archiver.models import ArticleRecord, Status
from archiver.render.inline import Place, Run, destination, render_runs
from archiver.render.links import relative
from archiver.render.text import beijing_date, one_line, title_of

MAX_ROWS = 500

_INTRODUCTION = """# Archive

Local copies of the WeChat articles that the notes link to, kept by archiver. Generated: changes to this file are lost.
Every article has a folder with `article.md` (for GitHub), `index.html` (opens by double click) and `article.json`.
The texts and pictures belong to their authors."""


def _cell(text: str) -> str:
    return render_runs([Run(one_line(text))], Place.CELL)


def _row(record: ArticleRecord) -> str:
    target = destination(relative("", f"{record.folder}/article.md"))
    mark = " (partial)" if record.status is Status.PARTIAL else ""
    title = render_runs([Run(title_of(record.title), href=target)], Place.CELL)
    return f"| {beijing_date(record.published_at) or '–'} | {_cell(record.account)} | {title}{mark} |"


def _newest_first(record: ArticleRecord) -> tuple[str, str]:
    return beijing_date(record.published_at), record.folder


def _counts(records: Sequence[ArticleRecord]) -> str:
    partial = sum(record.status is Status.PARTIAL for record in records)
    pictures = {image.sha256 for record in records for image in record.images if image.path}
    accounts = {one_line(record.account) for record in records if record.account}
    return f"{len(records)} articles ({partial} partial) of {len(accounts)} accounts, {len(pictures)} pictures."


def _months(records: Sequence[ArticleRecord]) -> list[str]:
    """One line for each folder that holds article folders, newest first, with its count."""
    counts = Counter(record.folder.rpartition("/")[0] for record in records)
    return [
        f"- [{folder.removeprefix('articles/')}]({destination(relative('', folder))}): {count}"
        for folder, count in sorted(counts.items(), reverse=True)
    ]


def archive_readme(records: Sequence[ArticleRecord], max_rows: int = MAX_ROWS) -> str:
    """The text of the archive's README.md: counts, the newest articles, and all months once there are more.

    Holds dates but no time of day, is the same for the same set of records in any order, and has at most `max_rows`
    articles in its table, so that GitHub shows it whole.
    """
    ordered = sorted(records, key=_newest_first, reverse=True)
    parts = [_INTRODUCTION, _counts(ordered)]
    if ordered:
        head = f"## The newest {max_rows}" if len(ordered) > max_rows else "## Articles"
        table = ["| Published | Account | Article |", "| --- | --- | --- |", *map(_row, ordered[:max_rows])]
        parts += [head, "\n".join(table)]
    if len(ordered) > max_rows:
        parts += ["## By month", "\n".join(_months(ordered))]
    return "\n\n".join(parts) + "\n"
