"""What a page says about its article: each datum from the first of its sources that has it.

A rendered `#publish_time` can be relative (前天, Yesterday) or without a year, so the time comes from epochs in data
and from full dates only.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from archiver.dom import Document, Tag, is_gone
from archiver.wechat.jsvalue import Value, member, text
from archiver.wechat.plain import without_markup
from archiver.wechat.urls import url_ids

_BEIJING = timezone(timedelta(hours=8))
_DATE = re.compile(r"(20\d\d)[-年/](\d{1,2})[-月/](\d{1,2})日?(?:\s+(\d{1,2}):(\d{2}))?")
_EPOCHS = range(1_300_000_000, 4_102_444_800)  # 2011, before the first Official Account, to 2100
_REPRINT = "2"  # copyright_stat of a text taken over from another account with leave
TEXT_TYPES = (10, 17)  # `item_show_type` of posts whose title is their text
_IMAGES_TYPE = 8
_PAGE_OF_IMAGES = "2"  # `page_type` of a page that shows a list of images
_TIPS = ".original_primary_card_tips"
# Templates before 2019 have no name for the author's element: it is the nameless one of its class.
_AUTHORS = (
    "#js_author_name",
    "#meta_content > em.rich_media_meta_text:not([id])",
    ".rich_media_meta_list > em.rich_media_meta_text:not([id])",
)
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
    ids = _ids(page)
    show_type = _show_type(page)
    return Meta(
        show_type=show_type,
        title=_title(page, show_type),
        account=_first(
            [
                page.cgi_text("nick_name"),
                page.name_text("nickname"),
                page.name_text("d.nick_name"),
                page.name_text("name"),
            ],
            lambda: map(page.element_text, ("#js_name", "#post-user", ".profile_nickname", ".account_nickname_inner")),
        ),
        author=_author(page),
        published_at=_published_at(page),
        biz=ids["biz"],
        mid=ids["mid"],
        idx=ids["idx"],
        sn=ids["sn"],
        digest=_digest(page, show_type),
        cover=_first(
            [
                page.cgi_text("cdn_url"),
                page.name_text("msg_cdn_url"),
                page.meta_text("og:image"),
                page.cgi_text("cdn_url_235_1"),
            ],
            lambda: [page.name_text("cdn_url_235_1"), page.meta_text("twitter:image")],
        ),
        repost=_is_repost(page),
        taken_over=_is_taken_over(page),
        paid=_is_paid(page),
    )


def _first(ready: Iterable[str], late: Callable[[], Iterable[str]]) -> str:
    """The first that is not empty; `late` (searches in the DOM) is only asked when all of `ready` are."""
    for found in ready:
        if found:
            return found
    return next((found for found in late() if found), "")


def _digest(page: PageData, show_type: int) -> str:
    digest = _first(
        [page.cgi_text("desc"), page.name_text("msg_desc"), page.meta_lines("og:description", show_type)],
        lambda: [page.meta_lines("description", show_type)],
    )
    return without_markup(digest)


def _title(page: PageData, show_type: int) -> str:
    title = _first(
        [
            page.cgi_text("title"),
            page.meta_lines("og:title", show_type) if show_type else page.meta_text("og:title"),
            page.name_text("msg_title"),
            page.name_text("d.title"),
            page.name_text("title"),
        ],
        lambda: map(page.element_text, ("#activity-name .js_title_inner", "#activity-name", "#js_text_title")),
    )
    return title.strip()


def _author(page: PageData) -> str:
    return _first(
        [
            page.meta_text("og:article:author"),
            page.meta_text("author"),
            page.name_text("author"),
            page.cgi_text("author"),
        ],
        lambda: (name for place in _AUTHORS for name in page.element_texts(place) if not _DATE.match(name)),
    )


def _published_at(page: PageData) -> datetime | None:
    for stamp in (
        page.name_text("ct"),
        page.cgi_text("create_timestamp"),
        page.cgi_text("ori_create_time"),
        page.name_text("d.ct"),
        page.name_text("d.create_time"),
        page.name_text("ori_create_time"),
        page.name_text("create_time"),
    ):
        if stamp.isascii() and stamp.isdigit() and len(stamp) < 12 and int(stamp) in _EPOCHS:
            return datetime.fromtimestamp(int(stamp), UTC)
    for spelled in (
        page.cgi_text("create_time"),
        page.name_text("createTime"),
        page.name_text("create_time"),
        page.name_text("publish_time"),
        page.element_text("#publish_time"),
        page.element_text("#post-date"),
    ):
        found = _DATE.match(spelled)
        if found:
            try:
                year, month, day, hour, minute = (int(part or 0) for part in found.groups())
                return datetime(year, month, day, hour, minute, tzinfo=_BEIJING).astimezone(UTC)
            except ValueError:  # 2021-02-31
                continue
    return None


def _ids(page: PageData) -> dict[str, str]:
    sources: list[dict[str, str]] = [
        {"biz": page.name_text("biz"), "mid": page.name_text("mid"), "idx": page.name_text("idx")},
        {"biz": page.cgi_text("bizuin"), "mid": page.cgi_text("mid"), "idx": page.cgi_text("idx")},
        {"mid": page.name_text("appmsgid"), "idx": page.name_text("itemidx")},
        {name: page.name_text(f"d.{name}") for name in ("biz", "mid", "idx", "sn")},
    ]
    sources[0]["sn"], sources[1]["sn"] = page.name_text("sn"), page.cgi_text("sn")
    links = (page.meta_text("og:url"), page.name_text("msg_link"), page.name_text("d.msg_link"), page.cgi_text("link"))
    sources += [url_ids(link) for link in links]
    return {
        name: next((source[name] for source in sources if source.get(name, "0") != "0" and source[name]), "")
        for name in ("biz", "mid", "idx", "sn")
    }


def _show_type(page: PageData) -> int:
    """`item_show_type` of the page itself; recommended articles in its data carry the same key one level deeper."""
    for found in (
        page.cgi_text("item_show_type"),
        page.name_text("item_show_type"),
        page.name_text("real_item_show_type"),
        page.cgi_text("real_item_show_type"),
    ):
        if found.isascii() and found.isdigit() and len(found) < 4:
            return int(found)
    listed = page.value("picture_page_info_list")
    if listed and text(page.value("page_type")) == _PAGE_OF_IMAGES and page.first("#js_content") is None:
        return _IMAGES_TYPE
    return 0


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
