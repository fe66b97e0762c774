"""Where a page keeps each datum: the places that are known, the best first.

A place is named `where:name`: `cgiDataNew:title`, `script:msg_title` (a global, or `d.title` of cgiData),
`meta:og:title`, `element:#activity-name`, `template:content_tpl`; of images it is the attribute that names them. Which
of them a page has is kept with the article: that is how a change of WeChat's pages is noticed (archiver.due.habit).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

# Templates before 2019 have no name for the author's element: it is the nameless one of its class.
_AUTHORS = (
    "#js_author_name",
    "#meta_content > em.rich_media_meta_text:not([id])",
    ".rich_media_meta_list > em.rich_media_meta_text:not([id])",
)
LINKS = ("meta:og:url", "script:msg_link", "script:d.msg_link", "cgiDataNew:link")
TITLE = (
    "cgiDataNew:title",
    "meta:og:title",
    "script:msg_title",
    "script:d.title",
    "script:title",
    "element:#activity-name .js_title_inner",
    "element:#activity-name",
    "element:#js_text_title",
)
ACCOUNT = (
    "cgiDataNew:nick_name",
    "script:nickname",
    "script:d.nick_name",
    "script:name",
    "element:#js_name",
    "element:#post-user",
    "element:.profile_nickname",
    "element:.account_nickname_inner",
)
AUTHOR = (
    "meta:og:article:author",
    "meta:author",
    "script:author",
    "cgiDataNew:author",
    *(f"element:{place}" for place in _AUTHORS),
)
EPOCHS = (
    "script:ct",
    "cgiDataNew:create_timestamp",
    "cgiDataNew:ori_create_time",
    "script:d.ct",
    "script:d.create_time",
    "script:ori_create_time",
    "script:create_time",
)
DATES = (
    "cgiDataNew:create_time",
    "script:createTime",
    "script:create_time",
    "script:publish_time",
    "element:#publish_time",
    "element:#post-date",
)
DIGEST = ("cgiDataNew:desc", "script:msg_desc", "meta:og:description", "meta:description")
COVER = (
    "cgiDataNew:cdn_url",
    "script:msg_cdn_url",
    "meta:og:image",
    "cgiDataNew:cdn_url_235_1",
    "script:cdn_url_235_1",
    "meta:twitter:image",
)
SHOW_TYPE = (
    "cgiDataNew:item_show_type",
    "script:item_show_type",
    "script:real_item_show_type",
    "cgiDataNew:real_item_show_type",
)
IDS: Mapping[str, tuple[str, ...]] = {
    "biz": ("script:biz", "cgiDataNew:bizuin", "script:d.biz", *LINKS),
    "mid": ("script:mid", "cgiDataNew:mid", "script:appmsgid", "script:d.mid", *LINKS),
    "idx": ("script:idx", "cgiDataNew:idx", "script:itemidx", "script:d.idx", *LINKS),
    "sn": ("script:sn", "cgiDataNew:sn", "script:d.sn", *LINKS),
}


class Said(NamedTuple):
    """A datum, from the first of the places that have it; all that have it."""

    value: str
    sources: tuple[str, ...]


def said_at(places: Iterable[str], read: Callable[[str], str]) -> Said:
    """What `read` finds at these places; "" is nothing."""
    found = {place: value for place in places if (value := read(place))}
    return Said(next(iter(found.values()), ""), tuple(found))


def giver_first(giver: str, others: Iterable[str]) -> tuple[str, ...]:
    """The place that a datum is from before the others that have it, each once."""
    return tuple(dict.fromkeys(filter(None, (giver, *others))))


def noted(read: Mapping[str, Said | Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Datum -> the places that have it, without those data that nothing has."""
    places = {datum: found.sources if isinstance(found, Said) else tuple(found) for datum, found in read.items()}
    return {datum: names for datum, names in places.items() if names}
