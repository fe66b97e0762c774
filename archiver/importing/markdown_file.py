"""An article that another program has made Markdown of, with the images beside it.

Its front matter, or its first lines, say URL and title; the ways to say so are those seen in public repositories. What
says so is no part of the text.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from archiver.importing.claims import article_url
from archiver.importing.composed import Head, composed
from archiver.importing.found import FileKind, SavedPage, Supply
from archiver.importing.html_file import supply_of
from archiver.importing.limits import MAX_PLAIN_PAGE
from archiver.importing.local_images import LocalImages
from archiver.importing.trees import Tree
from archiver.notes.metadata import front_matter_end
from archiver.render.cmark import github_html
from archiver.wechat.source import decode_page

_NAMES: Mapping[str, tuple[str, ...]] = {
    "url": (
        *("url", "source", "source_url", "link", "original", "original_url", "source url", "来源", "链接", "地址"),
        *("原文", "原文链接", "原文地址", "文章链接", "文章地址", "来源链接", "阅读原文", "原链接"),
    ),
    "title": ("title", "pagetitle", "标题", "文章标题"),
    "account": ("account", "nickname", "mp", "公众号", "公众号名称", "微信公众号", "账号", "帐号"),
    "author": ("author", "authors", "作者", "作者名称"),
    "published": (
        *("published", "published_at", "publish_time", "publish_date", "pubdate", "date", "create_time", "time"),
        *("发布时间", "发表时间", "发布日期", "时间", "日期"),
    ),
}
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names}
_KEY = re.compile(r"""^["']?([^\s"':=][^"':=\n]{0,30}?)["']?\s*[:=]\s*(.*)$""")
_SAID = re.compile(r"(?:^|\s[|·]\s)\s*[*_]*([\w /]{1,20}?)[*_]*\s*[:：][*_]*\s*(.*?)\s*(?=\s[|·]\s|$)")
_URL = re.compile(r"https?://[^\s<>\"'）)\]】|]+")
_HEADING = re.compile(r"#[ \t]+(.+?)[ \t]*#*$")
_LINES = 15  # at the top, in which an article is named
_DATE = re.compile(r"(20\d\d)\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})(?:\s*日)?(?:[\sT]+(\d{1,2}):(\d{2}))?")
_EMBEDDED = re.compile(r"!\[\[([^\]|\n]+)(?:\|[^\]\n]*)?\]\]")  # as Obsidian shows an image
_LANGUAGE = re.compile(r'<pre lang="([^"]*)"')
_WORDS = re.compile(r"[\W_]+")
_LONGEST_LABEL = 12  # letters beside the URL: more is a sentence of the text
_MORE = re.compile(r"^\s*(?:-{3,}|\*{3,}|<!--.*?-->|Markdown Content:)?\s*$")


def read_markdown(tree: Tree, name: str) -> SavedPage:
    """The article in a Markdown file of the tree, as a page. Raises ImportFileError."""
    text = decode_page(tree.read(name, MAX_PLAIN_PAGE)).replace("\r\n", "\n")
    source = text.encode("utf-8", "surrogatepass")
    end = front_matter_end(source)
    front, rest = source[:end].decode("utf-8", "surrogatepass"), source[end:].decode("utf-8", "surrogatepass")
    said = dict(_front(front))
    rest = _without_head(rest, said)
    said.setdefault("title", PurePosixPath(name).stem)
    if date := _DATE.search(said.get("published", "")):
        year, month, day, hour, minute = (int(part or 0) for part in date.groups())
        said["published"] = f"{year}-{month:02}-{day:02} {hour:02}:{minute:02}"
    body = github_html(_EMBEDDED.sub(lambda found: f"![]({_embed(tree, name, found[1])})", rest))
    local = LocalImages(supply_of(tree, name))
    page = local.addressed(composed(Head(**said), _LANGUAGE.sub(r'<pre data-lang="\1"', body)))
    at, supplies = tree.saved_at(name), dict[str, Supply](local.supplies)
    return SavedPage(f"{tree.label}/{name}", FileKind.MARKDOWN, said.get("url", ""), page.encode(), at, supplies)


def _front(front: str) -> Iterator[tuple[str, str]]:
    """What front matter says, by the names of `Head`; what it says first counts."""
    known: set[str] = set()
    for line in front.splitlines():
        found = _KEY.match(line.strip())
        field = _FIELD_OF.get(found[1].strip().lower(), "") if found else ""
        value = found[2].strip().strip("\"'[]").strip() if found else ""
        if field == "url":
            value = _url_in(value)
        if field and value and field not in known:
            known.add(field)
            yield field, value


def _without_head(text: str, said: dict[str, str]) -> str:
    """The text without the lines at its top that only say what the article is, which go to `said`."""
    lines, kept = text.split("\n"), list[str]()
    at = 0
    while at < min(len(lines), _LINES):
        line = lines[at].strip().lstrip(">").strip().removeprefix("- ")
        if _MORE.match(line):
            kept += [lines[at]] if kept else []
        elif not _says(line, said):
            if not _SAID.match(line):
                break
            kept.append(lines[at])  # it says something else of the article
        at += 1
    return "\n".join([*kept, *lines[at:]])


def _says(line: str, said: dict[str, str]) -> bool:
    """Whether a line only names the article; what it says is then entered."""
    if (heading := _HEADING.match(line)) and said.get("title", heading[1]) == heading[1]:
        said["title"] = heading[1]
        return True
    known = {_FIELD_OF[name]: value for name, value in _fields(line) if name in _FIELD_OF}
    words, url = _WORDS.sub("", _URL.sub("", line)).lower(), _url_in(line)
    named = not words or any(_WORDS.sub("", name) in words for name in _NAMES["url"])
    if "url" in known or (named and url and said.get("url", url) == url):
        known["url"] = url
    for name, value in known.items():
        if value:
            said.setdefault(name, value)
    return bool(known) and (len(words) <= _LONGEST_LABEL or " · " in line or known.keys() != {"url"})


def _fields(line: str) -> Iterator[tuple[str, str]]:
    for name, value in _SAID.findall(line):
        yield name.strip().lower(), value.strip("* ")


def _url_in(words: str) -> str:
    """The article's URL in some words."""
    return next(filter(None, map(article_url, _URL.findall(words))), "")


def _embed(tree: Tree, page: str, reference: str) -> str:
    """Where an image is that is named as in a vault: by its path from the top, or by its name alone."""
    wanted = reference.strip()
    below = posixpath.join(posixpath.dirname(page), wanted)
    if not tree.has(posixpath.normpath(below)):
        found = [name for name in tree.names() if name == wanted or posixpath.basename(name) == wanted]
        if len(found) == 1:
            wanted = posixpath.relpath(found[0], posixpath.dirname(page) or ".")
    return f"<{wanted}>"
