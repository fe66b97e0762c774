"""A zip of Markdown files with their images beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from archiver.export.body import path_of
from archiver.export.job import Job
from archiver.export.source import ExportArticle
from archiver.export.zips import Zip
from archiver.models import Edit
from archiver.notes.find import find
from archiver.notes.splice import splice
from archiver.render.markdown import NEIGHBOURS
from archiver.store.layout import BLOB, PAGE, TEXT

COMMENT = "archiver export md"


def file_name(folder: str) -> str:
    """The name of an article's file: that of its folder, which every system can have."""
    return f"{folder.rpartition('/')[2]}.md"


def blob_name(path: str) -> str:
    """The name of an image or media file in the zip: `images/<sha256>.<ext>`."""
    parts = path.split("/")
    return f"{parts[0]}/{parts[-1]}"


def export_markdown(job: Job, file: BinaryIO) -> None:
    """`<article>.md` for each article, and below `images/` and `media/` what they show."""
    inside = set(job.folders)
    with Zip(file, COMMENT) as made:
        for article, text in job.make(lambda article: _text(job, article, inside)):
            made.add(file_name(article.record.folder), text)
            for path in sorted(article.record.files):
                name = blob_name(path)
                data = None if name in made else job.blob(path)
                if data is not None:
                    made.add(name, data)


def _text(job: Job, article: ExportArticle, inside: set[str]) -> bytes:
    folder = article.record.folder
    data = job.source.markdown(folder)
    for neighbour in NEIGHBOURS:  # they stand in the line about the article, once
        data = data.replace(f" · {neighbour}".encode(), b"", 1)
    return splice(data, list(_edits(job, data, folder, inside)))


def _edits(job: Job, data: bytes, folder: str, inside: set[str]) -> Iterator[Edit]:
    """Where the archive's own paths stand, and what they are called here."""
    for link in find(data, every=True).links:
        path = path_of(folder, link.url)
        target, _, name = path.rpartition("/")
        if BLOB.fullmatch(path):
            new = blob_name(path)
        elif name in (TEXT, PAGE) and target in inside:
            new = file_name(target)
        else:
            new = job.source.url(path) if path else ""
        if new:
            yield Edit(link.span, new.encode())
