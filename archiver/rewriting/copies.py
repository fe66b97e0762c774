"""What the archive has for the links of a note, and which of them a repair of images leaves as they stand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from archiver.archive.archive import Archive
from archiver.config.sections import RewriteConfig
from archiver.config.templates import FIELD
from archiver.due.mirrors import Mirrors
from archiver.models import Edit, Form, Link, Role, UrlKind
from archiver.notes.escapes import escape_destination, unescape_attribute
from archiver.notes.find import Found
from archiver.notes.front_matter import added_key
from archiver.notes.regions import Rule
from archiver.notes.rewrite import Change, plan
from archiver.notes.schemes import is_remote
from archiver.render.text import beijing_date, one_line, title_of
from archiver.store.layout import TEXT
from archiver.wechat import urls
from archiver.wechat.suspicious import glued

TargetOf = Callable[[Link], str | None]


def is_image_link(link: Link) -> bool:
    """Whether a link shows an image, or leads to one."""
    return link.role is Role.IMAGE or urls.classify(link.url) is UrlKind.IMAGE


def as_they_stand(links: Sequence[Link], target_of: TargetOf, data: bytes, places: Collection[int]) -> Iterator[Change]:
    """The changes that make again what was changed at these `places` (offsets in `data`), whatever the mode was."""
    modes: tuple[Literal["replace", "append"], ...] = ("replace", "append")
    for mode in modes:
        changes = plan(links, target_of, data=data, article_mode=mode)
        yield from (change for change in changes if change.edit.span.start in places)


def front_matter_key(found: Found, target_of: TargetOf, data: bytes) -> Iterator[Change]:
    """The change that adds the path of the first article that a note's front matter names, and that is archived."""
    for item in found.mentions:
        if item.rule is Rule.FRONT_MATTER and urls.classify(item.link.url) is UrlKind.ARTICLE:
            path = target_of(item.link)
            edit = added_key(data, path) if path else None
            if path and edit:
                yield Change(replace(item.link, form=Form.INLINE), edit, path)
                return


def wanted_links(found: Found, modes: RewriteConfig) -> list[Link]:
    """The links of a note that are to lead to copies, wherever they lead; also those pasted into their own template
    where `modes` say that they are to be mended, whose span is all that stands for the URL."""
    nested = [item.link for item in found.mentions if item.rule is Rule.NESTED and modes.nested_links == "mend"]
    return [*(link for link in found.links if is_remote(link.url)), *nested]


def unnested(links: Sequence[Link], changes: Sequence[Change], encoding: str) -> Iterator[Change]:
    """The changes that let those of the links that were pasted into their own template lead to their own URLs, where
    none of `changes` lets them lead elsewhere. A URL that cannot be spelled plainly in its place stays as it is."""
    done = {change.edit.span for change in changes}
    for link in links:
        plain = unescape_attribute(link.url) if link.form is Form.HTML else escape_destination(link.url)
        if link.is_nested and link.span not in done and plain == link.url and not set(link.url) & set("\\\"'<>"):
            yield Change(link, Edit(link.span, link.url.encode(encoding)), link.url)


def link_text(archive: Archive, url: str, template: str) -> str:
    """The text of the link that takes the place of an article's bare URL; of anything else the URL itself, and where
    the text would be none, or look like another URL."""
    folder = archive.article_folder(urls.canonical_url(url)) if urls.classify(url) is UrlKind.ARTICLE else None
    if folder is None:
        return url
    record = archive.record(folder)
    values = {
        "url": url,
        "title": title_of(record.title),
        "account": one_line(record.account),
        "date": beijing_date(record.published_at),
    }
    text = one_line(FIELD.sub(lambda field: values[field[1]], template)).strip()
    return text if text and "://" not in text.replace(url, "") else url


def archived_copy(archive: Archive, link: Link, mirrors: Mirrors | None = None) -> str | None:
    """What the archive has for a link, relative to its root: an image, a video, an article.md, an album's list."""
    url = "https:" + link.url if link.url.startswith("//") else link.url
    kind = urls.classify(url)
    if glued(url) and kind in (UrlKind.ARTICLE, UrlKind.ALBUM):
        return None  # the other URLs would be lost
    if link.role is Role.IMAGE and kind in (UrlKind.ARTICLE, UrlKind.ALBUM):
        return None  # a page is no image, neither there nor here
    if kind is UrlKind.ARTICLE:
        folder = archive.article_folder(urls.canonical_url(url))
        return f"{folder}/{TEXT}" if folder else None
    if kind is UrlKind.IMAGE or (link.role is Role.IMAGE and mirrors and mirrors.has(url)):
        key = urls.image_key(url)
        image = archive.image(key) if key else None
        return image.path if image else None
    if kind in (UrlKind.ALBUM, UrlKind.VIDEO):
        entry = archive.links.get(urls.canonical_url(url))
        return entry.target if entry and entry.target and archive.has_file(entry.target) else None
    return None
