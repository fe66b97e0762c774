"""Which hosts may be asked for images, audio and video, and so which missing files may come at all."""

from __future__ import annotations

from urllib.parse import urlsplit

from archiver.due.mirrors import Mirrors
from archiver.errors import HostRefusedError
from archiver.fetch.hosts import HostRule, check_url
from archiver.models import ArticleRecord, LossCode, StoredImage
from archiver.wechat.images import is_image_host
from archiver.wechat.media import is_media_host

_NEVER = (LossCode.NO_ADDRESS, LossCode.TOO_MANY)


def file_hosts(mirrors: Mirrors) -> HostRule:
    """Whether a host may be asked for files."""
    return lambda host: is_image_host(host) or is_media_host(host) or mirrors.has_host(host)


def may_come(image: StoredImage, allowed: HostRule) -> bool:
    """Whether asking for an image that is missing could help: one that a page carries itself, or for which nobody may
    be asked, stays missing."""
    if image.code in _NEVER or image.url.startswith("data:"):
        return False
    try:
        check_url(image.url, allowed)
    except HostRefusedError:
        return False
    return True


def hosts_to_mirror(record: ArticleRecord) -> tuple[str, ...]:
    """The hosts that would have to be in [images] mirror_hosts for the images that an article lacks."""
    refused = (image for image in record.images if image.code is LossCode.HOST_REFUSED)
    hosts = (urlsplit(image.url).hostname or "" for image in refused if may_come(image, lambda host: "." in host))
    return tuple(dict.fromkeys(host for host in hosts if not is_image_host(host)))
