"""A feed of the newest articles (Atom, RFC 4287)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from typing import BinaryIO

from archiver.export.body import Places, fragment, localise, web_url
from archiver.export.job import Job
from archiver.export.source import ExportArticle
from archiver.render.text import one_line, printable, title_of

GENERATOR = "<generator>archiver</generator>"
TYPE = "application/atom+xml; charset=utf-8"
_SPACE = uuid.UUID("5fd3e3a4-3d5b-5c61-9a0c-2f8c7d9b6e10")  # of the names below, and of nothing else


def urn(name: str) -> str:
    """An IRI that stands for a name, the same for ever."""
    return f"urn:uuid:{uuid.uuid5(_SPACE, name)}"


def xml(text: str) -> str:
    """A text inside an element or attribute: without what XML forbids."""
    return escape(printable(text))


def when(article: ExportArticle) -> str:
    """When it was published; where that is not known, when it was captured (RFC 3339)."""
    moment: datetime = article.record.published_at or article.record.captured_at
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def abroad(article: ExportArticle, link: Callable[[str], str]) -> Places:
    """For a feed that has no files: images and media become links to where they came from."""
    shown = {path: image.url for path, image in article.shown.items()}
    shown |= {media.path: media.url for media in article.record.media if media.path}
    return Places(lambda _: "", lambda _: "", link, lambda path: shown.get(path, ""))


def served(base: str) -> Callable[[ExportArticle], Places]:
    """For a feed from a server whose address is `base`, which ends in a slash: all is there."""

    def places(_article: ExportArticle) -> Places:
        return Places(*(3 * [lambda path: f"{base}{path}" if path else ""]))

    return places


def feed_entry(article: ExportArticle, content: str) -> str:
    """An article in the feed; `content` is HTML that is safe to show."""
    record = article.record
    url, digest, author = web_url(record.url), one_line(record.digest), one_line(record.account or record.author)
    parts = [
        f"<id>{urn(f'article {record.id}')}</id>",
        f"<title>{xml(title_of(record.title))}</title>",
        f"<published>{when(article)}</published>",
        f"<updated>{when(article)}</updated>",
        f"<author><name>{xml(author or '—')}</name></author>",
        f'<link rel="alternate" type="text/html" href="{xml(url)}"/>' if url else "",
        f"<summary>{xml(digest)}</summary>" if digest else "",
        f'<content type="html">{xml(content)}</content>',
    ]
    return "<entry>\n" + "\n".join(filter(None, parts)) + "\n</entry>\n"


def export_atom(job: Job, file: BinaryIO, places: Callable[[ExportArticle], Places] | None = None) -> None:
    """A feed of the job's articles, the newest first whatever their order there. `places`: where its files are."""
    job.folders = list(reversed(job.folders))

    def make(article: ExportArticle) -> str:
        folder = article.record.folder
        found = places(article) if places else abroad(article, job.source.url)
        page = job.source.page(folder)
        return feed_entry(article, fragment(localise(page.html, folder, found, styles=page.styles)))

    begun = False
    for article, entry in job.make(make):
        if not begun:
            file.write(_head(job, when(article)).encode())
            begun = True
        file.write(entry.encode())
    if not begun:
        file.write(_head(job, "1970-01-01T00:00:00Z").encode())
    file.write(b"</feed>\n")


def _head(job: Job, updated: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">\n'
        f"{GENERATOR}\n<id>{urn(f'feed {job.name}')}</id>\n<title>{xml(job.title)}</title>\n"
        f"<updated>{updated}</updated>\n"
    )
