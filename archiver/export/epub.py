"""A book (EPUB 3.3): a title page, contents by month or account, and a chapter for each article."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from archiver.dom import Tag
from archiver.errors import ImageError
from archiver.export.atom import urn
from archiver.export.body import Places, localise
from archiver.export.bookparts import (
    CONTAINER,
    STYLE,
    Book,
    Item,
    contents,
    cover_drawing,
    package,
    page,
    part_page,
    title_page,
)
from archiver.export.drawings import clean_file, drawing_file, is_drawn
from archiver.export.facts import Group, anchor, byline, groups, losses, text
from archiver.export.html import MEDIA_TYPES
from archiver.export.job import Job
from archiver.export.source import ExportArticle
from archiver.export.xhtml import Writer
from archiver.export.zips import Zip
from archiver.media.convert import as_png
from archiver.render.text import one_line, title_of
from archiver.store.layout import BLOB, IMAGES, PAGE, TEXT

COMMENT = "archiver export epub"
TYPES = {name: MEDIA_TYPES[name] for name in ("jpg", "png", "gif", "webp", "svg")}  # that every reader knows
_CONVERTED = ("bmp", "avif")  # which readers need not know
_COVERS = ("jpg", "png", "webp")


@dataclass(slots=True)
class _Chapter:
    """A chapter, and the files that it is the first to show: name in the book -> bytes, path in the archive -> name.
    `cover`: the article's, a path in the archive."""

    text: str
    files: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    cover: str = ""


class _Maker:
    """Makes the chapters of a job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._inside = set(job.folders)
        # Path in the archive -> name in the book, empty where there is none; of the chapters that are in it.
        self.names: dict[str, str] = {}

    def chapter(self, article: ExportArticle) -> _Chapter:
        record = article.record
        made = _Chapter("")
        shown = article.shown
        found = self._job.source.page(record.folder)
        body = localise(
            found.html,
            record.folder,
            Places(
                lambda path: self._image(made, path),
                self._media,
                self._link,
                lambda path: shown[path].url if path in shown else "",
            ),
            styles=found.styles,
        )
        inner = Writer(body, lambda drawing: _keep_drawing(made, drawing), "x-").write()
        missing = [path for path in shown if path in self._job.missing]
        cover = next((image.path for image in record.images if image.key == record.cover and image.path), "")
        made.cover = cover if cover.endswith(_COVERS) else ""
        title = text(title_of(record.title))
        head = f'<h1>{title}</h1>\n<p class="byline">{byline(record)}</p>\n{losses(article, missing)}'
        made.text = page(title_of(record.title), f"{head}\n<div>{inner}</div>")
        return made

    def _image(self, made: _Chapter, path: str) -> str:
        """Put an image into the book; its URL there."""
        if path in self.names or path in made.names:
            return self.names.get(path) or made.names.get(path, "")
        name = ""
        data = self._job.blob(path) if BLOB.fullmatch(path) else None
        if data is not None:
            name, data = _as_core(path, data)
            if name:
                made.files[name] = data
            else:
                self._job.missing[path] = "no reader of books has to know such an image"
        made.names[path] = name
        return name

    def put_cover(self, made: _Chapter) -> str:
        """Put the cover of a chapter into the book, if there is one; its URL there."""
        if not made.cover.endswith(".webp"):
            return self._image(made, made.cover) if made.cover else ""
        # Readers have to know WebP only since EPUB 3.3, and what shows the covers of a shelf is often older.
        name, data = _as_core(made.cover, self._job.blob(made.cover) or b"", (*_CONVERTED, "webp"))
        if name:
            made.files[name] = data
        return name

    def _media(self, path: str) -> str:
        self._job.left_out.add(path)
        return ""

    def _link(self, path: str) -> str:
        folder, _, name = path.rpartition("/")
        if name in (PAGE, TEXT) and folder in self._inside:
            return f"{anchor(folder)}.xhtml"
        return self._job.source.url(path)


def _as_core(path: str, data: bytes, converted: Sequence[str] = _CONVERTED) -> tuple[str, bytes]:
    """An image as a type that every reader knows, PNG where its own is one of `converted`: its name in the book, empty
    where it cannot be, and its bytes."""
    stem, _, extension = path.rpartition("/")[2].rpartition(".")
    if extension == "svg":
        clean = clean_file(data)
        return (f"{IMAGES}/{stem}.svg", clean.encode()) if clean else ("", b"")
    if extension in converted:
        try:
            return f"{IMAGES}/{stem}.png", as_png(data)
        except ImageError:
            return "", b""
    return (f"{IMAGES}/{stem}.{extension}", data) if extension in TYPES else ("", b"")


def _keep_drawing(made: _Chapter, drawing: Tag) -> str:
    if not is_drawn(drawing):
        return ""
    data = drawing_file(drawing).encode()
    name = f"{IMAGES}/d-{hashlib.sha256(data).hexdigest()[:16]}.svg"
    made.files[name] = data
    return name


def export_epub(job: Job, file: BinaryIO) -> None:
    """A book of the job's articles, in parts by `job.by`."""
    parts = groups(job.source, job.folders, job.by)
    job.folders = [folder for part in parts for folder in part.folders]
    maker, book = _Maker(job), Book(urn(f"book {job.by} {job.name}"), job.title)
    with Zip(file, COMMENT) as made:
        made.add("mimetype", "application/epub+zip", packed=False)
        made.add("META-INF/container.xml", CONTAINER)
        for article, chapter in job.make(maker.chapter):
            book.latest = max(book.latest, article.record.captured_at)
            book.accounts.setdefault(one_line(article.record.account))
            book.cover = book.cover or maker.put_cover(chapter)
            maker.names |= chapter.names
            for name, data in chapter.files.items():
                made.add(f"book/{name}", data)
                book.images.setdefault(name, TYPES[name.rpartition(".")[2]])
            made.add(f"book/{anchor(article.record.folder)}.xhtml", chapter.text)
        _finish(job, made, book, parts)


def _finish(job: Job, made: Zip, book: Book, parts: Sequence[Group]) -> None:
    """All that is known only when the chapters are there."""
    facts = job.source.facts
    for folder, reason in job.failed.items():  # other chapters may lead there
        title = title_of(facts[folder].title)
        made.add(f"book/{anchor(folder)}.xhtml", page(title, f"<h1>{text(title)}</h1><p>没有导出：{text(reason)}</p>"))
    if not book.cover:
        book.cover = "cover.svg"
        made.add("book/cover.svg", cover_drawing(job.title))
        book.images[book.cover] = TYPES["svg"]
    dates = sorted(facts[folder].date for folder in job.folders if facts[folder].date)
    made.add("book/title.xhtml", title_page(book, job.done, dates))
    made.add("book/style.css", STYLE)
    listed = []
    for number, part in enumerate(parts, 1):
        items = [Item(title_of(facts[folder].title), f"{anchor(folder)}.xhtml") for folder in part.folders]
        listed.append((part.name, f"part-{number}.xhtml", items))
    for name, path, items in listed:
        made.add(f"book/{path}", part_page(name, len(items)))
        book.spine += [path, *(item.path for item in items)]
    made.add("book/nav.xhtml", contents(listed))
    made.add("book/package.opf", package(book))
