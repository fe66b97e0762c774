"""How a page was read: where each datum stood, and what in it nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from archiver.models.values import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """`item_show_type`: WeChat's number of the kind of page, None where the page has none. `sources`: datum -> the
    places of the page that have it (see archiver.wechat.sources), the one it is from first. `unknown`: what nobody
    knows: `item_show_type` where the number is new, and names of WeChat's elements."""

    item_show_type: int | None = None
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


UNKNOWN_KIND = "item_show_type"  # in `Reading.unknown`: the kind of the page


class SignCode(StrEnum):
    """By what a change of WeChat's pages is seen."""

    MISSING = "missing"  # a datum is not where it was
    UNKNOWN_KIND = "unknown-kind"  # the number of the kind of page is new
    UNKNOWN_ELEMENT = "unknown-element"  # the text holds an element of WeChat's that nobody knows
    UNCOVERED = "uncovered"  # the copy lacks a part of the page
    RENDERED = "rendered"  # the article came only when the page's own scripts had run


@dataclass(frozen=True, slots=True)
class Unusual:
    """A sign that new pages show more often than those before. `what`: the datum and its place, the numbers of kinds,
    the names of elements; `kind`: of which articles it was counted, "" for all; `pages` of `of` new ones show it, and
    `before` of `of_before` earlier ones; `chance`: how likely that is if nothing has changed."""

    code: SignCode
    what: str
    kind: str
    pages: int
    of: int
    before: int
    of_before: int
    chance: float
