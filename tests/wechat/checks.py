"""What must come of the bytes of any page."""

from __future__ import annotations

from archiver.errors import ArchiverError
from archiver.models import Article, Refusal
from archiver.wechat.page import read_page

URL = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"


def check_read(page: bytes) -> None:
    """An Article, a Refusal or an error of our own, never anything else."""
    try:
        found = read_page(page, URL)
    except ArchiverError:
        return
    assert isinstance(found, Article | Refusal)
    if isinstance(found, Article):
        assert found.title or found.mid
        assert found.body
        found.body.encode()
        assert all(image.key and image.url for image in found.images)
