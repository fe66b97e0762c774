"""The archive's front page for GitHub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from archiver.amounts import counted
from archiver.models import ArticleRecord, Status
from archiver.models.values import dataclass
from archiver.render.escape import destination
from archiver.render.inline import Place, Run, render_runs
from archiver.render.links import relative
from archiver.render.sitemap import is_month
from archiver.render.text import beijing_date, one_line, title_of
from archiver.store.layout import ARTICLES, README, TEXT


@dataclass(frozen=True, slots=True)
class Totals:
    """How much the archive holds."""

    articles: int
    partial: int
    accounts: int
    images: int


MAX_BYTES = 400_000  # of the table: GitHub shows Markdown of up to 512 kB
GENERATED = "Generated: changes to this file are lost."
_INTRODUCTION = f"""# Archive

Local copies of the WeChat articles that the notes link to, kept by archiver. {GENERATED}
Every article has a folder with `article.md` (for GitHub), `index.html` (opens by double click) and `article.json`.
The texts and images belong to their authors."""


def _row(record: ArticleRecord) -> str:
    target = destination(relative("", f"{record.folder}/{TEXT}"))
    mark = " (partial)" if record.status is Status.PARTIAL else ""
    title = render_runs([Run(title_of(record.title)[:200], href=target)], Place.CELL)
    account = render_runs([Run(one_line(record.account)[:80])], Place.CELL)
    return f"| {beijing_date(record.published_at) or '–'} | {account} | {title}{mark} |"


def _counts(totals: Totals) -> str:
    articles, accounts = counted(totals.articles, "article"), counted(totals.accounts, "account")
    return f"{articles} ({totals.partial:,} partial) of {accounts}, {counted(totals.images, 'image')}."


def _months(months: Mapping[str, int]) -> list[str]:
    """One line for each folder that holds article folders, newest first, with its count and its own index."""
    above = f"{ARTICLES}/"
    return [
        f"- [{folder.removeprefix(above)}]({destination(relative('', f'{folder}/{README}'))}): {count:,}"
        for folder, count in sorted(months.items(), reverse=True)
    ]


def as_older_versions_wrote(readme: bytes) -> bytes:
    """An overview in the words of 0.1, which a newer archiver does not take for damage."""
    return readme.replace(b" images.", b" pictures.", 1).replace(b"texts and images", b"texts and pictures", 1)


def archive_readme(newest: Sequence[ArticleRecord], months: Mapping[str, int], totals: Totals) -> str:
    """The text of the archive's README.md: counts, the `newest` articles in that order, and all months.

    `months` maps a month's folder to its number of articles. Holds dates but no time of day. As many of `newest` are
    shown as GitHub shows of one page.
    """
    parts = [_INTRODUCTION, _counts(totals)]
    rows = list(map(_row, newest))
    sizes = accumulate(len(row.encode()) + 1 for row in rows)
    shown = rows[: sum(size <= MAX_BYTES for size in sizes)]
    if shown:
        head = "## Articles" if totals.articles <= len(shown) else f"## The newest {len(shown)}"
        table = ["| Published | Account | Article |", "| --- | --- | --- |", *shown]
        parts += [head, "\n".join(table)]
    if months:
        parts += ["## By month" if all(map(is_month, months)) else "## By folder", "\n".join(_months(months))]
    return "\n\n".join(parts) + "\n"
