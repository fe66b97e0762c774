"""What an element of a page is by its tag: the page's frame, something embedded, a video, an image."""

from __future__ import annotations

import re


def words(table: str) -> frozenset[str]:
    """The words of a table."""
    return frozenset(table.split())


_HIDDEN = re.compile(r"(?:^|;)\s*display\s*:\s*none\b", re.IGNORECASE)
_FRAME = words(
    "rich_media_tool qr_code_pc wx_stream_article_slide_tip code-snippet__line-index weapp_display_element"
    " js_weapp_display_element audio_area js_audio_frame share_audio_context qqmusic_area js_video_channel_card"
    " js_plain-music_entry katex-mathml MJX_Assistive_MathML"
)
_FRAME_IDS = words("js_pc_qr_code js_tags_preview_toast content_bottom_area")
_EMBEDDED = words("""
    mpvoice mp-common-mpaudio qqmusic mp-common-qqmusic mp-common-music mpvideosnap mp-common-videosnap mp-style-type
    mp-common-profile mp-common-miniprogram mp-miniprogram mp-weapp mp-common-vote mp-vote mp-common-redpacket
    mp-common-redpacketcover mp-common-product mp-common-cpsad mp-common-sticker mp-common-poi
""")
_NAMED_BY = words("data-title data-nickname data-name title name")
_ADDRESSES = ("http", "//", "data:image/", "../")
_DOT = 300  # characters of the image that stands where a player will be


def is_frame(tag: str, given: dict[str, str]) -> bool:
    """Whether what is in an element is not the author's: the page's frame, what scripts draw, what is hidden."""
    if "data-formula" in given or given.get("id") in _FRAME_IDS or is_embedded(tag, given):
        return True
    classes = given["class"].split() if "class" in given else ()
    if classes and not _FRAME.isdisjoint(classes):
        return True
    player = "video_iframe" in classes and bool(given.get("data-mpvid") or given.get("vid"))
    return player or ("display" in given.get("style", "").lower() and _HIDDEN.search(given["style"]) is not None)


def is_embedded(tag: str, given: dict[str, str]) -> bool:
    """Whether an element stands for what its data say, so that what is in it was drawn."""
    if not tag.startswith(("mp", "qqmusic")):
        return False
    return tag in _EMBEDDED or (tag.startswith("mp-") and not _NAMED_BY.isdisjoint(given))


def is_video(tag: str, given: dict[str, str]) -> bool:
    """Whether an element stands for a video."""
    if given.get("data-mpvid") or ("class" in given and "video_iframe" in given["class"].split()):
        return True
    return tag == "iframe" and "v.qq.com" in given.get("data-src", given.get("src", ""))


def image_address(given: dict[str, str]) -> str:
    """Where an element with these attributes has its image; "" for none, and for the dot where a player will be."""
    dot = given.get("src", "").startswith("data:") and len(given["src"]) < _DOT
    if "img_loading" in given.get("class", "") and dot and not given.get("data-src"):
        return ""
    names = ("data-src", "src", "href", "xlink:href")
    return next((given[name] for name in names if given.get(name, "").startswith(_ADDRESSES)), "")
