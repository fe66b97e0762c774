"""Audio and video files that WeChat itself serves: their addresses.

The audio's address is made from its media id and stays. Those of a video (videos.py) are signed and expire.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from archiver.models.media import MediaKind, MediaRef, MediaSource

VOICE_HOST = "res.wx.qq.com"
VIDEO_HOSTS = ("mpvideo.qpic.cn",)

_VOICE = f"https://{VOICE_HOST}/voice/getvoice?mediaid="


def is_media_host(host: str) -> bool:
    """Whether `host` serves audio or video files of WeChat's own."""
    return host.lower() in (*VIDEO_HOSTS, VOICE_HOST)


def voice(media_id: str, title: str = "") -> MediaRef:
    """The audio of a `voice_encode_fileid`; WeChat serves it as MP3."""
    return MediaRef(
        MediaKind.AUDIO,
        f"audio/{media_id}",
        title,
        (MediaSource(_VOICE + quote(media_id, safe="=-_")),) if media_id else (),
    )


def video(vid: str, title: str = "") -> MediaRef:
    """A video of which only the id is known so far; `with_sources` adds its addresses."""
    return MediaRef(MediaKind.VIDEO, f"video/{vid}", title)


def video_of_url(url: str) -> MediaRef:
    """The video behind an address, known by the file's name: its signature changes from visit to visit."""
    return MediaRef(MediaKind.VIDEO, "video" + urlsplit(url).path, "", (MediaSource(url),))


def is_video_url(url: str) -> bool:
    """Whether `url` is an address of a video that WeChat serves."""
    try:
        return urlsplit(url).hostname in VIDEO_HOSTS
    except ValueError:  # "Invalid IPv6 URL"
        return False
