"""What a page says about its article: each datum from the first of its sources that has it.

A rendered `#publish_time` can be relative (前天, Yesterday) or without a year, so the time comes from epochs in data
and from full dates only.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

from archiver.dom import Document, Tag, is_gone
from archiver.wechat import sources
from archiver.wechat.jsvalue import Value, member, text
from archiver.wechat.plain import without_markup
from archiver.wechat.sources import Said, said_at
from archiver.wechat.urls import url_ids

_BEIJING = timezone(timedelta(hours=8))
_DATE = re.compile(r"(20\d\d)[-年/](\d{1,2})[-月/](\d{1,2})日?(?:\s+(\d{1,2}):(\d{2}))?")
_EPOCHS = range(1_300_000_000, 4_102_444_800)  # 2011, before the first Official Account, to 2100
_REPRINT = "2"  # copyright_stat of a text taken over from another account with leave
TEXT_TYPES = (10, 17)  # `item_show_type` of posts whose title is their text
_IMAGES_TYPE = 8
_PAGE_OF_IMAGES = "2"  # `page_type` of a page that shows a list of images
_TIPS = ".original_primary_card_tips"
_ORIGINAL = "以下文章来源于"


@dataclass(frozen=True, slots=True)
class Meta:
    """A page's metadata; "" or None where the page has none. `cover` is an image URL as the page gives it."""

    show_type: int
    title: str
    account: str
    author: str
    published_at: datetime | None
    biz: str
    mid: str
    idx: str
    sn: str
    digest: str
    cover: str
    repost: bool
    taken_over: bool  # the text is another account's
    paid: bool
    sources: Mapping[str, tuple[str, ...]]  # datum -> all places of the page that have it, the one it is from first


class PageData:
    """The page's DOM and data side by side, asked by name."""

    def __init__(self, soup: Document, cgi: dict[str, Value], names: dict[str, Value]) -> None:
        self.soup = soup
        self.cgi = cgi
        self.names = names
        self._metas: dict[str, str] = {}
        self._known_as: dict[str, list[Tag]] = {}
        for tag in soup.elements():
            if tag.name == "meta" and isinstance(name := tag.get("property") or tag.get("name"), str):
                self._metas.setdefault(name, str(tag.get("content") or "").strip())
            for key in _keys(tag):
                self._known_as.setdefault(key, []).append(tag)

    def cgi_text(self, *path: str) -> str:
        """A value of `cgiDataNew` as text, entities undone, or ""."""
        return html.unescape(text(member(self.cgi, *path))).strip()

    def name_text(self, name: str) -> str:
        """A global (`ct`) or a member of `cgiData` (`d.title`) as text, entities undone, or ""."""
        return html.unescape(text(self.names.get(name))).strip()

    def said(self, place: str) -> str:
        """What stands at a place, by its name in archiver.wechat.sources; "" where nothing does."""
        where, _, name = place.partition(":")
        match where:
            case "cgiDataNew":
                return self.cgi_text(name)
            case "script":
                return self.name_text(name)
            case "meta":
                return self.meta_text(name)
        return self.element_text(name)

    def meta_text(self, name: str) -> str:
        """Content of `<meta property=name>` or `<meta name=name>`."""
        return self._metas.get(name, "")

    def meta_lines(self, name: str, show_type: int) -> str:
        """Such content of several lines: a literal `\\x0a` means a line break, and so does `\\n` in posts of text."""
        content = self._metas.get(name, "").replace("\\x0a", "\n")
        return content.replace("\\n", "\n") if show_type in TEXT_TYPES else content

    def first(self, key: str) -> Tag | None:
        """The first element of an id (`#id`) or class (`.class`) that is still there."""
        return next(self._all(key), None)

    def _all(self, key: str) -> Iterator[Tag]:
        return (tag for tag in self._known_as.get(key, ()) if not is_gone(tag) and key in _keys(tag))

    def element_text(self, selector: str) -> str:
        """Text of the first element of an id or class, or in it (`#id > em`), white space collapsed, or ""."""
        return next(self.element_texts(selector), "")

    def element_texts(self, selector: str) -> Iterator[str]:
        """Texts of the elements of an id or class, or in them."""
        key, _, inside = selector.partition(" ")
        for tag in self._all(key):
            for found in tag.select(f":scope {inside}") if inside else (tag,):
                yield " ".join(found.get_text().split())

    def value(self, name: str) -> Value:
        """A value of `cgiDataNew`, else the global of that name, else `d.<name>`."""
        for found in (self.cgi.get(name), self.names.get(name), self.names.get(f"d.{name}")):
            if found not in (None, "", [], {}):
                return found
        return None


def _keys(tag: Tag) -> Iterator[str]:
    """By what an element is asked for."""
    if name := tag.get("id"):
        yield f"#{name}"
    for name in tag.get_attribute_list("class") if "class" in tag.attrs else ():
        yield f".{name}"


