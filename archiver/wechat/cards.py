"""What a body embeds and an archive cannot run (accounts, mini-programs, votes, players): one readable line each."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from archiver.dom import Document, Tag, empty, is_gone
from archiver.models import ONLY_A_LINE, Loss, LossCode
from archiver.models.media import MediaRef
from archiver.wechat.drawn import CLASSES, drawn_copies, is_drawn
from archiver.wechat.held import Held
from archiver.wechat.media import is_video_url, video, video_of_url, voice
from archiver.wechat.urls import link_url

_LONGEST = 300  # characters of one datum on a card
_OF_WECHAT = ("mp", "qq", "tx", "wx")  # how the names begin of elements that WeChat invents, and no others do
_NO_CARD = frozenset({"mp-pay-preview-filter"})
_NAME = re.compile(r"[a-z0-9-]{1,40}")
_MOST_UNKNOWN = 20


@dataclass(frozen=True, slots=True)
class Card:
    """A line of text, perhaps with a link and an image (`cover`); what it plays (`media`), what is not kept of it."""

    kind: str
    words: str
    link: str = ""
    loss: Loss | None = None
    media: MediaRef | None = None
    cover: str = ""


class Embedded(NamedTuple):
    """What of a body was embedded: what is lost with it, the audio and video files that WeChat itself serves, both in
    reading order, and the names of WeChat's elements that nobody knows."""

    losses: list[Loss]
    media: list[MediaRef]
    unknown: tuple[str, ...]


def read_cards(root: Tag, soup: Document) -> Embedded:
    """Turns what `root` embeds into `<p data-card="kind">` lines."""
    losses: list[Loss] = []
    media: dict[str, MediaRef] = {}
    unknown: set[str] = set()
    for copy in drawn_copies(root):
        empty(copy)
    for tag in root.find_all(_is_embedded):
        if is_gone(tag):  # inside one that is done
            continue
        if tag.name not in _CARDS and tag.name.startswith(_OF_WECHAT) and _NAME.fullmatch(tag.name):
            unknown.add(tag.name)
        card = _card(tag)
        if card is None:
            tag.name, tag.attrs = "section", {}  # unknown: what it shows is kept
            continue
        if card.loss:
            losses.append(card.loss)
        if card.media:
            media.setdefault(card.media.key, card.media)
        _fill(tag, card, soup)
    return Embedded(losses, list(media.values()), tuple(sorted(unknown - _NO_CARD))[:_MOST_UNKNOWN])


def holds_cards(held: Held) -> bool:
    """Whether a body may hold something embedded."""
    return held.has(_CARDS.keys(), CLASSES) or any(name.startswith(_OF_WECHAT) for name in held.names)


def _is_embedded(tag: Tag) -> bool:
    return tag.name in _CARDS or tag.name.startswith(_OF_WECHAT) or is_drawn(tag)


def _card(tag: Tag) -> Card | None:
    make = _CARDS.get(tag.name)
    if make:
        return make(tag)
    if is_drawn(tag):
        return _drawn(tag)
    words = _datum(tag, "data-title", "data-nickname", "data-name", "title", "name")
    what = tag.name.removeprefix("mp-").removeprefix("common-")
    return _lost(what, "卡片", words) if words else None


def _fill(tag: Tag, card: Card, soup: Document) -> None:
    above = tag.find_parent("p")
    if above is not None:
        above.name = "section"  # a paragraph cannot hold another
    tag.clear(decompose=True)
    tag.name, tag.attrs = "p", {"data-card": card.kind}
    if card.media:
        tag["data-media"] = card.media.key
    if card.cover:
        tag.extend([soup.new_tag("img", attrs={"data-src": card.cover}), soup.new_tag("br")])
    if card.link:
        link = soup.new_tag("a", attrs={"href": card.link})
        link.string = card.words
        tag.append(link)
    else:
        tag.append(card.words)


def _datum(tag: Tag, *names: str) -> str:
    for name in names:
        value = " ".join(html.unescape(str(tag.get(name) or "")).split())  # escaped twice in real pages
        if value:
            return value[:_LONGEST]
    return ""


def _line(label: str, *words: str) -> str:
    said = " — ".join(word for word in words if word)
    return f"{label}：{said}" if said else label


def _lost(kind: str, label: str, *words: str, link: str = "", what: str = "card") -> Card:
    line = _line(label, *words)
    return Card(kind, line, link, Loss(what, f"{ONLY_A_LINE}{line}", link, body=False, code=LossCode.LINE_ONLY))


def _profile(tag: Tag) -> Card:
    alias = _datum(tag, "data-alias")
    name = _datum(tag, "data-nickname", "data-name")
    named = f"{name}（{alias}）" if alias and name else name or alias
    return Card("profile", _line("公众号", named, _datum(tag, "data-signature")))


def _miniprogram(tag: Tag) -> Card:
    title = _datum(tag, "data-miniprogram-title", "data-title")
    return _lost("miniprogram", "小程序", _datum(tag, "data-miniprogram-nickname", "data-nickname"), title)


def _audio(tag: Tag) -> Card:
    name = unquote(_datum(tag, "name", "data-name"))
    media = _datum(tag, "voice_encode_fileid", "data-voice_encode_fileid", "data-mediaid")
    words = " ".join(word for word in (name, _minutes(_datum(tag, "play_length", "data-play_length"))) if word)
    if not media:
        return _lost("audio", "音频", words, what="audio")
    audio = voice(media, name)
    return Card("audio", _line("音频", words), audio.sources[0].url, media=audio)


