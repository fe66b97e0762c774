"""What stands around an article on its page: its neighbours in time, and the notes that link to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from archiver.render import sitemap
from archiver.render.links import relative
from archiver.render.text import one_line, title_of

# Only these comments can be in a page: the sanitiser drops an article's own.
OPEN, CLOSE = "<!--around-->", "<!--/around-->"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An article to go to: its folder, relative to the archive's root, and what it is called."""

    folder: str
    title: str
    date: str


@dataclass(frozen=True, slots=True)
class Backlink:
    """A note (path relative to the notes folder) that links to the article on `line`, rated with `stars` (0: not)."""

    note: str
    line: int
    stars: int


@dataclass(frozen=True, slots=True)
class Around:
    """What is known when the page is written or later."""

    older: Neighbour | None = None
    newer: Neighbour | None = None
    backlinks: Sequence[Backlink] = ()


def stars_text(stars: int) -> str:
    """A rating as HTML that is also read aloud; empty for none."""
    return f'<span class="stars" role="img" aria-label="{stars} 星">{"★" * stars}</span>' if stars else ""


def _backlink(folder: str, link: Backlink) -> str:
    href = relative(folder, sitemap.note_page(link.note))
    name = escape(one_line(link.note))
    stars = stars_text(link.stars)
    return f'<li><a href="{href}"><bdi>{name}</bdi></a> <span class="line">第 {link.line} 行</span> {stars}</li>'


def _way(folder: str, to: Neighbour | None, rel: str, label: str) -> str:
    if to is None:
        return f'<span class="{rel}"></span>'
    href = relative(folder, f"{to.folder}/index.html")
    title = escape(title_of(to.title))
    return (
        f'<a class="{rel}" rel="{rel}" href="{href}"><span class="way">{label} '
        f"{escape(to.date)}</span> <bdi>{title}</bdi></a>"
    )


def around_html(folder: str, around: Around) -> str:
    """The part of an article's page (in `folder`, relative to the archive's root) below its body."""
    parts = []
    if around.backlinks:
        rows = "\n".join(_backlink(folder, link) for link in around.backlinks)
        parts.append(f'<section class="backlinks">\n<h2>提到本文的笔记</h2>\n<ul>\n{rows}\n</ul>\n</section>')
    if around.older or around.newer:
        older = _way(folder, around.older, "prev", "← 更早")
        newer = _way(folder, around.newer, "next", "更新 →")
        parts.append(f'<nav class="ways" aria-label="相邻文章">\n{older}\n{newer}\n</nav>')
    return "\n".join(parts)


def put_around(page: str, folder: str, around: Around) -> str | None:
    """The page with that part brought up to date; None for a page that was made before there was such a part."""
    begin, end = page.rfind(OPEN), page.rfind(CLOSE)
    if begin < 0 or end < begin:
        return None
    return f"{page[: begin + len(OPEN)]}\n{around_html(folder, around)}\n{page[end:]}"
