"""Web pages that need no other file: images are written into them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from archiver.export.body import Places, fragment, localise
from archiver.export.facts import anchor, byline, groups, losses, text
from archiver.export.job import Job
from archiver.export.source import ExportArticle
from archiver.render.style import WHOLE
from archiver.render.text import title_of
from archiver.store.layout import BLOB, PAGE, TEXT

GENERATOR = '<meta name="generator" content="archiver export">'
MEDIA_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
    "bmp": "image/bmp",
    "avif": "image/avif",
    "jxl": "image/jxl",
}
_HEAD = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
{generator}
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}{more}</style>
</head>
<body>
"""
_INLINE = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_MORE = """
.all { font-size: 28px; font-weight: 700; line-height: 1.4; margin: 0 0 12px; }
.index .part { font-weight: 700; font-size: 17px; margin: 20px 0 4px; }
.index ol { list-style: none; margin: 0; padding: 0; }
.copy { border-top: 1px solid var(--line); margin-top: 56px; padding-top: 32px; }
@media print { .copy { border: 0; margin: 0; padding: 0; break-before: page; } }
"""
Image = Callable[[str], str]


def export_html(job: Job, file: BinaryIO) -> None:
    """All articles on one page, with a list of them at its head."""
    parts = groups(job.source, job.folders, job.by)
    job.folders = [folder for part in parts for folder in part.folders]
    inside = set(job.folders)
    file.write(head(job.title).encode())
    file.write(contents(job).encode())
    file.writelines(
        section.encode() for _, section in job.make(lambda article: copy(job, article, inlined(job), inside))
    )
    file.write(ending(job).encode())


@contextmanager
def each_html(job: Job) -> Iterator[Callable[[ExportArticle], bytes]]:
    """Makes a page of each article that it is given; links to others of the job lead to the files beside it."""
    names = {folder: f"{folder.rpartition('/')[2]}.html" for folder in job.folders}

    def make(article: ExportArticle) -> bytes:
        body = copy(job, article, inlined(job), names)
        return f"{head(title_of(article.record.title))}{body}</body>\n</html>\n".encode()

    yield make


def head(title: str, policy: str = _INLINE) -> str:
    """The beginning of a page."""
    return _HEAD.format(generator=GENERATOR, policy=policy, title=text(title), style=WHOLE, more=_MORE)


def contents(job: Job) -> str:
    """The title of the whole and the list of its articles."""
    facts = job.source.facts
    lists = []
    for part in groups(job.source, job.folders, job.by):
        rows = "".join(
            f'<li><a href="#{anchor(folder)}">{text(title_of(facts[folder].title))}</a></li>\n'
            for folder in part.folders
        )
        lists.append(f'<p class="part">{text(part.name)}</p>\n<ol>\n{rows}</ol>\n')
    return f'<p class="all">{text(job.title)}</p>\n<nav class="index">\n{"".join(lists)}</nav>\n'


def ending(job: Job) -> str:
    """The end of a page of all articles: what is not on it."""
    rows = "".join(
        f'<section class="copy" id="{anchor(folder)}"><p>{text(folder)}：没有导出：{text(reason)}</p></section>\n'
        for folder, reason in job.failed.items()
    )
    return f"{rows}</body>\n</html>\n"


def inlined(job: Job) -> Image:
    """Gives images as `data:` URLs."""

    def image(path: str) -> str:
        data = job.blob(path) if BLOB.fullmatch(path) else None
        media_type = MEDIA_TYPES.get(path.rpartition(".")[2])
        return f"data:{media_type};base64,{b64encode(data).decode()}" if data is not None and media_type else ""

    return image


def copy(job: Job, article: ExportArticle, image: Image, inside: set[str] | dict[str, str]) -> str:
    """An article as a part of a page. `image` gives the URL of an image; `inside` are the articles to which links lead
    within the export: on the same page, or with the names of their files."""
    record, shown = article.record, article.shown

    def link(path: str) -> str:
        folder, _, name = path.rpartition("/")
        if name in (PAGE, TEXT) and folder in inside:
            return inside[folder] if isinstance(inside, dict) else f"#{anchor(folder)}"
        return job.source.url(path)

    def media(path: str) -> str:
        job.left_out.add(path)
        return ""

    found = job.source.page(record.folder)
    originals = {path: stored.url for path, stored in shown.items()}
    places = Places(image, media, link, lambda path: originals.get(path, ""))
    body = localise(found.html, record.folder, places, f"{anchor(record.folder)}-", found.styles)
    missing = [path for path in shown if path in job.missing]
    return (
        f'<section class="copy" id="{anchor(record.folder)}">\n<header>\n<h1>{text(title_of(record.title))}</h1>\n'
        f'<p class="meta">{byline(record)}</p>\n{losses(article, missing)}</header>\n'
        f'<article class="{found.classes}">\n{fragment(body)}\n</article>\n</section>\n'
    )
