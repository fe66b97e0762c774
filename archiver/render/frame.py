"""What stands above an article on its page: the head, with style and scripts, and the way back."""

from __future__ import annotations

import hashlib
from base64 import b64encode

from archiver.dom.sheet import element, sheet_in
from archiver.render import sitemap
from archiver.render.links import relative
from archiver.render.style import DARK, DARK_SCREEN, STYLE
from archiver.render.surroundings import CLOSE
from archiver.store.layout import HOME, UI_STYLE

# `'self'` is what a server gives; a browser that opened the page as a file needs `file:`. No script inside the page can
# run; those that it names show images large and remember what was read, and to read nothing depends on them. Styles are
# allowed by their checksums, except in pages whose elements have some of their own, as all had at first.
_POLICY = (
    "default-src 'none'; img-src 'self' file:; media-src 'self' file:; style-src 'self' file: {styles}; "
    "script-src 'self' file:; connect-src 'self'; base-uri 'none'; form-action 'none'"
)
_HEAD = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="archiver">
<title>{title}</title>
<style>{style}</style>
<style media="{screen}" data-dark>{dark}</style>
<link rel="stylesheet" href="{ui}">
{scripts}
{own}</head>
<body>
<nav class="top" aria-label="归档"><a href="{home}">← 全部文章</a><a href="{search}">搜索</a>
<span class="tools js-only"><button type="button" data-do="favourite" aria-label="收藏" aria-pressed="false"></button>
<button type="button" data-do="read" aria-label="已读" aria-pressed="false"></button>
<button type="button" data-do="highlights" aria-label="标注"></button>
<button type="button" data-do="settings" aria-label="阅读设置"></button></span></nav>
<main>
"""
FOOT = "</main>\n<footer>"
_INLINE = "'unsafe-inline'"
_BEGIN = "<header>\n<h1>"


def _checksum(sheet: str) -> str:
    """As a policy names a sheet that may be used."""
    digest = hashlib.sha256(sheet.encode(errors="surrogateescape")).digest()
    return f"'sha256-{b64encode(digest).decode()}'"


_CHECKSUMS = f"{_checksum(STYLE)} {_checksum(DARK)}"


def head(folder: str, title: str, sheet: str | None) -> str:
    """All above the header of the article in `folder`; `title` is HTML, `sheet` that of the body, None where its
    elements have styles."""
    early, *later = (relative(folder, path) for path in sitemap.ARTICLE_SCRIPTS)
    scripts = [f'<script src="{early}"></script>', *(f'<script src="{path}" defer></script>' for path in later)]
    return _HEAD.format(
        policy=_POLICY.format(styles=_INLINE if sheet is None else f"{_CHECKSUMS} {_checksum(sheet)}"),
        title=title,
        style=STYLE,
        dark=DARK,
        screen=DARK_SCREEN,
        ui=relative(folder, UI_STYLE),
        scripts="\n".join(scripts),
        own="" if sheet is None else f"{element(sheet)}\n",
        home=relative(folder, HOME),
        search=relative(folder, sitemap.SEARCH),
    )


def put_frame(page: str, folder: str) -> str:
    """The page with its frame as it is made today; unchanged where it has none of ours."""
    begin, title = page.find(_BEGIN), page.find("<title>")
    end = page.find("</title>", title)
    if not 0 <= title < end < begin:
        return page
    above = head(folder, page[title + len("<title>") : end], sheet_in(page[:begin]))
    below = page[begin:]
    if FOOT not in below[below.rfind(CLOSE) :]:  # as pages were at first
        start, _, rest = below.rpartition(f"{CLOSE}\n<footer>")
        below = f"{start}{CLOSE}\n{FOOT}{rest}" if start else below
    return above + below