def read_meta(page: PageData) -> Meta:
    """All metadata that the page itself gives."""
    show_type, said_type = _show_type(page)
    found = {
        "title": said_at(sources.TITLE, lambda place: _lines(page, place, show_type or None)),
        "account": said_at(sources.ACCOUNT, page.said),
        "author": said_at(sources.AUTHOR, lambda place: _author(page, place)),
        **_ids(page),
        "digest": said_at(sources.DIGEST, lambda place: _lines(page, place, show_type)),
        "cover": said_at(sources.COVER, page.said),
    }
    published, dated = _published_at(page)
    texts = {datum: one.value for datum, one in found.items()}
    return Meta(
        show_type=show_type,
        **texts | {"title": texts["title"].strip(), "digest": without_markup(texts["digest"])},
        published_at=published,
        repost=_is_repost(page),
        taken_over=_is_taken_over(page),
        paid=_is_paid(page),
        sources=sources.noted({"item_show_type": said_type, **found, "published_at": dated}),
    )


def _lines(page: PageData, place: str, show_type: int | None) -> str:
    """A text that may have several lines, which `<meta>` writes in a way of its own."""
    where, _, name = place.partition(":")
    if where == "meta" and show_type is not None:
        return page.meta_lines(name, show_type)
    return page.said(place)


def _author(page: PageData, place: str) -> str:
    """An author; a template's nameless elements hold dates, too."""
    where, _, name = place.partition(":")
    if where != "element":
        return page.said(place)
    return next((found for found in page.element_texts(name) if found and not _DATE.match(found)), "")


def _ids(page: PageData) -> dict[str, Said]:
    links = {place: url_ids(page.said(place)) for place in sources.LINKS}

    def said(place: str, name: str) -> str:
        found = links[place].get(name, "") if place in links else page.said(place)
        return found if found != "0" else ""

    return {name: said_at(places, partial(said, name=name)) for name, places in sources.IDS.items()}


def _published_at(page: PageData) -> tuple[datetime | None, tuple[str, ...]]:
    """When the article was published, and all places that say it."""
    found = {place: moment for place in sources.EPOCHS if (moment := _of_epoch(page.said(place)))}
    for place in sources.DATES:
        if place not in found and (moment := _of_date(page.said(place))):
            found[place] = moment
    return next(iter(found.values()), None), tuple(found)


def _of_epoch(stamp: str) -> datetime | None:
    if stamp.isascii() and stamp.isdigit() and len(stamp) < 12 and int(stamp) in _EPOCHS:
        return datetime.fromtimestamp(int(stamp), UTC)
    return None


def _of_date(spelled: str) -> datetime | None:
    found = _DATE.match(spelled)
    if found is None:
        return None
    try:
        year, month, day, hour, minute = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, tzinfo=_BEIJING).astimezone(UTC)
    except ValueError:  # 2021-02-31
        return None


def _show_type(page: PageData) -> tuple[int, Said]:
    """`item_show_type` of the page itself, and who says it; recommended articles in its data carry the same key one
    level deeper."""
    said = said_at(sources.SHOW_TYPE, lambda place: _small_number(page.said(place)))
    if said.sources:
        return int(said.value), said
    listed = page.value("picture_page_info_list")
    if listed and text(page.value("page_type")) == _PAGE_OF_IMAGES and page.first("#js_content") is None:
        return _IMAGES_TYPE, said
    return 0, said


def _small_number(words: str) -> str:
    return words if words.isascii() and words.isdigit() and len(words) < 4 else ""


def _is_paid(page: PageData) -> bool:
    said = page.value("is_pay_subscribe")
    return said is True or text(said) in ("1", "true") or page.soup.find("mp-pay-preview-filter") is not None


def _is_repost(page: PageData) -> bool:
    """`item_show_type` says 0 for a repost too: the data of the reprint tells it, or the card of the original.

    `reprint_type` is empty in articles and 2 (a stub that shows the original) or 3 (the whole text) in reposts.
    """
    if page.name_text("reprint_type").strip("0") or page.cgi_text("copyright_info", "reprint_type").strip("0"):
        return True
    if page.cgi_text("copyright_info", "copyright_stat") == _REPRINT or page.cgi_text("copyright_info", "reprint_url"):
        return True
    source = page.first("#js_share_source")
    if source is not None and source.get("data-url"):
        return True
    return page.first(".original_panel") is not None or _ORIGINAL in page.element_text(_TIPS)


def _is_taken_over(page: PageData) -> bool:
    """Whether the page says that its text is from another account. A repost does; so do articles of 2020 whose account
    took a text over under its own name: `copyright_stat` is 2, but nothing of a reprint is in the data."""
    stats = (page.name_text("copyright_stat"), page.name_text("_copyright_stat"))
    return _REPRINT in stats or page.first(_TIPS) is not None or _is_repost(page)
