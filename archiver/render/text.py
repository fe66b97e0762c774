"""Plain one-line texts of an article, made safe to show, and the words that pages and Markdown share."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from archiver.models import Article, Provenance

# China has had no daylight saving time since 1991, and a fixed offset needs no time zone database (Windows has none).
BEIJING = timezone(timedelta(hours=8))

# Characters that neither HTML nor YAML may hold: controls but tab, LF, CR; lone surrogates; non-characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Embeddings, overrides and isolates would turn around the text that follows them.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def words(table: str) -> frozenset[str]:
    """The words of a table written as one text, as the allow-lists are."""
    return frozenset(table.split())


def printable(text: str) -> str:
    """`text` without control characters, lone surrogates and Unicode non-characters."""
    return _UNPRINTABLE.sub("", text)


def writable(text: str) -> str:
    """JSON as UTF-8 can hold it: a lone surrogate survives as an escape."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="backslashreplace").decode()
    return text


def one_line(text: str) -> str:
    """`text` on one line, white space collapsed, without control characters and bidirectional overrides."""
    return " ".join(_BIDI.sub("", printable(text)).split())


def title_of(title: str) -> str:
    """The title as one line; a substitute where there is none."""
    return one_line(title) or "无标题"


def beijing_date(moment: datetime | None) -> str:
    """`YYYY-MM-DD` in Beijing of an aware datetime; empty where it is not known."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d") if moment else ""


def archived_text(provenance: Provenance) -> str:
    """That a copy is from a web archive, and of which day, or from which file."""
    if provenance.is_import:
        return f"导入自文件 {one_line(provenance.url)}，{provenance.day} 保存，来源按文件所称"
    return f"{one_line(provenance.service)} {provenance.day} 的存档"


def byline(article: Article) -> tuple[str, ...]:
    """Account, author and date, as far as they are known and differ."""
    account, author = one_line(article.account), one_line(article.author)
    parts = (account, author if author != account else "", beijing_date(article.published_at))
    return tuple(part for part in parts if part)
