"""PDF: Chromium's print of the pages of `html`, their images read from the archive."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from archiver.export.facts import groups
from archiver.export.html import contents, copy, ending, head
from archiver.export.job import Job
from archiver.export.source import ExportArticle
from archiver.fetch.printer import Printer, printing
from archiver.render.text import title_of
from archiver.store.layout import BLOB

_POLICY = "default-src 'none'; img-src file:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_PAGE = "page.html"


def export_pdf(job: Job, file: BinaryIO) -> None:
    """All articles as one book, with bookmarks and page numbers. Raises BrowserError or BrowserMissingError."""
    job.folders = [folder for part in groups(job.source, job.folders, job.by) for folder in part.folders]
    inside = set(job.folders)
    with printing(job.chromium()) as printer, tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / _PAGE
        with page.open("w", encoding="utf-8") as html:
            html.write(head(job.title, _POLICY) + contents(job))
            dates = [datetime(1970, 1, 1, tzinfo=UTC)]
            for article, section in job.make(lambda article: copy(job, article, _beside(job), inside)):
                html.write(section)
                dates.append(article.record.captured_at)
            html.write(ending(job))
        printer.print(page, file, max(dates))


def _beside(job: Job) -> Callable[[str], str]:
    """Gives images as the files in the archive, whose bytes have been checked."""

    def image(path: str) -> str:
        there = BLOB.fullmatch(path) and job.blob(path) is not None
        return job.source.file_url(path) if there else ""

    return image


@contextmanager
def each_pdf(job: Job) -> Iterator[Callable[[ExportArticle], bytes]]:
    """Makes a PDF of each article that it is given, in one browser. Links lead to URLs."""
    with printing(job.chromium()) as printer, tempfile.TemporaryDirectory() as folder:
        yield lambda article: _print(job, printer, article, Path(folder) / _PAGE)


def _print(job: Job, printer: Printer, article: ExportArticle, page: Path) -> bytes:
    section = copy(job, article, _beside(job), set())
    page.write_text(f"{head(title_of(article.record.title), _POLICY)}{section}</body>\n</html>\n", "utf-8")
    made = io.BytesIO()
    printer.print(page, made, article.record.captured_at)
    return made.getvalue()
