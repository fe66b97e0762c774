"""What the tests of notes share: a fake archive, and what a second Markdown parser makes of a note."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from archiver.models import Link, Role
from archiver.notes.find import find_links
from archiver.notes.rewrite import ArticleMode, Change, plan
from archiver.notes.splice import splice

ARTICLE = "../archive/articles/标题-1/article.md"
IMAGE = "../archive/images/ab/1.png"
_WECHAT = re.compile(r"(?:https?:)?//(?:mp\.weixin\.qq\.com|mmbiz\.qpic\.cn|mpvideo\.qpic\.cn)/", re.IGNORECASE)
_SECOND_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def target_of(link: Link) -> str | None:
    """Say that every WeChat URL has a copy."""
    if not _WECHAT.match(link.url):
        return None
    return IMAGE if link.role is not Role.LINK or "qpic.cn" in link.url else ARTICLE


def in_archive(path: str) -> str:
    """Turn a path relative to the note into one relative to the archive's root."""
    return path.removeprefix("../archive/")


def rewrite(data: bytes, mode: ArticleMode = "replace") -> tuple[bytes, tuple[Change, ...]]:
    """Rewrite a note, and return the changes too."""
    changes = plan(find_links(data), target_of, data=data, article_mode=mode)
    return splice(data, [change.edit for change in changes]), changes


def skeleton(text: str, ours: Iterable[str]) -> str:
    """Render with markdown-it-py, without the links and images whose destination is one of `ours`."""
    urls = {unquote(url) for url in ours}  # markdown-it-py percent-encodes, a browser undoes it
    soup = BeautifulSoup(_SECOND_PARSER.render(text), "lxml")
    for tag in soup.find_all(["a", "img", "video", "source"]):
        name = "href" if tag.name == "a" else "src"
        if tag.has_attr("srcset"):
            tag["srcset"] = re.sub(
                r"\S*[/.]\S*?(?=,|\s|$)", lambda url: "ours" if unquote(url[0]) in urls else url[0], str(tag["srcset"])
            )
        if {tag.get("data-src"), tag.get("data-original")} & urls:
            tag[name] = "ours"  # a stand-in until now
        if unquote(str(tag.get(name, ""))).strip() not in urls:
            continue
        if tag.name == "a":
            tag.unwrap()
        else:
            tag[name] = "ours"
    return str(soup)
