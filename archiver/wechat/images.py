"""Image URLs: `http(s)://HOST/BUCKET/ID/SIZE[?query][#imgIndex=N]`.

One image appears under many URLs (hosts, sizes, display parameters); BUCKET/ID names it. IDs are case-sensitive.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Literal
from urllib.parse import unquote_to_bytes, urlsplit

from archiver.models import ImageFile, ImageRef
from archiver.wechat.secrets import SECRETS

Variant = Literal["given", "original"]

IMAGE_HOSTS = (
    "mmbiz.qpic.cn",  # most
    "mmbiz.qlogo.cn",  # formulas, older posts
    "mmecoa.qpic.cn",
    "wx.qlogo.cn",  # avatars
    "mmsns.qpic.cn",
    "res.wx.qq.com",  # emoji
)
# The addresses of images of which nobody knows any other: below it stands the SHA-256. Nobody can have such a host.
KEPT = "https://archiver.invalid/images/"
REFERER = "https://mp.weixin.qq.com/"  # any other Referer gets the hot-link placeholder; none at all is fine too

_FAMILIES = (".qpic.cn", ".qlogo.cn")  # Tencent's image hosts; mpvideo.qpic.cn serves videos
_BUCKET = re.compile(r"/((?:sz_)?mmbiz(?:_[a-z0-9]+)?|mmsns|mmemoticon)/([^/]+)(?:/([^/]*))?/?$")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_DISPLAY = frozenset({"tp", "wxfrom", "wx_lazy", "wx_co", "retryload", "randomid"})
_NOT_ASKED = _DISPLAY | SECRETS
_PLACEHOLDER_SIDE = 140
_PLACEHOLDER_BYTES = 2090
_DRAWN_BYTES = 4096  # a few flat letters on white stay below this at 140×140, photographs do not


def is_image_host(host: str) -> bool:
    """Whether `host` serves WeChat's images: one of IMAGE_HOSTS, or another of Tencent's image families."""
    host = host.lower()
    return host in IMAGE_HOSTS or (host.endswith(_FAMILIES) and not host.startswith("mpvideo."))


def image_key(url: str) -> str | None:
    """The image's name whatever the host, size and display noise: `mmbiz_png/<ID>`, else `host/path` (on a foreign
    host with its query, which may name the image).

    An image inlined as a `data:` URI is `data/<sha256 of the URI>`. None where `url` is no image address.
    """
    url = _absolute(url)
    if url.startswith("data:image/"):
        return "data/" + hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
    host, path, query = _split(url)
    if not host or not (path.strip("/") or (query and not is_image_host(host))):
        return None
    if not is_image_host(host):
        return image_requests(url, "given")[0].removeprefix("https://")
    found = _BUCKET.search(path)
    return f"{found[1]}/{found[2]}" if found else f"{host}{path}"


def image_requests(url: str, variant: Variant) -> tuple[str, ...]:
    """URLs to try in order for the image at `url`: by https, without the parameters that only serve display.

    Without `tp` the server sends the original format; `wx_fmt`, `from` and `watermark` stay. "original" tries the size
    `/0` first: common practice, so the URL as given stays as the fallback. Never empty; what is no http URL comes back
    as it is.
    """
    url = _absolute(url)
    if url.startswith("data:"):  # megabytes, which need not be parsed
        return (url,)
    host, path, query = _split(url)
    if not host:
        return (url,)
    kept = "&".join(part for part in query.split("&") if part and part.partition("=")[0] not in _NOT_ASKED)
    tail = f"?{kept}" if kept else ""
    given = f"https://{host}{path}{tail}".rstrip()
    found = _BUCKET.search(path) if is_image_host(host) else None
    if variant == "original" and found and found[3] and found[3] != "0":
        return (f"https://{host}{path[: found.start(3)]}0{tail}".rstrip(), given)
    return (given,)


def requests_of_image(ref: ImageRef, variant: Variant) -> tuple[str, ...]:
    """URLs to try in order for an article's image: "original" first tries the one that its author cropped."""
    requests = image_requests(ref.url, variant)
    if variant == "original" and ref.original:
        requests = (*image_requests(ref.original, variant), *requests)
    return tuple(dict.fromkeys(requests))


def image_ref(url: str, width: int | None = None, height: int | None = None, original: str = "") -> ImageRef | None:
    """The image at `url` as an article wants it, or None where `url` is no image address."""
    key = image_key(url)
    return ImageRef(key, image_requests(url, "given")[0], width, height, original) if key else None


def inlined_image(url: str) -> bytes | None:
    """The bytes of an image that the page carries itself as a `data:` URI; None where `url` is none or is broken."""
    head, comma, payload = url.partition(",")
    if not comma or not head.startswith("data:image/"):
        return None
    data = unquote_to_bytes(payload.encode("utf-8", "surrogatepass"))
    if not head.endswith(";base64"):
        return data
    try:
        return base64.b64decode(data, validate=False)
    except binascii.Error:
        return None


def looks_like_placeholder(ref: ImageRef, file: ImageFile) -> bool:
    """Whether `file` is the hot-link notice (此图片来自微信公众平台) that came instead of the image `ref`.

    The notice is a JPEG of 140×140 pixels and 2,090 bytes, sent with status 200 (reported by several, its bytes are not
    at hand). Small real images exist, so size alone proves nothing:

    * anything but a 140×140 JPEG is not it;
    * exactly 2,090 bytes as well: it is, no image hits all four by chance;
    * the page promised a size (`data-w` × `data-ratio` is right in practice): it is, if the promise was another size;
    * no promise (notes): a body image (a BUCKET with a size other than `/0` or `/132`) of at most 4 kB is taken for
      it, since a photograph of that size is larger; avatars, which really are 140×140, have another shape of URL.
    """
    side = _PLACEHOLDER_SIDE
    if file.media_type != "image/jpeg" or (file.width, file.height) != (side, side):
        return False
    if len(file.data) == _PLACEHOLDER_BYTES:
        return True
    if ref.width and ref.height:
        return abs(ref.width - side) > 1 or abs(ref.height - side) > 1
    host, path, _ = _split(ref.url)
    found = _BUCKET.search(path) if is_image_host(host) and host != "wx.qlogo.cn" else None
    return bool(found and found[3] and found[3].isdigit() and int(found[3]) > side) and (len(file.data) <= _DRAWN_BYTES)


def _absolute(url: str) -> str:
    url = url.strip()
    while "&amp;" in url:
        url = url.replace("&amp;", "&")
    return "https:" + url if url.startswith("//") else url


def _split(url: str) -> tuple[str, str, str]:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:  # "Invalid IPv6 URL", "Port out of range"
        return "", "", ""
    if "<" in url or ">" in url:  # a quote is missing somewhere: what follows is markup
        return "", "", ""
    if parts.scheme not in ("http", "https") or port not in (None, 80, 443) or not _HOST.fullmatch(host):
        return "", "", ""
    return host, parts.path, parts.query
