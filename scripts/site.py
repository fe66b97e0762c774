"""A hook of MkDocs: makes a site of the documents as they stand in the repository, where GitHub shows them.

MkDocs wants all pages in one folder, and its Markdown wants what is in a list indented by four; neither is so here.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from archiver.models.links import Span
from archiver.notes.find import find

PROJECT = Path(__file__).parents[1]
# Pages from outside of docs/, and their names in the site.
PAGES = {"README.md": "index.md", "README.zh-CN.md": "zh.md", "CHANGELOG.md": "CHANGELOG.md"}
_ITEM = re.compile(r"( *)([-*]|\d+\.)( +)")
_FENCE = re.compile(r" *(?:```|~~~)")


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Adds the pages from outside, and the files to which pages lead."""
    for name, page in PAGES.items():
        files.append(File.generated(config, page, abs_src_path=str(PROJECT / name)))
    names = [
        *PAGES,
        *(f"docs/{name}" for name in files.src_uris if name.endswith(".md") and name not in PAGES.values()),
    ]
    for name in names:
        for link in _links(name, (PROJECT / name).read_text("utf-8")):
            known = link.place in PAGES or link.place in files.src_uris or link.place.startswith("docs/")
            if not known and (PROJECT / link.place).is_file():
                files.append(File.generated(config, link.place, abs_src_path=str(PROJECT / link.place)))
    return files


def on_page_markdown(markdown: str, /, *, page: Page, **_: object) -> str:
    """A page as MkDocs wants it."""
    names = {page: name for name, page in PAGES.items()}
    name = names.get(page.file.src_uri, f"docs/{page.file.src_uri}")
    data = markdown.encode()
    for link in reversed(_links(name, markdown)):
        if (PROJECT / link.place).is_dir():  # GitHub shows folders, a site has none
            data = data[: link.whole.start] + link.text + data[link.whole.end :]
        else:
            place = PAGES.get(link.place, link.place.removeprefix("docs/"))
            data = data[: link.path.start] + place.encode() + data[link.path.end :]
    text = re.sub(r"^<!-- \[\[\[.*?-->\n", "", data.decode(), flags=re.DOTALL | re.MULTILINE)
    return indented(text)


@dataclass(frozen=True)
class _Link:
    """A relative link of a page of the repository: the whole, its path and its text as bytes, and where it leads, from
    the repository's top."""

    whole: Span
    path: Span
    text: bytes
    place: str


def _links(name: str, text: str) -> list[_Link]:
    data, found = text.encode(), []
    for link in find(data, every=True).links:
        path = link.url.partition("#")[0]
        if path and link.whole and not re.match(r"[a-z]+:", path):
            place = os.path.normpath(Path(name).parent / unquote(path))
            start = link.span.start
            said = data[link.whole.start : start].removeprefix(b"[").removesuffix(b"](")
            found.append(_Link(link.whole, Span(start, start + len(path.encode())), said, place))
    return found


def indented(text: str) -> str:
    """Markdown with what is in a list item indented by four spaces a level, instead of below its first character."""
    columns: list[int] = []  # of the items around a line: where their contents begin
    lines, fenced, blank = [], False, True
    for line in text.splitlines():
        column = len(line) - len(line.lstrip(" "))
        item = None if fenced else _ITEM.match(line)
        if line.strip() and not fenced and (blank or item or column >= (columns or [0])[-1]):
            while columns and column < columns[-1]:
                columns.pop()
        shift = 4 * len(columns) - (columns[-1] if columns else 0)
        if line.strip() and columns and column >= columns[-1]:
            line = " " * shift + line
        lines.append(line)
        if item:
            columns.append(len(item[0]))
        if _FENCE.match(line):
            fenced = not fenced
        blank = not line.strip()
    return "\n".join(lines) + "\n"
