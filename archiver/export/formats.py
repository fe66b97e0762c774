"""The formats that there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO

from archiver.export import atom, epub, html, lines, markdown, pdf, wacz
from archiver.export.job import Job
from archiver.export.source import ExportArticle
from archiver.fetch.printer import CREATOR

NEWEST = 50  # articles in a feed


@dataclass(frozen=True, slots=True)
class Format:
    """A format: what writes it, and the `mark` by which an earlier export is known again, near the beginning or end of
    the file. `streams`: it can go to standard output; `each`: gives what makes of an article a file of its own;
    `newest`: how many articles it takes unless somebody says otherwise (0: all)."""

    write: Callable[[Job, BinaryIO], None]
    mark: bytes
    streams: bool = False
    each: Callable[[Job], AbstractContextManager[Callable[[ExportArticle], bytes]]] | None = None
    newest: int = 0


FORMATS: Mapping[str, Format] = {
    "jsonl": Format(lines.export_jsonl, b'{"schema": 1, "id": "', streams=True),
    "csv": Format(lines.export_csv, lines.CSV_HEAD.encode(), streams=True),
    "bibtex": Format(lines.export_bibtex, lines.BIBTEX_HEAD.encode(), streams=True),
    "atom": Format(atom.export_atom, atom.GENERATOR.encode(), streams=True, newest=NEWEST),
    "html": Format(html.export_html, html.GENERATOR.encode(), each=html.each_html),
    "epub": Format(epub.export_epub, epub.COMMENT.encode()),
    "pdf": Format(pdf.export_pdf, CREATOR, each=pdf.each_pdf),
    "wacz": Format(wacz.export_wacz, wacz.COMMENT.encode()),
    "md": Format(markdown.export_markdown, markdown.COMMENT.encode()),
}
