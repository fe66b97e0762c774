"""Articles, records and images for the tests of the render room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html import escape

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from archiver.models import Article, ArticleRecord, Kind, Loss, Status, StoredImage
from archiver.render.links import LocalFiles

FOLDER = "articles/2022/03/2022-03-05-样例号-第一篇-0123456789ab"
MOMENT = datetime(2022, 3, 4, 16, 30, tzinfo=UTC)  # already the 5th in Beijing
HOST = "https://mmbiz.qpic.cn/mmbiz_png"
ONE, TWO, LOST = f"{HOST}/one/640?wx_fmt=png", f"{HOST}/two/640?wx_fmt=jpeg", f"{HOST}/lost/640?wx_fmt=gif"
SHA_ONE, SHA_TWO = "ab" + "1" * 62, "cd" + "2" * 62

IMAGES: Mapping[str, StoredImage] = {
    ONE: StoredImage("mmbiz_png/one", ONE, f"images/ab/{SHA_ONE}.png", SHA_ONE, "image/png", 640, 360),
    TWO: StoredImage("mmbiz_png/two", TWO, f"images/cd/{SHA_TWO}.svg", SHA_TWO, "image/svg+xml"),
    LOST: StoredImage("mmbiz_png/lost", LOST, error="HTTP 404"),
}
PICTURES = LocalFiles(FOLDER, IMAGES)

ARTICLE = Article(
    url="https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv",
    kind=Kind.ARTICLE,
    title="样例 [1]：标题 & <b>",
    account="样例号",
    author="甲 | 乙",
    published_at=MOMENT,
    biz="MzA4",
    mid="2651",
    idx="1",
    sn="0f0f",
    digest="摘要",
    cover="",
    body="<p>正文</p>",
)
RECORD = ArticleRecord(
    id="0123456789ab",
    folder=FOLDER,
    status=Status.PARTIAL,
    kind=Kind.ARTICLE,
    url=ARTICLE.url,
    aliases=(ARTICLE.url,),
    title=ARTICLE.title,
    account=ARTICLE.account,
    author=ARTICLE.author,
    published_at=MOMENT,
    biz="MzA4",
    mid="2651",
    idx="1",
    sn="0f0f",
    digest="摘要",
    cover="",
    images=tuple(IMAGES.values()),
    losses=(Loss("image", "HTTP 404", LOST),),
    captured_at=MOMENT,
    capture={"engine": "http", "http_status": 200, "rendered": False},
)

_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def article(body: str, title: str = ARTICLE.title) -> Article:
    return replace(ARTICLE, body=body, title=title)


def rendered(markdown: str) -> BeautifulSoup:
    """Markdown as a CommonMark parser with GitHub's tables and strike-through shows it."""
    return BeautifulSoup(_PARSER.render(markdown), "lxml")


def shown_text(soup: BeautifulSoup) -> str:
    """The text that a reader sees, white space collapsed, a line break as a space."""
    for line_break in soup.find_all("br"):
        line_break.replace_with(" ")
    return " ".join(soup.get_text().split())


def as_text(text: str) -> str:
    """`text` as HTML text."""
    return escape(text, quote=False)
