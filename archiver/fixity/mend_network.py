"""Mend with the network's help: pictures and pages are asked for again, and taken only if they prove themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from archiver.archive import PAGE, TEXT, Archive
from archiver.errors import ArchiverError, DamageError, HttpStatusError, PlaceholderError
from archiver.fixity.quarantine import Quarantine
from archiver.fixity.survey import BLOB
from archiver.gathering.plan import Target
from archiver.gathering.workers import PageResult, PictureResult, Workers
from archiver.indexing import canonical_urls
from archiver.models import Article, ArticleRecord, ImageFile, ImageRef, StoredImage, UrlKind
from archiver.records import make_record, not_fetched
from archiver.store.articles import RECORD
from archiver.versions import all_versions
from archiver.wechat import images, urls


@dataclass(slots=True)
class Wanted:
    """What only the network can mend: picture files by path, article folders with a URL to ask for."""

    blobs: set[str] = field(default_factory=set)
    folders: dict[str, str] = field(default_factory=dict)


class Refetch:
    """Asks for what is wanted and puts it into the archive; `done` are lines about what was mended."""

    def __init__(
        self,
        archive: Archive,
        workers: Workers,
        quarantine: Quarantine,
        in_notes: set[str],
        versions: Sequence[ArticleRecord] = (),
    ) -> None:
        self._archive = archive
        self._workers = workers
        self._quarantine = quarantine
        self._in_notes = in_notes  # pictures that notes show: their name cannot change
        self._versions = versions  # earlier ones of articles: they stay as they are, whatever becomes of a picture
        self._arrived: dict[str, ImageFile] = {}
        self._errors: dict[str, ArchiverError] = {}  # by key, of pictures that did not come
        self.done: list[str] = []

    def run(self, wanted: Wanted) -> None:
        """Ask for everything. A wall ends it: what is left stays as it is. Raises StoreError, BrowserMissingError."""
        pages = self._load(wanted)
        for path in sorted(wanted.blobs):
            self._mend_blob(path)
        for result in pages:
            self._mend_article(result, wanted)

    def _load(self, wanted: Wanted) -> list[PageResult]:
        pages = []
        for path in wanted.blobs:
            for ref in self._refs(path)[:1]:
                self._workers.fetch(ref)
        targets = [Target(UrlKind.ARTICLE, urls.canonical_url(url), url, f) for f, url in wanted.folders.items()]
        self._workers.load(targets)
        while (result := self._workers.next_result()) is not None:
            if isinstance(result, PictureResult):
                self._take_in(result)
            elif isinstance(result, PageResult):
                pages.append(result)
            if isinstance(result, PageResult) and isinstance(result.page, Article):
                for ref in result.page.images:
                    if self._archive.picture(ref.key) is None and ref.key not in self._arrived:
                        self._workers.fetch(ref)
        return pages

    def _take_in(self, result: PictureResult) -> None:
        if result.file:
            self._arrived[result.ref.key] = result.file
        elif result.error:
            self._errors[result.ref.key] = result.error

    def _refs(self, path: str) -> list[ImageRef]:
        """The addresses of a stored picture."""
        shown = [
            ImageRef(image.key, image.url, image.width, image.height)
            for record in (*self._records_with(path), *self._versions_with(path))
            for image in record.images
            if image.path == path
        ]
        for entry in self._archive.links:
            key = images.image_key(entry.url) if entry.target == path else None
            if key:
                shown.append(ImageRef(key, entry.url))
        return shown

    def _records_with(self, path: str) -> list[ArticleRecord]:
        records = (self._archive.record(folder) for folder, _, _ in self._archive.folders.records())
        return [record for record in records if any(image.path == path for image in record.images)]

    def _versions_with(self, path: str) -> list[ArticleRecord]:
        return [record for record in self._versions if any(image.path == path for image in record.images)]

    def _mend_blob(self, path: str) -> None:
        match = BLOB.fullmatch(path)
        keys = [ref.key for ref in self._refs(path)]
        file = next((self._arrived[key] for key in keys if key in self._arrived), None)
        there = (self._archive.root / path).is_file()
        if file and match and file.sha256 == match[3]:
            if there:
                self._quarantine.take(path)
            self._archive.keep_file(file)
            self.done.append(f"{path}: fetched again, equal")
        elif file is None and keys and not any(_is_final(self._errors.get(key)) for key in keys):
            # A damaged picture can often still be looked at: only a definite answer takes it away.
            self.done.append(f"{path}: could not be asked for now; it stays as it is")
        elif path not in self._in_notes:
            kept_by = [record.folder for record in self._versions_with(path)]
            if kept_by:
                self.done.append(f"{path}: not to be had again; it stays as it is for {kept_by[0]}")
            elif there:
                self._quarantine.take(path)
            for record in self._records_with(path):
                self._replace_picture(record, path, file)

    def _replace_picture(self, record: ArticleRecord, path: str, file: ImageFile | None) -> None:
        """Give an article the picture that is served today in place of a lost one, or say that it is missing."""
        new = self._archive.keep_file(file) if file else None
        stored = []
        for image in record.images:
            if image.path != path:
                stored.append(image)
            elif file and new:
                stored.append(
                    StoredImage(image.key, image.url, new, file.sha256, file.media_type, file.width, file.height)
                )
            else:
                stored.append(StoredImage(image.key, image.url, error="damaged on the disk, and not to be had again"))
        try:
            changed = self._archive.complete(record, stored, record.media)
        except DamageError as error:
            self.done.append(f"{record.folder}: {path} is lost, and {error}")
            return
        for url in canonical_urls(changed):
            entry = self._archive.links.get(url)
            if entry:
                self._archive.put_links(replace(entry, status=changed.status))
        how = f"fetched again, now {new}" if new else "not to be had: the article is partial, and asks for it again"
        self.done.append(f"{record.folder}: {path} {how}")

    def _mend_article(self, result: PageResult, wanted: Wanted) -> None:
        """Write an article again from a new visit, into its old folder; what that holds now is kept aside."""
        folder, page, capture = result.target.where, result.page, result.capture
        url = wanted.folders[folder]
        if not isinstance(page, Article) or capture is None:
            return
        stored = [self._stored(ref) for ref in page.images]
        old = self._archive.record(folder) if self._archive.folders.has(folder) else None
        known = {item.key: item for item in (old.media if old else ())}
        media = [known.get(ref.key, not_fetched(ref)) for ref in page.media]
        aliases = [entry.url for entry in self._archive.links if entry.target == folder]
        versions = all_versions(self._archive.folders, folder, old.versions if old else ())
        record = make_record(page, capture, url, stored, media, folder=folder, aliases=aliases, versions=versions)
        if not folder.endswith(f"-{record.id}"):
            return
        if old and self._would_change(record, page):
            self.done.append(f"{folder}: the capture is not to be had again: the page was edited since")
            return
        if (self._archive.root / folder).is_dir():
            for name in self._archive.folders.names(folder):
                self._quarantine.copy(f"{folder}/{name}", self._archive.folders.read(folder, name))
        self._archive.write_capture(record, page, capture)
        for alias in canonical_urls(record):
            entry = self._archive.links.get(alias)
            if entry:
                self._archive.put_links(replace(entry, status=record.status, target=folder))
        self.done.append(f"{folder}: captured again")

    def _would_change(self, record: ArticleRecord, page: Article) -> bool:
        """Whether an article whose files are sound but for the capture would get another text: sound files are worth
        more than a capture."""
        parent, _, name = record.folder.rpartition("/")
        listed = self._archive.folders.sums.read(parent).of(name)
        there = self._archive.folders.digests(record.folder)
        if any(there.get(file) != listed.get(file, "?") for file in (RECORD, TEXT, PAGE)):
            return False
        text = self._archive.derived_files(record, page)[TEXT]
        return text != self._archive.folders.read(record.folder, TEXT)

    def _stored(self, ref: ImageRef) -> StoredImage:
        known = self._archive.picture(ref.key)
        file = self._arrived.get(ref.key)
        if known is None and file:
            known = self._archive.keep_picture(ref.key, ref.url, file)
        return replace(known, url=ref.url) if known else StoredImage(ref.key, ref.url, error="not fetched")


def _is_final(error: ArchiverError | None) -> bool:
    """Whether the answer says that the picture is no more. None: nobody asked, or no answer came."""
    return isinstance(error, PlaceholderError) or (isinstance(error, HttpStatusError) and error.status in (404, 410))
