"""The opened archive: text files, image files and their index, held together."""

from __future__ import annotations

import contextlib
import gzip
import logging
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from archiver.errors import DamageError
from archiver.models import Article, ArticleRecord, Capture, ImageFile, Loss, Status, StoredImage, UrlKind
from archiver.reader.around import around_article
from archiver.render.around import put_around
from archiver.render.html import render_html
from archiver.render.index import Totals, archive_readme
from archiver.render.markdown import render_markdown
from archiver.render.plain import page_text
from archiver.render.record import article_json, parse_article_json
from archiver.render.text import one_line, title_of
from archiver.store.articles import RECORD, ArticleFolders, folder_name
from archiver.store.blobs import Blobs
from archiver.store.catalogue import Catalogue
from archiver.store.files import write_atomic, write_if_changed, write_if_missing
from archiver.store.fulltext import Text
from archiver.store.journal import Journal
from archiver.store.lines import LinkEntry, LinkTable
from archiver.store.lock import archive_lock
from archiver.wechat import images, urls
from archiver.wechat.page import read_page
from archiver.wechat.slim import slim

log = logging.getLogger(__name__)

CAPTURE = "capture.html.gz"
PAGE = "index.html"
CATALOGUE = "catalogue.db"
GITATTRIBUTES = "* -text\n*.jsonl merge=union\n*.html linguist-generated\n"
GITIGNORE = "catalogue.db*\nreports/\n.lock\n.tmp-*\n.old-*\n"
OVERVIEW_ROWS = 500
MEDIA_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
}


class Archive:
    """What sync and its neighbours work on; paths in and out are POSIX and relative to `root`."""

    def __init__(self, root: Path, catalogue: Catalogue) -> None:
        self.root = root
        self.catalogue = catalogue
        self.folders = ArticleFolders(root)
        self.links = LinkTable(root / "links.jsonl")
        self.journal = Journal(root / "journal.jsonl")
        self._blobs = Blobs(root)

    def refresh_catalogue(self, *, texts: bool = True) -> None:
        """Bring the index up to what the text files say, with or without the pages' `texts`.

        Raises DamageError for an article.json that is wrong.
        """
        stale = self.catalogue.stale(self.folders.records())
        if stale:
            with self.catalogue.together():
                for folder, modified, size in stale:
                    record = self.record(folder)
                    text = self._text(record) if texts else None
                    self.catalogue.put_article(record, _canonical(record), modified, size, text)
        for entry in self.links:
            self._index_image(entry)

    def record(self, folder: str) -> ArticleRecord:
        """What article.json says. Raises StoreError or DamageError."""
        try:
            text = self.folders.read(folder, RECORD).decode()
        except UnicodeDecodeError as error:
            raise DamageError(f"{folder}/{RECORD} is not UTF-8") from error
        return parse_article_json(text, folder)

    def article_folder(self, url: str) -> str | None:
        """Folder of the article behind a canonical URL, if it is archived and there."""
        folder = self.catalogue.folder_of_url(url)
        return folder if folder and self.folders.has(folder) else None

    def folder_of(self, article: Article, url: str) -> str | None:
        """Folder of the archived article that this is too, whatever URL it was asked for by."""
        folder = self.catalogue.folder_of_id(urls.article_id(article.biz, article.mid, article.idx, url))
        return folder if folder and self.folders.has(folder) else None

    def picture(self, key: str) -> StoredImage | None:
        """The picture of that key, if its file is there."""
        image = self.catalogue.image(key)
        return image if image and image.path and self._blobs.has(image.path) else None

    def keep_picture(self, key: str, url: str, file: ImageFile) -> StoredImage:
        """Keep a picture's bytes; a picture that is there already keeps its first file. Raises StoreError."""
        known = self.picture(key)
        if known:
            return replace(known, url=url)
        path = self._blobs.put(file)
        return StoredImage(key, url, path, file.sha256, file.media_type, file.width, file.height)

    def add_alias(self, folder: str, url: str) -> None:
        """Note a further URL of an article that is archived. Raises StoreError."""
        record = self.record(folder)
        if url in record.aliases:
            return
        record = replace(record, aliases=(*record.aliases, url))
        write_atomic(self.root / folder / RECORD, article_json(record).encode())
        self._index(record)

    def save(self, article: Article, capture: Capture, url: str, stored: Sequence[StoredImage]) -> ArticleRecord:
        """Write a new article. `stored` has one entry for each of `article.images`; `url` is what was asked for."""
        article_id = urls.article_id(article.biz, article.mid, article.idx, url)
        how: dict[str, str | int | bool] = {
            "engine": capture.engine,
            "http_status": capture.http_status,
            "rendered": capture.rendered,
        }
        record = ArticleRecord(
            id=article_id,
            folder=folder_name(article_id, article.published_at, article.account, article.title),
            url=url,
            aliases=tuple(dict.fromkeys(filter(None, (url, urls.clean_url(article.url))))),
            captured_at=capture.captured_at,
            capture=how,
            **_read_from_page(article),
            **_with_pictures(article, stored),
        )
        return self._write(record, article, gzip.compress(slim(capture.body), compresslevel=9, mtime=0))

    def complete(self, old: ArticleRecord, stored: Sequence[StoredImage]) -> ArticleRecord:
        """Write an incomplete article again, read from its own capture, with the pictures that have arrived since.

        `stored` has one entry for each picture of the article. Raises StoreError, or DamageError where the capture is
        no longer that article.
        """
        article = self.read_capture(old)
        by_url = {image.url: image for image in stored}
        in_order = [by_url.get(ref.url, StoredImage(ref.key, ref.url, error="not fetched")) for ref in article.images]
        record = replace(old, **_read_from_page(article), **_with_pictures(article, in_order))
        return self._write(record, article, self.folders.read(old.folder, CAPTURE))

    def read_capture(self, record: ArticleRecord) -> Article:
        """The article as its stored capture has it. Raises StoreError or DamageError."""
        try:
            body = gzip.decompress(self.folders.read(record.folder, CAPTURE))
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise DamageError(f"{record.folder}/{CAPTURE} is damaged: {error}") from error
        page = read_page(body, record.url)
        if not isinstance(page, Article):
            raise DamageError(f"{record.folder}/{CAPTURE} holds no article any more: {page.reason}")
        return page

    def put_links(self, *entries: LinkEntry) -> None:
        """Record what is known of URLs of the notes. Raises StoreError."""
        self.links.put(*entries)
        for entry in entries:
            self._index_image(entry)

    def close_run(self, *, changed: bool) -> None:
        """Sort links.jsonl and, if articles `changed`, make the overview again. Raises StoreError."""
        self.links.compact()
        write_if_missing(self.root / ".gitattributes", GITATTRIBUTES.encode())
        write_if_missing(self.root / ".gitignore", GITIGNORE.encode())
        if changed or not (self.root / "README.md").exists():
            newest = [self.record(folder) for folder in self.catalogue.newest_folders(OVERVIEW_ROWS)]
            totals = Totals(**self.catalogue.totals())
            text = archive_readme(newest, self.catalogue.months(), totals)
            write_if_changed(self.root / "README.md", text.encode())

    def _write(self, record: ArticleRecord, article: Article, packed: bytes) -> ArticleRecord:
        by_url = {image.url: image for image in record.images}
        page = render_html(article, record, by_url)
        around = around_article(self.catalogue, record.folder)
        files = {
            "article.md": render_markdown(article, record, by_url).encode(),
            PAGE: (put_around(page, record.folder, around) or page).encode(),
            RECORD: article_json(record).encode(),
            CAPTURE: packed,
        }
        self.folders.write(record.folder, files)
        self._index(record)
        return record

    def _index(self, record: ArticleRecord) -> None:
        stat = (self.root / record.folder / RECORD).stat()
        self.catalogue.put_article(record, _canonical(record), stat.st_mtime_ns, stat.st_size, self._text(record))

    def _text(self, record: ArticleRecord) -> Text:
        """What search finds of an article: what its page shows."""
        path = self.root / record.folder / PAGE
        page = path.read_text("utf-8", "replace") if path.is_file() else ""
        byline = "\n".join(dict.fromkeys((one_line(record.account), one_line(record.author))))
        return Text(title_of(record.title), byline, page_text(page))

    def _index_image(self, entry: LinkEntry) -> None:
        key = images.image_key(entry.url) if entry.kind is UrlKind.IMAGE and entry.target else None
        if key and self.catalogue.image(key) is None:
            self.catalogue.put_image(_note_image(key, entry))


