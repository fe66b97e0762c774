"""Posts that keep their substance in data: picture posts (type 8), text (10, 17), video (5), audio (7), music (6).

Type 8 has no `#js_content`; type 10 has one that holds only an account card.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from archiver.dom import parse_page
from archiver.models import Kind, Loss, LossCode
from archiver.models.media import MediaSource
from archiver.wechat.body import Body, clean_body
from archiver.wechat.jsvalue import Value, member, text
from archiver.wechat.meta import Meta, PageData
from archiver.wechat.plain import NOISE, weight, without_markup
from archiver.wechat.sources import giver_first
from archiver.wechat.videos import read_videos, video_sources

KINDS = {
    5: Kind.VIDEO,
    6: Kind.MUSIC,
    7: Kind.AUDIO,
    8: Kind.PICTURE,
    10: Kind.TEXT,
    17: Kind.TEXT,
}
REPOST_TYPE = 11
_LONGEST_TITLE = 50  # characters; a longer "title" of a text post is its whole text
_TEXT_IMAGES = ("picture_page_info_list", "short_msg_pic_url", "picture_info")
_BEGIN = 10  # characters by which a text is known
_TWICE = re.compile(r"&amp;(?:amp|lt|gt|quot|nbsp|#39);")
_WRITTEN_LIST = "#img_list img"  # the template of 2018 writes the images into the page


def read_post(page: PageData, meta: Meta, kind: Kind, scripted: str) -> Body:
    """The body of a post of `kind`; `written` is what the page's scripts write into it. May be empty."""
    places, words = _words(page, meta, kind, scripted)
    listed = _image_list(page, meta, kind)
    parts = [*listed.html, *_paragraphs(words), *_media(page, kind)]
    root = parse_page(f"<div>{''.join(parts)}</div>")
    body = clean_body(root.find("div") or root, root)
    losses = [*body.losses]
    if _lost_live_photos(page):
        losses.append(Loss("video", "the moving part of a live photo", body=False, code=LossCode.LIVE_PHOTO))
    if kind in (Kind.VIDEO, Kind.AUDIO, Kind.MUSIC):
        why = "the page gives no address of it"
        losses = [
            replace(loss, why=why, body=True, code=LossCode.NO_ADDRESS) if loss.what == kind.value else loss
            for loss in losses
        ]
    media = tuple(replace(ref, body=kind is not Kind.PICTURE) for ref in body.media)
    return replace(
        body, losses=tuple(losses), media=media, sources=places, image_sources=(listed.source,) if listed.html else ()
    )


def post_title(page: PageData, meta: Meta, kind: Kind, scripted: str) -> str:
    """The post's title; that of an untitled text is the beginning of its text."""
    title = meta.title
    named = text(member(page.cgi, "text_page_info", "is_user_title")) == "1"
    if title and (kind is not Kind.TEXT or named or len(title) <= _LONGEST_TITLE):
        return title
    plain = parse_page(f"<p>{title or _words(page, meta, kind, scripted)[1]}</p>").get_text()
    first = next((line.strip() for line in plain.splitlines() if line.strip()), "")
    return first if len(first) <= _LONGEST_TITLE else first[: _LONGEST_TITLE - 1] + "…"


def _words(page: PageData, meta: Meta, kind: Kind, scripted: str) -> tuple[tuple[str, ...], str]:
    """The places that have the post's text, the fullest one first; its text as HTML source: entities once, line breaks
    as they are."""
    info = member(page.cgi, "text_page_info")
    candidates = {"cgiDataNew:content_noencode": text(member(page.cgi, "content_noencode"))}
    if kind is Kind.TEXT:
        for name in ("content_noencode", "content"):
            candidates[f"cgiDataNew:text_page_info.{name}"] = text(member(info, name))
        candidates["title"] = html.escape(meta.title)
    for name in ("desc", "d.desc"):
        candidates[f"script:{name}"] = text(page.names.get(name))
    found = giver = ""
    for place, words in candidates.items():
        words = _once_escaped(words)
        if words.strip() and (not found.strip() or weight(words) > weight(found) + NOISE):
            found, giver = words, place
    last = {
        "script:document.write": scripted,
        "cgiDataNew:desc": text(member(page.cgi, "desc")),
        "meta:og:description": html.escape(page.meta_lines("og:description", meta.show_type)),
    }
    for place, words in last.items():
        words = _once_escaped(words)
        if words.strip() and (not found.strip() or _goes_on(found, words)):
            found, giver = words, place
    having = (place for place, words in (candidates | last).items() if words.strip())
    return giver_first(giver, having), found


def _goes_on(excerpt: str, words: str) -> bool:
    """Whether a description of a post has the post's text and more: else it is a digest of its own."""
    begin = _shown(excerpt)[:_BEGIN]
    return begin in _shown(words) and weight(words) > weight(excerpt) + NOISE


def _shown(words: str) -> str:
    return "".join(html.unescape(without_markup(words)).split())


