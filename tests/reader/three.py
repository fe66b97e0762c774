"""Three articles and two notes, and what their pages say."""

from __future__ import annotations

from datetime import UTC, datetime

from bs4 import BeautifulSoup

from archiver.models import Loss
from tests.reader.library import Library, Made
from tests.replica.spec import ImageSpec, short_token

COVER = ImageSpec.named("cover")


def made(title: str, month: int, day: int, account: str = "甲", **more: object) -> Made:
    moment = datetime(2026, month, day, 20, tzinfo=UTC)  # already the next day in Beijing
    return Made(title, account=account, published=moment, token=short_token(title), **more)  # type: ignore[arg-type]


ONE = made("第一篇", 1, 5, images=[COVER], digest="摘要一", author="林深")
TWO = made("第二篇", 2, 7, "乙", losses=[Loss("video", "没有地址")])
THREE = made("第三篇", 2, 9)
NOTES = {
    "2026/二月.md": f"# 二月\n\n1. [b]({TWO.url})   :star::star:\n2. [c]({THREE.url}) ⭐⭐⭐ 好 [a]({ONE.url})\n",
    "散记.md": f"又见 {TWO.url} 。\n",
}


def content(library: Library) -> dict[str, bytes]:
    """The files of the archive and the notes, without machine state."""
    return {path: data for path, (data, _) in library.files().items() if not path.endswith("catalogue.db")}


def soup(library: Library, path: str) -> BeautifulSoup:
    return BeautifulSoup((library.archive / path).read_text("utf-8"), "lxml")


def names(library: Library, path: str) -> list[str]:
    return [name.get_text() for name in soup(library, path).select(".items .name")]


def article(library: Library, title: str) -> BeautifulSoup:
    return soup(library, f"{library.folders()[title]}/index.html")