def _music(tag: Tag) -> Card:
    title = _datum(tag, "music_name", "data-music_name", "data-title", "name")
    return _lost("music", "音乐", title, _datum(tag, "singer", "data-singer", "data-author"), what="music")


def _videosnap(tag: Tag) -> Card:
    name = _datum(tag, "data-nickname", "data-name") or _said(tag, ".video_channel_nickname, .nickname")
    words = _datum(tag, "data-desc", "data-title") or _said(tag, ".video_channel_desc, .desc")
    if not name and not words:
        words = " ".join(tag.get_text(" ").split())[:_LONGEST]
    return _lost("videosnap", "视频号", name, words, what="video")


def _vote(tag: Tag) -> Card:
    """Its questions with their options, as far as the page has them: `[{title, options: [{name}]}]`."""
    try:
        subjects = json.loads(html.unescape(str(tag.get("data-votesubject") or "[]")))
    except (ValueError, RecursionError):
        subjects = []
    said = []
    for subject in subjects if isinstance(subjects, list) else []:
        options = " / ".join(filter(None, map(_name, _member(subject, "options") or [])))
        said.append(_name(subject, "title") + (f"（{options}）" if options else ""))
    return _lost("vote", "投票", "；".join(filter(None, said)) or _datum(tag, "data-title", "data-name"))


def _member(value: object, name: str) -> list[object]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _name(value: object, name: str = "name") -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return " ".join(html.unescape(str(found or "")).split())[:_LONGEST]


def _drawn(tag: Tag) -> Card | None:
    """A card of a page that was saved after its scripts ran."""
    classes = tag.get_attribute_list("class")
    if "js_plain-music_entry" in classes:
        return _music(tag)
    if "js_video_channel_card" in classes:
        return _videosnap(tag)
    if "video_iframe" in classes:
        return _frame(tag)
    words = [_said(tag, ".weapp_card_nickname"), _said(tag, ".weapp_card_title")]
    return _lost("miniprogram", "小程序", *words) if any(words) else None


def _said(tag: Tag, selector: str) -> str:
    found = tag.select_one(selector)
    return " ".join(found.get_text().split())[:_LONGEST] if found else ""


def _frame(tag: Tag) -> Card | None:
    address = _datum_long(tag, "data-src", "src")
    classes = " ".join([tag.name, *(tag.get("class") or [])])
    if "vote" in classes or "vote" in address:
        return _vote(tag)
    link = link_url(address) or ""
    own = str(tag.get("data-mpvid") or "")
    named = str(tag.get("vid") or "")
    if not own and named.startswith("wxv_"):
        own = named
    if "video" in classes or "vlog" in classes or own or "v.qq.com" in address or "video" in address:
        words, cover = _datum(tag, "data-title", "title"), unquote(_datum_long(tag, "data-cover"))
        vid = (parse_qs(urlsplit(link).query).get("vid", [""])[0] if link else "") or named
        if own or vid.startswith("wxv_"):
            return Card("video", _line("视频", words), link, media=video(own or vid, words), cover=cover)
        if re.fullmatch(r"[a-z0-9]{11}", vid):
            link = f"https://v.qq.com/x/page/{vid}.html"
        return replace(_lost("video", "视频", words, link=link, what="video"), cover=cover)
    return _lost("frame", "嵌入内容", link=link) if link else None


def _video(tag: Tag) -> Card:
    link = link_url(_datum_long(tag, "src", "data-src")) or ""
    words, cover = _datum(tag, "title"), _datum_long(tag, "poster")
    if is_video_url(link):
        return Card("video", _line("视频", words), link, media=video_of_url(link), cover=cover)
    return replace(_lost("video", "视频", words, link=link, what="video"), cover=cover)


def _datum_long(tag: Tag, *names: str) -> str:
    return next((str(tag[name]) for name in names if tag.get(name)), "")


def _minutes(milliseconds: str) -> str:
    if not milliseconds.isascii() or not milliseconds.isdigit() or len(milliseconds) > 9:
        return ""
    seconds = int(milliseconds) // 1000 if len(milliseconds) > 4 else int(milliseconds)
    return f"{seconds // 60:02}:{seconds % 60:02}"


def _place(tag: Tag) -> Card:
    return _lost("place", "地点", _datum(tag, "data-name", "data-title"), _datum(tag, "data-address"))


def _labelled(kind: str, label: str, *names: str) -> Callable[[Tag], Card]:
    return lambda tag: _lost(kind, label, _datum(tag, *names))


_CARDS: dict[str, Callable[[Tag], Card | None]] = {
    "mp-common-profile": _profile,
    "mp-common-miniprogram": _miniprogram,
    "mp-miniprogram": _miniprogram,
    "mp-weapp": _miniprogram,
    "mpvoice": _audio,
    "mp-common-mpaudio": _audio,
    "audio": _audio,
    "qqmusic": _music,
    "mp-common-qqmusic": _music,
    "mp-common-music": _music,
    "mp-common-videosnap": _videosnap,
    "mpvideosnap": _videosnap,
    "txvlog": _frame,
    "iframe": _frame,
    "video": _video,
    "mp-common-vote": _vote,
    "mp-vote": _vote,
    "mp-common-redpacket": _labelled("redpacket", "红包封面", "data-name", "data-title"),
    "mp-common-redpacketcover": _labelled("redpacket", "红包封面", "data-name", "data-title"),
    "mp-common-product": _labelled("product", "商品", "data-title", "data-name"),
    "mp-common-cpsad": _labelled("product", "商品", "data-title", "data-name"),
    "mp-common-sticker": _labelled("sticker", "表情", "data-title", "data-name"),
    "mp-common-poi": _place,
}
