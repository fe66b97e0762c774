"""What exports read of an archive, by article and file; whatever they get has been checked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from archiver.archive import captures
from archiver.archive.albums import read_album_file
from archiver.archive.indexing import read_record
from archiver.dom.sheet import styles_in
from archiver.errors import DamageError, StoreError
from archiver.export.body import web_url
from archiver.models import ArticleRecord, StoredImage
from archiver.render.plain import page_body, page_text
from archiver.store import listings
from archiver.store.articles import ArticleFolders
from archiver.store.blobs import read_blob
from archiver.store.catalogue import Catalogue
from archiver.store.layout import ALBUM_FILE, PAGE, TEXT, album_source


@dataclass(frozen=True, slots=True)
class ExportArticle:
    """An archived article: its record, the notes that link to it (paths relative to the notes folder, in order), and
    the best rating that one of them gives it (0: none)."""

    record: ArticleRecord
    notes: tuple[str, ...] = ()
    stars: int = 0

    @property
    def shown(self) -> dict[str, StoredImage]:
        """The images that it has, by their path in the archive."""
        return {image.path: image for image in self.record.images if image.path}


@dataclass(frozen=True, slots=True)
class Facts:
    """An article in a list; `date` is Beijing's, empty where it is not known."""

    url: str
    title: str
    account: str
    date: str


@dataclass(frozen=True, slots=True)
class PageBody:
    """The sanitised body of an article's page: its HTML, whose relative URLs start at the article's folder, the classes
    of the element that holds it, and the styles that its elements have as classes."""

    html: str
    classes: str
    styles: Mapping[str, str]


class Source:
    """The archive at `root`, for looking only; `catalogue` is its index."""

    def __init__(self, root: Path, catalogue: Catalogue) -> None:
        self._root = root
        self._catalogue = catalogue
        self._folders = ArticleFolders(root)

    @cached_property
    def facts(self) -> Mapping[str, Facts]:
        """What a list says of every article, by its folder."""
        sql = "select folder, url, title, account, date from articles"
        return {folder: Facts(*row) for folder, *row in self._catalogue.db.execute(sql)}

    def url(self, path: str) -> str:
        """The URL of the article or album whose file of the archive that is; empty where it has none."""
        if ALBUM_FILE.fullmatch(path):
            with suppress(StoreError, DamageError):
                return web_url(read_album_file(self._root / album_source(path)).url)
        found = self.facts.get(path.rpartition("/")[0])
        return web_url(found.url) if found else ""

    def article(self, folder: str) -> ExportArticle:
        """Raises StoreError or DamageError."""
        mentions = listings.mentions_of(self._catalogue, folder)
        notes = tuple(dict.fromkeys(mention.note for mention in mentions))
        return ExportArticle(read_record(self._folders, folder), notes, max((m.stars for m in mentions), default=0))

    def page(self, folder: str) -> PageBody:
        """The body of its index.html. Raises StoreError, or DamageError where there is none."""
        page = self._page(folder)
        classes, html = page_body(page)
        if not classes:
            raise DamageError(f"{folder}/{PAGE} has no body: archiver reparse")
        return PageBody(html, classes, styles_in(page))

    def text(self, folder: str) -> str:
        """What a reader sees in the body, a line for each block. Raises StoreError."""
        return page_text(self._page(folder))

    def markdown(self, folder: str) -> bytes:
        """Its article.md. Raises StoreError."""
        return self._folders.read(folder, TEXT)

    def capture(self, folder: str) -> bytes | None:
        """The page as the server sent it, where its exact bytes are kept, else without library scripts and styles;
        None where there is no capture. Raises StoreError or DamageError."""
        names = captures.stored(self._folders.path(folder))
        return captures.unpack(self._folders, folder, names[-1]) if names else None

    def file_url(self, path: str) -> str:
        """The `file:` URL of a file of the archive."""
        return (self._root.resolve() / path).as_uri()

    def blob(self, path: str) -> bytes:
        """An image, audio or video file, which is what its name says. Raises StoreError or DamageError."""
        return read_blob(self._root, path)

    def _page(self, folder: str) -> str:
        return self._folders.read(folder, PAGE).decode("utf-8", "replace")
