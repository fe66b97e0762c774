"""Further hosts whose images in notes are to be kept, and the Referer that each of them wants to see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from archiver.errors import ConfigError

# Image hosts that are common in Chinese notes and refuse requests that do not come from their own site (domain and its
# subdomains -> Referer).
KNOWN = {
    "csdnimg.cn": "https://blog.csdn.net/",
    "zhimg.com": "https://www.zhihu.com/",
    "jianshu.io": "https://www.jianshu.com/",
    "sinaimg.cn": "https://weibo.com/",
    "hdslb.com": "https://www.bilibili.com/",
    "cnblogs.com": "https://www.cnblogs.com/",
    "oschina.net": "https://www.oschina.net/",
    "doubanio.com": "https://www.douban.com/",
    "juejin.cn": "https://juejin.cn/",
    "byteimg.com": "https://juejin.cn/",
}
_HOST = re.compile(r"(?:[\w-]+\.)+[\w-]+")


class Mirrors:
    """The hosts of `[images] mirror_hosts`: a host, which stands for its subdomains too, and perhaps a Referer each.

    Raises ConfigError for an entry that cannot be meant.
    """

    def __init__(self, link_entries: Sequence[str] = ()) -> None:
        self._referers: dict[str, str] = {}
        for entry in link_entries:
            host, _, referer = entry.strip().lower().partition(" ")
            referer = referer.strip()
            if not _HOST.fullmatch(host) or (referer and not referer.startswith(("http://", "https://"))):
                raise ConfigError(
                    'images.mirror_hosts takes "HOST" or "HOST REFERER", such as "img-blog.csdnimg.cn '
                    f'https://blog.csdn.net/", not {entry!r}'
                )
            self._referers[host] = referer or _usual_referer(host)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts as configured."""
        return tuple(self._referers)

    def has(self, url: str) -> bool:
        """Whether images at this URL are to be kept."""
        return self.referer(url) is not None

    def has_host(self, host: str) -> bool:
        """Whether images of this host are to be kept."""
        return _entry(host, self._referers) is not None

    def referer(self, url: str) -> str | None:
        """What to send as Referer for this URL; None where its host is not mirrored."""
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:  # "Invalid IPv6 URL"
            return None
        entry = _entry(host, self._referers)
        return self._referers[entry] if entry else None


def _usual_referer(host: str) -> str:
    """The Referer that a host is known to want; a host that is not known gets its own address."""
    known = _entry(host, KNOWN)
    return KNOWN[known] if known else f"https://{host}/"


def _entry(host: str, table: dict[str, str]) -> str | None:
    parts = host.lower().rstrip(".").split(".")
    tails = (".".join(parts[index:]) for index in range(len(parts)))
    return next((tail for tail in tails if tail in table), None)
