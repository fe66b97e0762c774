"""The values that the public API gives. Apart from the program's own nouns, which may change with every version.

They are made by keywords only, so that one can gain a member in a minor version. docs/format.md explains the words of
`kind`, `status` and `code`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An http(s) address in a note.

    `url` is what a reader of the note would follow, with any credentials that it holds. `kind` says what of WeChat's it
    leads to (`article`, `image`, `video`, `album`, or `other`), None where it is not WeChat's; `canonical` is then its
    canonical URL, by which the archive knows it, else empty. `line` counts from 1; `start` and `end` are the bytes of
    the address in the note. `is_link`: archiver can point it at a local copy; False where it is only named, as in front
    matter, or where it cannot be told where the address ends.
    """

    url: str
    kind: str | None
    canonical: str
    line: int
    start: int
    end: int
    is_link: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Something that is missing: `what` (`image`, `video`, `paid` …), `why` in words, `code` the reason itself (empty
    where an older archiver wrote it), `url` its address, where it has one."""

    what: str
    why: str
    code: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A page as it was read. `url` is free of credentials; `published` is when it was published, in Beijing time, None
    where the page does not say; `text` has a line for each block of the body, `images` the addresses of its images in
    order, the cover last where the body does not show it."""

    url: str
    kind: str
    title: str
    account: str
    author: str
    published: datetime | None
    digest: str
    text: str
    images: tuple[str, ...]
    losses: tuple[Loss, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A page that is no article: `status` is a status of links.jsonl (`deleted`, `wall`, `refused` …), `reason` what
    the page says, in its words."""

    status: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image of an archived article: `path` in the archive, or None and, in `error`, why it is not there. `width` and
    `height` are pixels, None where they are not known."""

    url: str
    path: str | None
    media_type: str | None
    width: int | None
    height: int | None
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A link to an archived article: the `note` (a path relative to the notes folder), the `line` (from 1), and the
    rating behind it (`stars`; 0: none)."""

    note: str
    line: int
    stars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedArticle:
    """An archived article in a list. `folder` is that of its files, relative to the archive; `published` the date in
    Beijing, None where it is not known; `status` is `archived`, or `partial` where something is missing; `stars` the
    best rating that a note gives it (0: none)."""

    id: str
    folder: str
    url: str
    title: str
    account: str
    author: str
    published: date | None
    kind: str
    status: str
    digest: str
    stars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedArticle(ListedArticle):
    """An archived article with all that is known of it.

    `aliases` are the other URLs by which it is known, `links` the canonical URLs of the WeChat articles and albums that
    it links to, `mentions` the links of the notes. `text` has a line for each block of the body; `markdown` is its
    article.md, with paths relative to `folder`.
    """

    aliases: tuple[str, ...]
    captured_at: datetime
    images: tuple[Image, ...]
    losses: tuple[Loss, ...]
    links: tuple[str, ...]
    mentions: tuple[Mention, ...]
    text: str
    markdown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that a search found, and the place where: one line of the text, empty where it is the title."""

    article: ListedArticle
    snippet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """How many articles a search found (`total`), and some of them in order."""

    total: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account (公众号), and how many of its articles are archived."""

    name: str
    articles: int