@contextlib.contextmanager
def open_archive(root: Path) -> Iterator[Archive]:
    """Open the archive at `root` for writing, made when missing, its index up to date and leftovers of a crash removed.

    Raises LockedError, StoreError, DamageError.
    """
    with archive_lock(root), Catalogue(root / CATALOGUE) as catalogue:
        archive = Archive(root, catalogue)
        for name in archive.folders.recover():
            log.info("recovered after an interrupted run: %s", name)
        archive.refresh_catalogue()
        yield archive


@contextlib.contextmanager
def view_archive(root: Path) -> Iterator[Archive]:
    """Open the archive at `root` for reading only: nothing is written, not even an index, and it need not exist."""
    with Catalogue(None) as catalogue:
        archive = Archive(root, catalogue)
        archive.refresh_catalogue(texts=False)
        yield archive


def _canonical(record: ArticleRecord) -> list[str]:
    return list(dict.fromkeys(urls.canonical_url(url) for url in (record.url, *record.aliases)))


def _read_from_page(article: Article) -> dict[str, Any]:
    names = ("kind", "title", "account", "author", "published_at", "biz", "mid", "idx", "sn", "digest", "cover")
    return {name: getattr(article, name) for name in names}


def _with_pictures(article: Article, stored: Sequence[StoredImage]) -> dict[str, Any]:
    """Status, losses and images of an article with these pictures: each that is missing is a loss."""
    missing = tuple(Loss("image", image.error, image.url) for image in stored if image.error)
    losses = (*article.losses, *missing)
    status = Status.PARTIAL if any(loss.body for loss in losses) else Status.ARCHIVED
    return {"status": status, "losses": losses, "images": tuple(stored)}


def _note_image(key: str, entry: LinkEntry) -> StoredImage:
    name = PurePosixPath(entry.target)
    media_type = MEDIA_TYPES.get(name.suffix.removeprefix("."))
    return StoredImage(key, entry.url, entry.target, name.stem, media_type, entry.width or None, entry.height or None)
