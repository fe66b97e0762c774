"""The parts of a book (EPUB 3.3) that are no article: pages, contents, package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from textwrap import wrap

from archiver.export.facts import text

CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
STYLE = """body { line-height: 1.7; text-align: justify; overflow-wrap: break-word; }
h1 { font-size: 1.4em; line-height: 1.4; text-align: left; margin: 1em 0 0.5em; }
h2, h3, h4, h5, h6 { font-size: 1.1em; line-height: 1.4; text-align: left; }
p { margin: 0.5em 0; }
img { max-width: 100%; height: auto; }
table { border-collapse: collapse; max-width: 100%; }
td, th { border: 1px solid #999; padding: 0.2em 0.5em; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.85em; background: #f2f2f2; padding: 0.5em; }
blockquote { margin: 0.5em 0 0.5em 0.5em; padding-left: 0.8em; border-left: 3px solid #bbb; }
.byline, .missing { color: #666; font-size: 0.9em; }
.losses { font-size: 0.9em; border-left: 3px solid #c70; padding-left: 0.8em; }
.card { border: 1px solid #bbb; padding: 0.5em; }
.formula img { vertical-align: middle; }
.block { display: block; text-align: center; }
.cover { text-align: center; }
.cover img { max-height: 60vh; }
"""
_XHTML = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="zh-CN" xml:lang="zh-CN">
<head>
<meta charset="utf-8"/>
<title>{title}</title>
<link rel="stylesheet" type="text/css" href="style.css"/>
</head>
<body>
{body}
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the contents: the title of a chapter, and its file."""

    title: str
    path: str


@dataclass(slots=True)
class Book:
    """What the package says: `latest` is when the last of its articles was captured, `images` maps files to media
    types, `spine` are its pages in order, `cover` one of the images."""

    identifier: str
    title: str
    latest: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    accounts: dict[str, None] = field(default_factory=dict)
    cover: str = ""
    images: dict[str, str] = field(default_factory=dict)
    spine: list[str] = field(default_factory=list)


def page(title: str, body: str) -> str:
    """A page of the book; `body` is XHTML."""
    return _XHTML.format(title=text(title), body=body)


def part_page(name: str, articles: int) -> str:
    """The page before the articles of a month or an account."""
    return page(name, f'<h1>{text(name)}</h1>\n<p class="byline">{articles:,} 篇</p>')


def title_page(book: Book, articles: int, dates: Sequence[str]) -> str:
    """The first page."""
    span = " — ".join(dict.fromkeys((dates[0], dates[-1]))) if dates else ""
    facts = " · ".join(filter(None, (f"{articles:,} 篇", span)))
    return page(
        book.title,
        f'<div class="cover"><img src="{book.cover}" alt=""/>\n<h1>{text(book.title)}</h1>\n<p>{text(facts)}</p></div>',
    )


def contents(parts: Sequence[tuple[str, str, Sequence[Item]]]) -> str:
    """The contents, as readers show them in a menu of their own."""

    def row(path: str, title: str, below: str = "") -> str:
        return f'<li><a href="{path}">{text(title)}</a>{below}</li>\n'

    listed = "".join(
        row(path, name, f"<ol>{''.join(row(item.path, item.title) for item in items)}</ol>")
        for name, path, items in parts
    )
    return page("目录", f'<nav epub:type="toc" id="toc"><h1>目录</h1>\n<ol>{listed}</ol></nav>')


def cover_drawing(title: str) -> str:
    """A cover for a book without images."""
    lines = wrap(title, 14) or [""]
    shown = "".join(
        f'<text x="300" y="{320 + 56 * n}" font-size="38" text-anchor="middle" fill="#fff">{text(line)}</text>'
        for n, line in enumerate(lines[:5])
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 800" '
        f'width="600" height="800"><rect width="600" height="800" fill="#2f5f9e"/>{shown}</svg>\n'
    )


def package(book: Book) -> str:
    """What the book consists of."""
    creators = "".join(f"<dc:creator>{text(name)}</dc:creator>\n" for name in list(book.accounts)[:20] if name)
    images = "".join(
        f'<item id="i{number}" href="{name}" media-type="{kind}"{_cover(book, name)}/>\n'
        for number, (name, kind) in enumerate(book.images.items(), 1)
    )
    pages = "".join(
        f'<item id="p{number}" href="{path}" media-type="application/xhtml+xml"/>\n'
        for number, path in enumerate(book.spine, 1)
    )
    spine = "".join(f'<itemref idref="p{number}"/>\n' for number, _ in enumerate(book.spine, 1))
    modified = book.latest.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"""<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="zh-CN">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">{book.identifier}</dc:identifier>
<dc:title>{text(book.title)}</dc:title>
<dc:language>zh-CN</dc:language>
{creators}<meta property="dcterms:modified">{modified}</meta>
<meta name="generator" content="archiver"/>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="title" href="title.xhtml" media-type="application/xhtml+xml"/>
<item id="style" href="style.css" media-type="text/css"/>
{images}{pages}</manifest>
<spine>
<itemref idref="title"/>
<itemref idref="nav"/>
{spine}</spine>
</package>
"""


def _cover(book: Book, name: str) -> str:
    return ' properties="cover-image"' if name == book.cover else ""
