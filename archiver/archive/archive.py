"""The opened archive: text files, image files and their index, held together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from archiver.archive import captures
from archiver.archive.boundary import Boundary
from archiver.archive.coverage import Held
from archiver.archive.derived import Draft, Made, derive, make
from archiver.archive.form import USUAL, Form
from archiver.archive.indexing import canonical_urls, index_article, index_image, read_record, refresh
from archiver.archive.inlined import kept_inlined
from archiver.archive.known_articles import known_folder
from archiver.archive.lines import open_lines
from archiver.archive.reasons import change_texts
from archiver.archive.record import (
    Existing,
    StoredFiles,
    how_captured,
    make_record,
    not_fetched,
    read_from_page,
    with_files,
)
from archiver.archive.surroundings import around_article
from archiver.archive.versions import all_versions, free_folder
from archiver.errors import InternalError
from archiver.models import Article, ArticleRecord, Capture, ImageFile, OldVersion, PageChange, StoredImage, UrlKind
from archiver.models.media import MediaFile, MediaRef, StoredMedia
from archiver.render.record import article_json
from archiver.store.articles import ArticleFolders
from archiver.store.blobs import Blobs
from archiver.store.catalogue import Catalogue
from archiver.store.layout import OLD_RECORD, RECORD
from archiver.store.lines import LinkEntry
from archiver.store.names import folder_name
from archiver.store.same_article import folder_of_same
from archiver.wechat import urls
from archiver.wechat.inner import inner_links


class Archive:
    """What all commands work on; paths in and out are POSIX, relative to `root`. `form`: how new articles are kept."""

    def __init__(
        self,
        root: Path,
        catalogue: Catalogue,
        form: Form = USUAL,
        on_damage: Callable[[str, int, str], None] | None = None,
        boundary: Boundary | None = None,
    ) -> None:
        """Raises DamageError for a damaged line, unless `on_damage` is there to be told (file, line, what is wrong)."""
        self.root = root
        self.boundary = boundary or Boundary(root)
        self.form = form
        self.catalogue = catalogue
        self.folders = ArticleFolders(root)
        self.links, self.journal = open_lines(root, on_damage)
        self._blobs = Blobs(root)

    @property
    def read_only(self) -> bool:
        """Whether it was opened to look only."""
        return not self.boundary.keep

    def refresh_catalogue(self, *, texts: bool = True) -> None:
        """Bring the index up to what the text files say, with or without the pages' `texts`.

        Raises DamageError for an article.json that is wrong.
        """
        refresh(self.catalogue, self.folders, self.links, self.boundary, texts=texts)

    def record(self, folder: str, name: str = RECORD) -> ArticleRecord:
        """What article.json (or a file like it) says. Raises StoreError or DamageError."""
        return read_record(self.folders, folder, name)

    def article_folder(self, url: str) -> str | None:
        """Folder of the article behind a canonical URL, if it is archived and there.

        A long URL names the article itself, so it need not have been seen before. One that is to be forgotten counts as
        gone while its files are still there.
        """
        folder = known_folder(url, self.catalogue.folder_of_url, self.catalogue.folder_of_id)
        return folder if folder and self.has_article(folder) else None

    def has_file(self, path: str) -> bool:
        """Whether there is a file of that path: an album's list, an image, a video."""
        return (self.root / path).is_file()

    def has_article(self, folder: str) -> bool:
        """Whether an article is there, and stays. Raises StoreError where the disk does not even tell that."""
        return folder not in self.links.forgotten and self.folders.has(folder)

    def copies(self, article: Article) -> dict[str, str]:
        """What the article's links lead to, as far as it is archived: URL as its body writes it -> path."""
        found = ((href, self.copy_of(url)) for href, url in inner_links(article.body).items())
        return {href: path for href, path in found if path}

    def copy_of(self, url: str) -> str | None:
        """Folder of the article, or file of the album, behind a canonical URL."""
        if urls.classify(url) is not UrlKind.ALBUM:
            return self.article_folder(url)
        entry = self.links.get(url)
        return entry.target if entry and entry.target and self.has_file(entry.target) else None

    def folder_of(self, article: Article, url: str) -> str | None:
        """Folder of the archived article that this is too, whatever URL it was asked for by."""
        ids = (article.biz, article.mid, article.idx)
        folder = self.catalogue.folder_of_id(urls.article_id(*ids, url))
        folder = folder or folder_of_same(self.catalogue.db, ids, urls.canonical_url(url))
        return folder if folder and self.folders.has(folder) else None

    def image(self, key: str) -> StoredImage | None:
        """The image of that key, if its file is there."""
        found = self.catalogue.image(key)
        return found if found and found.path and self._blobs.has(found.path) else None

    def keep_image(self, key: str, url: str, file: ImageFile, via: str = "") -> StoredImage:
        """Keep an article's image until something names it; one that is there stays. Raises StoreError."""
        if known := self.image(key):
            return replace(known, url=url)
        kept = self.form.as_kept(file)
        return StoredImage(key, url, via=via).kept_in(kept, self._blobs.put(kept))

    def keep_file(self, file: ImageFile | MediaFile) -> str:
        """Keep bytes under their own name for good; their path. Raises StoreError."""
        return self._blobs.put(file, at_once=True)

    def set_image_aside(self, path: str) -> None:
        """Hide an image file that is broken, until `settle_images`. Raises StoreError."""
        self._blobs.set_aside(path)

    def settle_images(self) -> None:
        """Let new files take the place of those set aside; what did not come again is put back. Raises StoreError."""
        self._blobs.settle()

    def keep_media(self, ref: MediaRef, url: str, file: MediaFile) -> StoredMedia:
        """Keep the bytes of an audio or video file. Raises StoreError."""
        return StoredMedia(ref.kind, ref.key, url, self._blobs.put(file), file.sha256, file.media_type, len(file.data))

    def add_alias(self, folder: str, url: str) -> None:
        """Note a further URL of an article that is archived. Raises StoreError."""
        record = self.record(folder)
        if url not in record.aliases:
            self.put_record(replace(record, aliases=(*record.aliases, url)))

    def put_record(self, record: ArticleRecord) -> None:
        """Write an article's article.json; its other files stay. Raises StoreError."""
        self._put(record, self.folders.files(record.folder) | {RECORD: article_json(record).encode()})

    def save(
        self,
        article: Article,
        capture: Capture,
        url: str,
        stored: Sequence[StoredImage],
        media: Sequence[StoredMedia] = (),
    ) -> ArticleRecord:
        """Write a new article. `stored` has one entry for each of `article.images`, `media` for each of
        `article.media`; `url` is what was asked for. Raises StoreError."""
        existing = Existing(self.place_of(article, url))
        return self.write_capture(
            make_record(article, capture, url, StoredFiles(stored, media), existing), article, capture
        )

    def place_of(self, article: Article, url: str) -> str:
        """The folder in which `save` writes it."""
        article_id = urls.article_id(article.biz, article.mid, article.idx, url)
        return folder_name(article_id, article.published_at, article.account, article.title, self.form.path)

    def write_capture(self, record: ArticleRecord, article: Article, capture: Capture) -> ArticleRecord:
        """Write an article's folder from a capture. Raises StoreError."""
        packed = captures.packed(capture, self.form.capture)
        return self.write_made(make(self.draft(record, article, packed.held), packed.files))

    def renew(
        self,
        old: ArticleRecord,
        article: Article,
        capture: Capture,
        files: StoredFiles,
        changed: Sequence[PageChange] = (),
    ) -> ArticleRecord:
        """Write an article again from a new visit; its folder, URL and aliases stay. Raises StoreError.

        `changed`: what its author edited since; the old version is then kept beside it, byte for byte.
        """
        read = read_from_page(article) | {"captured_at": capture.captured_at, "capture": how_captured(capture)}
        versions = self.keep_version(old, self.folders.files(old.folder), changed) if changed else old.versions
        record = replace(old, **read, **with_files(article, files), versions=versions)
        try:
            with self.boundary.item("article", old.folder, "renew"):
                return self.write_capture(record, article, capture)
        except InternalError:
            if changed:
                self.folders.remove(versions[-1].folder)
            raise

    def keep_version(
        self, old: ArticleRecord, files: Mapping[str, bytes], changed: Sequence[PageChange]
    ) -> tuple[OldVersion, ...]:
        """Put files of an article aside, over no version that is there; all its versions then. Raises StoreError."""
        files = {OLD_RECORD if name == RECORD else name: data for name, data in files.items()}
        version = OldVersion(free_folder(self.folders, old, files), old.captured_at, change_texts(changed))
        others = all_versions(self.folders, old.folder, old.versions)
        self.folders.write(version.folder, files)
        return (*(other for other in others if other.folder != version.folder), version)

    def complete(
        self, old: ArticleRecord, stored: Sequence[StoredImage], media: Sequence[StoredMedia] = ()
    ) -> ArticleRecord:
        """Write an article again, read from its own capture, with the files that have arrived since.

        `stored` and `media` have what there is of the article's files; what they lack is missing. Nothing is written
        where that would change nothing. Raises StoreError, or DamageError where the capture is no longer that article.
        """
        article = self.read_capture(old)
        by_url = {image.url: image for image in stored}
        in_order = [by_url.get(r.url) or kept_inlined(r, self.image(r.key), self.keep_image) for r in article.images]
        by_key = {item.key: item for item in media}
        played = [by_key.get(ref.key, not_fetched(ref)) for ref in article.media]
        read = read_from_page(article)
        # A page that says less than its URL did when it was archived (ids) takes nothing away.
        read |= {name: read[name] or getattr(old, name) for name in ("biz", "mid", "idx", "sn")}
        record = replace(old, **read, **with_files(article, StoredFiles(in_order, played)))
        return self.write_made(make(self.draft(record, article), captures.files(self.folders, old.folder)))

    def has_capture(self, record: ArticleRecord) -> bool:
        """Whether there is something to read the article from again."""
        return bool(captures.stored(self.root / record.folder))

    def own_folders(self, folder: str) -> list[str]:
        """The article's folder and those of its earlier versions, as far as they are there. Raises StoreError."""
        versions = all_versions(self.folders, folder)
        return [place for place in (folder, *(v.folder for v in versions)) if (self.root / place).is_dir()]

    def remove(self, folder: str, image_paths: Sequence[str]) -> None:
        """Delete an article's folder, those of its versions, and those image files. Raises StoreError."""
        for path in image_paths:
            self._blobs.remove(path)
        self.catalogue.drop_article(folder, image_paths)
        # The article goes last, since it tells of all the others: while it is there, it is indexed again.
        for place in reversed(self.own_folders(folder)):
            self.folders.sums.drop(place)
            self.folders.remove(place)

    def read_capture(self, record: ArticleRecord) -> Article:
        """The article as its stored capture has it. Raises StoreError or DamageError."""
        return captures.read(self.folders, record)

    def put_links(self, *link_entries: LinkEntry) -> None:
        """Record what is known of URLs of the notes. Raises StoreError."""
        self._blobs.sync()
        self.links.put(*link_entries)
        for entry in link_entries:
            index_image(self.catalogue, entry)

    def update_lines(self, record: ArticleRecord) -> None:
        """Let the lines of an article's URLs lead to it and have its status. Raises StoreError."""
        link_entries = (self.links.get(url) for url in canonical_urls(record))
        self.put_links(*(replace(e, status=record.status, target=record.folder) for e in link_entries if e))

    def derived_files(self, record: ArticleRecord, article: Article) -> dict[str, bytes]:
        """The files of an article that its article.json and its capture determine: name -> bytes."""
        return derive(self.draft(record, article), record)

    def draft(self, record: ArticleRecord, article: Article, held: Held = None) -> Draft:
        """What the files of an article are made from, as things are."""
        around = around_article(self.catalogue, record.folder)
        return Draft(record, article, self.copies(article), around, self.form.keys, held)

    def write_made(self, made: Made) -> ArticleRecord:
        """Write an article's folder as it was made. Raises StoreError."""
        record, files = made.record, {**made.files, RECORD: article_json(made.record).encode()}
        self._blobs.sync()
        if not self.folders.holds(record.folder, files):
            self._put(record, files, made.text)
        return record

    def _put(self, record: ArticleRecord, files: Mapping[str, bytes], text: str | None = None) -> None:
        """Write and index an article's folder; if that is more than the program can, it is as it was."""
        before = self.folders.files(record.folder) if self.folders.path(record.folder).is_dir() else None
        try:
            with self.boundary.item("article", record.folder, "put"):
                self.folders.write(record.folder, files)
                found = (self.root / record.folder / RECORD).stat()
                stamp = (found.st_mtime_ns, found.st_size)
                index_article(self.catalogue, self.folders, record, stamp, texts=True if text is None else text)
        except InternalError:
            self.folders.put_back(record.folder, before)
            raise
