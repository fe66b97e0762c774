"""A catalogue of books for e-readers (OPDS 1.2): a book for each month and each account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archiver.export.atom import urn, xml

ROOT, MONTHS, ACCOUNTS = "opds", "opds/months", "opds/accounts"
NAVIGATION = "application/atom+xml;profile=opds-catalog;kind=navigation"
ACQUISITION = "application/atom+xml;profile=opds-catalog;kind=acquisition"
EPUB = "application/epub+zip"
_NEVER = "1970-01-01T00:00:00+00:00"


@dataclass(frozen=True, slots=True)
class Offer:
    """A book: its title, its path on the server, how many articles it has, when it was changed last (ISO time)."""

    title: str
    path: str
    articles: int
    updated: str


def root_feed(base: str, updated: str) -> str:
    """The first page; `base` is the server's address, which ends in a slash."""
    lines = [
        _entry(title, path, updated, f'<link rel="subsection" href="{xml(base + path)}" type="{ACQUISITION}"/>')
        for title, path in (("按月", MONTHS), ("按公众号", ACCOUNTS))
    ]
    return _feed("文章归档", base, ROOT, updated, lines)


def books_feed(title: str, base: str, path: str, offers: Sequence[Offer]) -> str:
    """A page of books."""
    lines = [
        _entry(
            offer.title,
            offer.path,
            offer.updated,
            f'<content type="text">{offer.articles:,} 篇</content>\n'
            f'<link rel="http://opds-spec.org/acquisition" href="{xml(base + offer.path)}" type="{EPUB}"/>',
        )
        for offer in offers
    ]
    return _feed(title, base, path, max((offer.updated for offer in offers), default=_NEVER), lines)


def _entry(title: str, path: str, updated: str, more: str) -> str:
    return (
        f"<entry>\n<id>{urn(f'opds {path}')}</id>\n<title>{xml(title)}</title>\n"
        f"<updated>{updated or _NEVER}</updated>\n{more}\n</entry>\n"
    )


def _feed(title: str, base: str, path: str, updated: str, lines: Sequence[str]) -> str:
    kind = NAVIGATION if path == ROOT else ACQUISITION
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">\n'
        f"<id>{urn(f'opds {path} feed')}</id>\n<title>{xml(title)}</title>\n<updated>{updated or _NEVER}</updated>\n"
        "<author><name>archiver</name></author>\n"
        f'<link rel="self" href="{xml(base + path)}" type="{kind}"/>\n'
        f'<link rel="start" href="{xml(base + ROOT)}" type="{NAVIGATION}"/>\n{"".join(lines)}</feed>\n'
    )
