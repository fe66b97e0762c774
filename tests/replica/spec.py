"""What a made-up article and its images are."""

from __future__ import annotations

import base64
import hashlib
import html
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

ImageFormat = Literal["png", "jpeg", "gif", "gif-animated", "webp", "svg"]

Motif = Literal["hills", "tiles", "arcs", "bars", "decay"]

_FORMATS: dict[str, ImageFormat] = {"png": "png", "jpg": "jpeg", "gif": "gif", "webp": "webp", "svg": "svg"}


def short_token(name: str) -> str:
    """The 22 characters after `/s/` that belong to `name`; always the same for the same name."""
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()[:16]).decode().rstrip("=")


def image_id(name: str) -> str:
    """An image's opaque, case-sensitive ID for `name`: 64 bytes in base64, with `i + /` written `ia ib ic`."""
    text = base64.b64encode(hashlib.sha512(name.encode()).digest()).decode().rstrip("=")
    return text.replace("i", "ia").replace("+", "ib").replace("/", "ic")


def bucket_format(key: str) -> ImageFormat:
    """The format that the bucket of `key` (`mmbiz_png/<ID>`) declares; JPEG where it names none."""
    return _FORMATS.get(key.partition("/")[0].rpartition("_")[2], "jpeg")


@dataclass(frozen=True, slots=True)
class ImageSpec:
    """An image. `key` is `BUCKET/ID`; `width` and `height` are pixels; `data`, where given, is served as it is.

    `format` is that of the bytes; it may differ from what the bucket and `wx_fmt` say, as it does at the real hosts.
    `size` is the last part of the URL's path: `640` in bodies, `0` for covers. `motif` is what is drawn; None
    lets the ID decide.
    """

    key: str
    width: int = 640
    height: int = 360
    format: ImageFormat = "png"
    data: bytes = b""
    host: str = "mmbiz.qpic.cn"
    wx_fmt: str = ""
    size: int = 640
    alt: str = ""
    motif: Motif | None = None

    @classmethod
    def named(
        cls,
        name: str,
        width: int = 640,
        height: int = 360,
        *,
        bucket: str = "mmbiz_png",
        format: ImageFormat | None = None,  # noqa: A002
        motif: Motif | None = None,
        alt: str = "",
    ) -> ImageSpec:
        """An image whose ID is derived from `name`; its format is the bucket's unless given."""
        key = f"{bucket}/{image_id(name)}"
        return cls(key, width, height, format or bucket_format(key), alt=alt, motif=motif)

    @property
    def url(self) -> str:
        """The URL as article pages write it."""
        fmt = self.wx_fmt or {"mmbiz": "other"}.get(self.key.partition("/")[0], bucket_format(self.key))
        return f"https://{self.host}/{self.key}/{self.size}?wx_fmt={fmt}&from=appmsg"

    @property
    def note_url(self) -> str:
        """The URL as it lands in notes when someone copies the image's address from a browser."""
        return self.url.replace("&from=appmsg", "&wxfrom=5&wx_lazy=1&wx_co=1")

    @property
    def tag(self) -> str:
        """The lazy `<img>` of an article's body: `data-src`, `data-ratio`, `data-w`, `data-type`, no `src`."""
        alt = f'alt="{html.escape(self.alt)}" ' if self.alt else ""
        return (
            f'<img {alt}class="rich_pages wxw-img" data-ratio="{self.height / self.width!r}" data-s="300,640" '
            f'data-src="{html.escape(self.url)}" data-type="{bucket_format(self.key)}" data-w="{self.width}" '
            'style="max-width: 100%;" />'
        )


class Template(StrEnum):
    """The era of WeChat's page that an article is served in."""

    TODAY = "today"  # 2025–26: hidden body, window.cgiDataNew
    CLASSIC = "classic"  # 2020–22: no cgiDataNew


@dataclass(frozen=True, slots=True)
class ArticleSpec:
    """An article. Only `title` and `body` (HTML) are needed; empty ids are derived from the title by `with_ids()`.

    `epoch` is the publish time in seconds; `cover` an image's URL; `images` tells the sizes of the body's images.
    `item_show_type` is written as given, but the page is always built like an article (0).
    `plain_strings` writes `window.cgiDataNew` in the dialect of mid-2026, without `JsDecode(…)`.
    `late_body` leaves the body out of the page; a script on res.wx.qq.com fills it in.
    `weight` is the size of the page's inline library script in kilobytes (real pages: up to 3,000).
    """

    title: str
    body: str
    account: str = "归档手记"
    author: str = ""
    epoch: int = 1_767_225_600
    biz: str = "MzA5MDAwMDAwMQ=="
    mid: str = ""
    idx: str = "1"
    sn: str = ""
    digest: str = ""
    cover: str = ""
    images: tuple[ImageSpec, ...] = ()
    item_show_type: int = 0
    template: Template = Template.TODAY
    plain_strings: bool = False
    late_body: bool = False
    weight: int = 48

    @property
    def identity(self) -> tuple[str, str, str]:
        """`(biz, mid, idx)`: the same for all URLs of one article."""
        return self.biz, self.mid, self.idx

    def with_ids(self) -> ArticleSpec:
        """The same article with `mid` and `sn` filled in where they are empty."""
        digest = hashlib.md5(self.title.encode(), usedforsecurity=False).hexdigest()
        mid = self.mid or str(1_000_000_000 + int(digest[:8], 16))
        return replace(self, mid=mid, sn=self.sn or digest)

    @property
    def long_url(self) -> str:
        """The long permanent link."""
        return (
            f"https://mp.weixin.qq.com/s?__biz={self.biz}&mid={self.mid}&idx={self.idx}&sn={self.sn}"
            "&scene=21#wechat_redirect"
        )
