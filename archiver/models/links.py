"""Nouns of the notes: links, their spans, what kind of URL they hold, and what became of it."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property

from archiver.models.values import dataclass


class Role(StrEnum):
    """How a note uses a URL, read from the syntax around it."""

    LINK = "link"
    IMAGE = "image"
    VIDEO = "video"


class Form(StrEnum):
    """How a URL is written in a note; decides what a rewrite puts in its place."""

    INLINE = "inline"  # [text](URL), ![alt](URL): the span is the destination without < >
    REFERENCE = "reference"  # [label]: URL          : the span is the destination without < >
    AUTOLINK = "autolink"  # <URL>                   : the span holds the angle brackets too
    BARE = "bare"  # URL                             : the span is the URL
    HTML = "html"  # <img src="URL">                 : the span is the attribute's value without quotes


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of byte offsets in the note's file."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Link:
    """One http(s) URL in a note.

    `url` is the URL as a reader of the rendered note would follow it (entities and backslash escapes undone).
    `whole` is the span of the whole construct (`[text](URL)`, `<a …>…</a>`), or None where its end is not known.
    `line` counts from 1. `is_foreign`: it stands in markup of another language, so that nothing may be put beside it.
    `is_nested`: it was pasted into its own template, `[t]([url](URL))`.
    """

    url: str
    role: Role
    form: Form
    span: Span
    whole: Span | None
    line: int
    is_foreign: bool = False
    is_nested: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes of `span` by `new`."""

    span: Span
    new: bytes


class UrlKind(StrEnum):
    """What a WeChat URL leads to."""

    ARTICLE = "article"
    IMAGE = "image"
    VIDEO = "video"
    ALBUM = "album"
    OTHER = "other"  # an account's page, a verification page without target, …


class Status(StrEnum):
    """The words of links.jsonl; `archived` and `partial` are also those of article.json. What is asked of one is found
    out once: there may be a million links."""

    ARCHIVED = "archived"
    PARTIAL = "partial"
    PENDING = "pending"
    DELETED = "deleted"
    VIOLATION = "violation"
    BLOCKED = "blocked"
    UNAVAILABLE = "unavailable"
    EXPIRED = "expired"
    MALFORMED = "malformed"
    PRIVATE = "private"
    REFUSED = "refused"
    FAILED = "failed"
    WALL = "wall"

    @cached_property
    def is_stored(self) -> bool:
        """There is a local copy, perhaps one that lacks something."""
        return self in (Status.ARCHIVED, Status.PARTIAL)

    @cached_property
    def is_incomplete(self) -> bool:
        """Something that was asked for did not come."""
        return self in (Status.FAILED, Status.PARTIAL)

    @cached_property
    def is_unanswered(self) -> bool:
        """Nothing is known of the page: it was not asked for yet, or a verification page came instead."""
        return self in (Status.PENDING, Status.WALL)

    @cached_property
    def is_unsettled(self) -> bool:
        """Another run may bring it."""
        return self.is_unanswered or self is Status.FAILED

    @cached_property
    def is_withdrawn(self) -> bool:
        """WeChat says for good that the page is gone: deleted by its author, or taken down."""
        return self in (Status.DELETED, Status.VIOLATION, Status.BLOCKED)

    @cached_property
    def is_gone(self) -> bool:
        """There was a page, and it is not to be seen any more by this link."""
        return self.is_withdrawn or self in (Status.EXPIRED, Status.UNAVAILABLE)

    @cached_property
    def is_refused(self) -> bool:
        """The link leads to nothing that is archived."""
        return self in (Status.REFUSED, Status.MALFORMED, Status.PRIVATE)

    @cached_property
    def may_come_back(self) -> bool:
        """It is looked at again from time to time; a link that has expired or is malformed never gets better."""
        return self.is_withdrawn or self in (Status.UNAVAILABLE, Status.PRIVATE, Status.REFUSED)

    @cached_property
    def needs_user(self) -> bool:
        """Its owner may want to do something about it."""
        return self.is_incomplete or self.is_refused or self is Status.EXPIRED
