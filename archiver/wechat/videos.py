"""Videos that WeChat itself serves: where a page says they are.

Their addresses are in `video_page_infos` (today), `videoPageInfos` (until 2024) or a bare list (posts of kind video),
one per quality; they are signed and expire.
"""

from __future__ import annotations

from collections.abc import Iterator

from archiver.models.media import MediaKind, MediaRef, MediaSource
from archiver.wechat.jsvalue import Value, member, text
from archiver.wechat.media import is_video_url

_LISTS = ("video_page_infos", "videoPageInfos", "__videoPageInfos", "d.video_page_infos")
_SINGLE = ("video_page_info", "d.video_page_info")
_BARE = ("mp_video_trans_info", "__mpVideoTransInfo")


def read_videos(cgi: dict[str, Value], names: dict[str, Value]) -> dict[str, tuple[MediaSource, ...]]:
    """The videos that the page's data describes: id -> addresses, best quality first. The id is "" where a post's only
    video has none."""
    found: dict[str, tuple[MediaSource, ...]] = {}
    for info in _infos(cgi, names):
        sources = video_sources(member(info, "mp_video_trans_info"))
        if sources:
            found.setdefault(text(member(info, "video_id")) or text(member(info, "vid")), sources)
    for name in _BARE:
        sources = video_sources(names.get(name))
        if sources:
            found.setdefault("", sources)
    return found


def video_sources(listed: Value) -> tuple[MediaSource, ...]:
    """Addresses of one video, best quality first: by size, else by `format_id` (10002 highest, 10004 lowest)."""
    if not isinstance(listed, list):
        return ()
    ranked = []
    for entry in listed:
        url = text(member(entry, "url")).replace("&amp;", "&").strip()
        url = "https:" + url if url.startswith("//") else url.replace("http://", "https://", 1)
        if not is_video_url(url):
            continue
        size, form = _number(member(entry, "filesize")), _number(member(entry, "format_id"))
        ranked.append((-size, form, MediaSource(url, size)))
    return tuple(source for _, _, source in sorted(ranked, key=lambda item: item[:2]))


def with_sources(ref: MediaRef, videos: dict[str, tuple[MediaSource, ...]]) -> MediaRef:
    """`ref` with the addresses that the page gives for it; audio has its own."""
    if ref.sources or ref.kind is not MediaKind.VIDEO:
        return ref
    sources = videos.get(ref.key.removeprefix("video/"), ())
    return MediaRef(ref.kind, ref.key, ref.title, sources, ref.body)


def _infos(cgi: dict[str, Value], names: dict[str, Value]) -> Iterator[Value]:
    for source in (cgi, names):
        for name in _LISTS:
            listed = source.get(name)
            if isinstance(listed, list):
                yield from listed
        for name in _SINGLE:
            yield source.get(name)


def _number(value: Value) -> int:
    digits = text(value)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else 0
