"""What a page says about an article above and below its text, and how a book groups its articles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from archiver.export.body import web_url
from archiver.export.job import By
from archiver.export.source import ExportArticle, Source
from archiver.models import ArticleRecord
from archiver.render.losses import loss_line
from archiver.render.text import beijing_date, one_line, printable
from archiver.store.layout import id_of

_UNDATED = "无日期"
_NAMELESS = "（无名）"


@dataclass(frozen=True, slots=True)
class Group:
    """Articles of a month or an account, under its name."""

    name: str
    folders: Sequence[str]


def anchor(folder: str) -> str:
    """The name by which an article is linked to in an export."""
    return f"a-{id_of(folder)}"


def groups(source: Source, folders: Sequence[str], by: By) -> list[Group]:
    """The articles by month, those without a date last; or by account, the accounts by name. Their order stays."""
    facts = source.facts

    def name(folder: str) -> str:
        return (facts[folder].date[:7] if by == "month" else one_line(facts[folder].account)) or "\uffff"

    missing = _UNDATED if by == "month" else _NAMELESS
    ordered = sorted(folders, key=name)
    return [Group(missing if key == "\uffff" else key, list(some)) for key, some in groupby(ordered, name)]


def text(value: str) -> str:
    """A text as HTML and XML hold it."""
    return escape(printable(value))


def link(url: str, said: str) -> str:
    """A link that can be followed, or only what it says."""
    address = web_url(url)
    return f'<a href="{escape(address)}">{text(said)}</a>' if address else text(said)


def byline(record: ArticleRecord) -> str:
    """Account, author, date, and the original: HTML that is XML too."""
    account, author = one_line(record.account), one_line(record.author)
    said = (account, author if author != account else "", beijing_date(record.published_at))
    parts = [f"<span>{text(part)}</span>" for part in said if part]
    return " · ".join([*parts, link(record.url, "查看原文")])


def losses(article: ExportArticle, missing: Iterable[str]) -> str:
    """What is not in the export of an article: of its page, and of its files."""
    lines = [f"{text(loss_line(loss))}" for loss in article.record.losses]
    lines += [f"{text(path)}" for path in missing]
    if not lines:
        return ""
    listed = "".join(f"<li>{line}</li>" for line in lines)
    return f'<div class="losses"><p>以下内容没有存档：</p><ul>{listed}</ul></div>'
