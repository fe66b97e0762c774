"""Formats of one record an article: JSON Lines, CSV, BibTeX."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from typing import Any, BinaryIO

from archiver.export.body import web_url
from archiver.export.job import Job
from archiver.export.source import ExportArticle
from archiver.harmless import harmless_json
from archiver.render.text import BEIJING, beijing_date, one_line, title_of
from archiver.store.layout import TEXT

SCHEMA = 1
BOM = "\ufeff"  # without it a spreadsheet takes Chinese for something else
COLUMNS = (
    *("id", "title", "account", "author", "published", "url", "digest"),
    *("kind", "status", "stars", "notes", "images", "characters", "path"),
)
BIBTEX_HEAD = "% archiver export bibtex\n"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_TEX = {
    "\\": r"\textbackslash{}",
    # BibTeX counts braces, escaped or not.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "#$%&_"},
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def members(article: ExportArticle, text: str) -> dict[str, Any]:
    """An article for programs, as archiver/schemas/exchange/article.schema.json describes it."""
    record = article.record
    published = record.published_at
    return {
        "schema": SCHEMA,
        "id": record.id,
        "url": record.url,
        "title": title_of(record.title),
        "account": one_line(record.account),
        "author": one_line(record.author),
        "published": published.astimezone(BEIJING).isoformat() if published else None,
        "digest": one_line(record.digest),
        "kind": record.kind.value,
        "status": record.status.value,
        "text": text,
        "markdown": f"{record.folder}/{TEXT}",
        "images": list(article.shown),
        "links": list(record.links),
        "notes": list(article.notes),
        "stars": article.stars,
    }


def json_line(article: ExportArticle, text: str) -> str:
    """A line of JSON Lines, without its line feed: no character in it breaks a line or commands a terminal."""
    return harmless_json(json.dumps(members(article, text), ensure_ascii=False))


def export_jsonl(job: Job, file: BinaryIO) -> None:
    """One JSON object a line for each article."""
    file.writelines(
        f"{line}\n".encode()
        for _, line in job.make(lambda article: json_line(article, job.source.text(article.record.folder)))
    )


def cell(text: str) -> str:
    """A text as a spreadsheet shows it, which takes what begins like a formula for one: that gets a quote before it."""
    line = one_line(text)
    return f"'{line}" if line.startswith(_FORMULA) else line


def _row(article: ExportArticle, text: str) -> list[str | int]:
    values: Mapping[str, Any] = members(article, "")
    plain = {name: cell(str(values[name] or "")) for name in COLUMNS if isinstance(values.get(name, 0), str)}
    made: dict[str, str | int] = {
        **plain,
        "published": beijing_date(article.record.published_at),
        "stars": article.stars,
        "notes": cell("; ".join(article.notes)),
        "images": len(article.shown),
        "characters": sum(not character.isspace() for character in text),
        "path": article.record.folder,
    }
    return [made[name] for name in COLUMNS]


def _csv_line(values: tuple[str, ...] | list[str | int]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(values)  # RFC 4180: CR LF, quotes doubled
    return text.getvalue()


CSV_HEAD = BOM + _csv_line(COLUMNS)


def export_csv(job: Job, file: BinaryIO) -> None:
    """A table with a row for each article."""
    file.write(CSV_HEAD.encode())
    file.writelines(
        line.encode()
        for _, line in job.make(lambda article: _csv_line(_row(article, job.source.text(article.record.folder))))
    )


def tex(text: str) -> str:
    """A text inside the braces of a BibTeX field, as LaTeX shows it."""
    return re.sub(r"[\\{}~^#$%&_]", lambda match: _TEX[match[0]], one_line(text))


def bibtex_entry(article: ExportArticle) -> str:
    """An entry `@misc`, which every style knows; its key is the article's id."""
    record = article.record
    account, author = one_line(record.account), one_line(record.author)
    published = record.published_at.astimezone(BEIJING) if record.published_at else None
    fields = {
        "title": f"{{{{{tex(title_of(record.title))}}}}}",
        # In braces of its own: no name is taken apart at an "and" or a comma.
        "author": f"{{{{{tex(author or account)}}}}}" if author or account else "",
        "organization": f"{{{tex(account)}}}" if account else "",
        "year": f"{{{published.year}}}" if published else "",
        "month": _MONTHS[published.month - 1] if published else "",
        "day": f"{{{published.day}}}" if published else "",
        "date": f"{{{published:%Y-%m-%d}}}" if published else "",
        "url": f"{{{web_url(record.url)}}}" if web_url(record.url) else "",
        "urldate": f"{{{beijing_date(record.captured_at)}}}",
        "langid": "{chinese}",
        "note": "{微信公众号}",
    }
    lines = "".join(f"  {name} = {value},\n" for name, value in fields.items() if value)
    return f"@misc{{wechat-{record.id},\n{lines}}}\n"


def export_bibtex(job: Job, file: BinaryIO) -> None:
    """A BibTeX file with an entry for each article."""
    file.write(BIBTEX_HEAD.encode())
    file.writelines(f"\n{text}".encode() for _, text in job.make(bibtex_entry))
