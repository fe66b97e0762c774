"""Addresses in raw HTML: destinations, images that load late, and what else attributes hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from archiver.models import Role
from archiver.models.values import dataclass
from archiver.notes.addresses import Address, addresses, overlaps
from archiver.notes.escapes import unescape_attribute
from archiver.notes.html_tags import Attribute, Tag
from archiver.notes.regions import Rule

Range = tuple[int, int]

_SKIPPED_HTML = {"pre", "code", "script", "style", "textarea"}
_DESTINATIONS = {
    "a": ("href", Role.LINK),
    "img": ("src", Role.IMAGE),
    "video": ("src", Role.VIDEO),
    "source": ("src", Role.VIDEO),
}
# Where pages and editors keep the address of an image that is to be loaded late, the likeliest first.
_LATE = (
    "data-src",
    "data-original",
    "data-original-src",
    "data-lazy-src",
    "data-actualsrc",
    "data-url",
    "data-backsrc",
    "title",
)
_STAND_IN = re.compile(
    r"\Z|data:|about:|#|[^?#]*(?:blank|pixel|spacer|loading|placeholder|transparent|1x1)[^/]*\Z", re.IGNORECASE
)
_HTTP = re.compile(r"(?:https?:)?//[A-Za-z0-9]", re.IGNORECASE)
_CANDIDATE = re.compile(r"[\s,]*([^\s,]\S*)([^,]*)")


@dataclass(frozen=True, slots=True)
class HtmlPlace:
    """An address in a tag. `place` is where it is changed, None where that is not certain; `stands` where it stands,
    which is another attribute for an image with a stand-in. `rule` is HTML or SRCSET where it is a link."""

    url: str
    role: Role
    rule: Rule
    start: int
    place: Range | None
    whole: Range | None
    stands: Range


def html_places(found: Sequence[Tag], anchors: Mapping[int, int]) -> Iterator[HtmlPlace]:
    """Yield the addresses in tags; `anchors`: start of each `<a>` -> end of its `</a>`."""
    for tag in found:
        if tag.is_end or not tag.attributes:
            continue
        taken: list[Range] = []
        for item in (*_destination(tag, anchors), *_candidates(tag)):
            taken.append(item.stands)
            yield item
        shown = tag.name == "img" and bool(taken)
        for attribute, address in _others(tag, sorted(taken)):
            rule = Rule.SPARE if shown else Rule.ATTRIBUTE
            role = Role.IMAGE if tag.name in {"img", "source"} and "src" in attribute.name else Role.LINK
            place = (address.start, address.end)
            yield HtmlPlace(address.url, role, rule, tag.start, place, None, place)


def _destination(tag: Tag, anchors: Mapping[int, int]) -> Iterator[HtmlPlace]:
    """Where a tag leads to, or what it shows; of an image without a `src` that is to be loaded late, an empty place
    where one can be put."""
    name, role = _DESTINATIONS.get(tag.name, ("", Role.LINK))
    attribute = tag.attribute(name) if name else None
    if attribute and attribute.value.strip():
        value, place = _value(attribute)
    elif tag.name == "img":
        at = attribute.start if attribute else tag.start + len("<img")
        value, place = "", (at, at)
    else:
        return
    certain = "\n" not in value and "\r" not in value
    end = anchors.get(tag.start) if tag.name == "a" else tag.end
    whole = (tag.start, end) if end else None
    late = _late(tag, unescape_attribute(value)) if role is Role.IMAGE else None
    if not value and not late:
        return
    url, stands = (late[0], late[1]) if late else (unescape_attribute(value), place)
    # A value over several lines may have Markdown's line prefixes in it: its range is not the value.
    yield HtmlPlace(url, role, Rule.HTML, tag.start, place if certain else None, whole, stands)


def _value(attribute: Attribute) -> tuple[str, Range]:
    value = attribute.value.strip(" \t\r\n\f")
    first = attribute.start + attribute.value.index(value)
    return value, (first, first + len(value.encode()))


def _late(tag: Tag, shown: str) -> tuple[str, Range] | None:
    """The address of the image that is meant where `src` only holds the place for it."""
    if not _STAND_IN.match(shown):
        return None
    for name in _LATE:
        attribute = tag.attribute(name)
        if attribute and _HTTP.match(attribute.value.strip()):
            value, place = _value(attribute)
            return unescape_attribute(value), place
    return None


def _candidates(tag: Tag) -> Iterator[HtmlPlace]:
    """The candidates of a `srcset`."""
    attribute = tag.attribute("srcset") if tag.name in {"img", "source"} else None
    if not attribute:
        return
    at = 0
    while match := _CANDIDATE.match(attribute.value, at):
        candidate = match[1].rstrip(",")
        at = match.end(1) if candidate != match[1] else match.end()
        first = attribute.start + len(attribute.value[: match.start(1)].encode())
        place = (first, first + len(candidate.encode()))
        certain = attribute.end - attribute.start == len(attribute.value.encode())
        url = unescape_attribute(candidate)
        whole = (tag.start, tag.end)
        yield HtmlPlace(url, Role.IMAGE, Rule.SRCSET, tag.start, place if certain else None, whole, place)


def _others(tag: Tag, taken: Sequence[Range]) -> Iterator[tuple[Attribute, Address]]:
    """The http(s) addresses in the other attributes of a tag."""
    for attribute in tag.attributes:
        if "//" not in attribute.value and "\\/" not in attribute.value:
            continue
        raw = attribute.value.encode()
        if attribute.end - attribute.start != len(raw):
            continue  # over several lines, with Markdown's prefixes in it
        for found in addresses(raw, 0, len(raw)):
            start, end = attribute.start + found.start, attribute.start + found.end
            if not overlaps(taken, start, end):
                yield attribute, Address(found.url, start, end)


def skipped(found: Sequence[Tag], source: bytes, scopes: Mapping[int, int]) -> list[tuple[Range, Rule]]:
    """Return the ranges of comments and code elements, in order and apart.

    An element that is never closed is not skipped: a lone `<code>` shall not hide the rest of the note. Nor does a tag
    in running text reach beyond its paragraph: `scopes` is start of such a tag -> number of the paragraph.
    """
    closers: dict[tuple[str, int], list[Tag]] = {}
    for tag in reversed(found):
        if tag.is_end:
            for scope in {scopes.get(tag.start, 0), 0}:
                closers.setdefault((tag.name, scope), []).append(tag)
    ranges: list[tuple[Range, Rule]] = []
    for tag in found:
        if ranges and tag.start < ranges[-1][0][1]:
            continue
        if tag.name == "!--":
            end = source.find(b"-->", tag.start + 2)
            ranges.append(
                ((tag.start, tag.end if tag.closed else (end + 3 if end >= 0 else len(source))), Rule.COMMENT)
            )
        elif tag.name in _SKIPPED_HTML and not tag.is_end:
            later = closers.get((tag.name, scopes.get(tag.start, 0)), [])
            while later and later[-1].start < tag.start:
                later.pop()
            if later:
                ranges.append(((tag.start, later[-1].end), Rule.RAW_TEXT))
    return ranges


def anchors_of(found: Sequence[Tag]) -> list[Range]:
    """Return the ranges from `<a …>` to `</a>`, in order and apart."""
    ranges = []
    opened: Tag | None = None
    for tag in found:
        if tag.name == "a":
            if tag.is_end and opened:
                ranges.append((opened.start, tag.end))
            opened = None if tag.is_end else tag
    return ranges