def _once_escaped(words: str) -> str:
    return html.unescape(words) if _TWICE.search(words) else words


def _paragraphs(words: str) -> list[str]:
    blocks = re.split(r"\n[ \t]*\n\s*", words.replace("\r\n", "\n").replace("\r", "\n").strip())
    return [f"<p>{block.strip().replace(chr(10), '<br>')}</p>" for block in blocks if block.strip()]


def _picture_list(page: PageData) -> list[Value]:
    found = page.value("picture_page_info_list")
    return found if isinstance(found, list) else []


class _Listed(NamedTuple):
    """The images of a post as HTML, and the place that lists them."""

    html: list[str]
    source: str = ""


def _image_list(page: PageData, meta: Meta, kind: Kind) -> _Listed:
    """First level only: `watermark_info.cdn_url` and `share_cover.cdn_url` are other images."""
    if kind in (Kind.VIDEO, Kind.AUDIO, Kind.MUSIC) and meta.cover:
        return _Listed([_image(meta.cover)], meta.sources["cover"][0])
    if kind is Kind.TEXT:
        return _Listed([_image(url) for url in _short_text_images(page)], "cgiDataNew:text_page_info")
    if kind is not Kind.PICTURE:
        return _Listed([])
    listed = [
        _image(text(member(entry, "cdn_url")), text(member(entry, "width")), text(member(entry, "height")))
        + _live_photo(entry)
        for entry in _picture_list(page)
        if text(member(entry, "cdn_url"))
    ]
    if listed:
        return _Listed(listed, "cgiDataNew:picture_page_info_list")
    addresses = (str(tag.get("data-src") or tag.get("src") or "") for tag in page.soup.select(_WRITTEN_LIST))
    return _Listed(list(map(_image, addresses)), f"element:{_WRITTEN_LIST}")


def _short_text_images(page: PageData) -> Iterator[str]:
    """The images that stand before a post of text, under whichever name the page has them."""
    info = page.value("text_page_info")
    pages = [page.value("picture_page_info_list"), *(member(info, name) for name in _TEXT_IMAGES)]
    listed = next((found for found in pages if isinstance(found, list) and found), [])
    for entry in listed:
        yield text(entry) or next(filter(None, (text(member(entry, name)) for name in ("cdn_url", "url"))), "")


def _image(url: str, width: str = "", height: str = "") -> str:
    size = ""
    if width.isdigit() and height.isdigit() and int(width[:9]) and int(height[:9]):
        size = f' data-w="{width}" data-ratio="{int(height) / int(width):.9f}"'
    return f'<p><img data-src="{html.escape(html.unescape(url))}"{size}></p>'


def _live_photo(entry: Value) -> str:
    """The moving part of a live photo, where the page gives its address."""
    sources = video_sources(member(entry, "live_photo", "format_info"))
    return f'<video src="{html.escape(sources[0].url)}" title="实况照片"></video>' if sources else ""


def _lost_live_photos(page: PageData) -> bool:
    return any(
        (member(entry, "live_photo", "format_info") or text(member(entry, "live_photo", "vid")))
        and not _live_photo(entry)
        for entry in _picture_list(page)
    )


def _media(page: PageData, kind: Kind) -> list[str]:
    """A card for what a video, audio or music post is about."""
    title = html.escape(page.cgi_text("title") or page.name_text("d.title") or page.meta_text("og:title"))
    if kind is Kind.VIDEO:
        return [_video(vid, sources, title) for vid, sources in read_videos(page.cgi, page.names).items()] or [
            f'<iframe class="video_iframe" data-title="{title}"></iframe>'
        ]
    if kind is Kind.MUSIC:
        return [f'<qqmusic music_name="{title}"></qqmusic>']
    if kind is Kind.AUDIO:
        return [
            f'<mpvoice name="{html.escape(name) or title}" voice_encode_fileid="{html.escape(voice)}"></mpvoice>'
            for voice, name in (_voices(page) or {"": ""}).items()
        ]
    return []


def _video(vid: str, sources: tuple[MediaSource, ...], title: str) -> str:
    if vid:
        return f'<iframe class="video_iframe" data-mpvid="{html.escape(vid)}" data-title="{title}"></iframe>'
    return f'<video src="{html.escape(sources[0].url)}" title="{title}"></video>'


def _voices(page: PageData) -> dict[str, str]:
    """The recordings of an audio post: id -> name, which may be empty."""
    found = page.value("voice_in_appmsg")
    inner = member(found, "voice_in_appmsg")  # a list, one of its entries, or an object around either
    voices = inner if inner is not None else found
    named: dict[str, str] = {}
    for voice in voices if isinstance(voices, list) else [voices]:
        ids = (text(member(voice, name)) for name in ("voice_id", "voice_encode_fileid", "mediaid"))
        titles = (text(member(voice, name)) for name in ("title", "name", "voice_name"))
        if key := next(filter(None, ids), ""):
            named.setdefault(key, next(filter(None, titles), ""))
    return named
