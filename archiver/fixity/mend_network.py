"""Mend with the network's help: pictures and pages are asked for again, and taken only if they prove themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from archiver.archive import Archive
from archiver.errors import ArchiverError, DamageError, DiskFullError, HttpStatusError, PlaceholderError
from archiver.fixity.quarantine import Quarantine
from archiver.fixity.survey import BLOB
from archiver.gathering.albums import LoadedAlbum, save_album
from archiver.gathering.plan import Target
from archiver.gathering.recheck import LOST, changes_of_page
from archiver.gathering.workers import EndAsked, PageResult, Workers
from archiver.indexing import canonical_urls
from archiver.mediamodels import MediaFile, MediaKind, MediaRef, MediaSource, StoredMedia
from archiver.models import Album, Article, ArticleRecord, ImageFile, ImageRef, Refusal, Status, StoredImage, UrlKind
from archiver.records import make_record, not_fetched
from archiver.store.articles import PAGE, RECORD, TEXT
from archiver.versions import all_versions
from archiver.wechat import images, urls

LOST_FILE = "damaged on the disk, and not to be had again"


@dataclass(slots=True)
class Wanted:
    """What only the network can mend: pictures, sounds and films by path; article folders, and lists of albums by path,
    each with a URL to ask for."""

    blobs: set[str] = field(default_factory=set)
    folders: dict[str, str] = field(default_factory=dict)
    albums: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.blobs or self.folders or self.albums)


class Refetch:
    """Asks for what is wanted and puts it into the archive; `done` are lines about what was mended."""

    def __init__(
        self,
        archive: Archive,
        workers: Workers,
        quarantine: Quarantine,
        in_notes: set[str],
        versions: Sequence[ArticleRecord] = (),
        check_room: Callable[[], None] = lambda: None,
    ) -> None:
        """`in_notes`: files that notes show; `check_room()` raises DiskFullError when it is time to end."""
        self._archive = archive
        self._workers = workers
        self._quarantine = quarantine
        self._check_room = check_room
        self._in_notes = in_notes  # their name cannot change
        self._records = _by_file(archive.record(folder) for folder, _, _ in archive.folders.records())
        self._versions = _by_file(versions)  # they stay as they are, whatever becomes of a file
        self._linked: dict[str, list[str]] = defaultdict(list)  # file -> URLs by which notes show it
        for entry in archive.links:
            if entry.kind is UrlKind.IMAGE:
                self._linked[entry.target].append(entry.url)
        self._arrived: dict[str, ImageFile | MediaFile] = {}  # by key
        self._errors: dict[str, ArchiverError] = {}  # by key, of files that did not come
        self._gone: set[str] = set()  # keys of films that their articles do not play any more
        self._films: dict[str, set[str]] = defaultdict(set)  # folder -> keys of films: only its page knows where
        self.done: list[str] = []

    def run(self, wanted: Wanted) -> None:
        """Ask for everything. A wall, a full disk or the wish to end ends it: what is left stays as it is.

        Raises StoreError, BrowserMissingError.
        """
        pages = self._load(wanted)
        for path in sorted(wanted.blobs):
            self._mend_blob(path)
        for result in pages:
            if result.target.where in wanted.folders:
                self._mend_article(result, wanted)
            elif result.album and result.album.album:
                self._mend_album(result.target, result.album, result.album.album)
        if self._workers.walled:
            self.done.append("WeChat asks for verification: what needs a page stays as it is. Try again tomorrow")

    def _load(self, wanted: Wanted) -> list[PageResult]:
        for path in wanted.blobs:
            self._ask_for(path)
        visits = {folder: self._archive.record(folder).url for folder in self._films} | wanted.folders
        asked = [(UrlKind.ARTICLE, visits), (UrlKind.ALBUM, wanted.albums)]
        self._workers.load(
            [Target(kind, urls.canonical_url(url), url, at) for kind, places in asked for at, url in places.items()]
        )
        pages: list[PageResult] = []
        while (result := self._workers.next_result()) is not None:
            if isinstance(result, PageResult):
                pages.append(result)
                self._on_page(result)
            elif isinstance(result, EndAsked):
                self._workers.wind_down(())
            elif result.file:
                self._arrived[result.ref.key] = result.file
            elif result.error:
                self._errors[result.ref.key] = result.error
            self._mind_the_disk()
        return pages

    def _ask_for(self, path: str) -> None:
        """Start fetching a file, or note down the page that knows where it is."""
        for ref in self._refs(path)[:1]:
            self._workers.fetch(ref)
        for record, item in self._played(path):
            if item.kind is MediaKind.VIDEO:
                self._films[record.folder].add(item.key)
            else:
                self._workers.fetch_media(MediaRef(item.kind, item.key, "", (MediaSource(item.url),)))

    def _on_page(self, result: PageResult) -> None:
        """Ask for the files that a page shows and the archive lacks."""
        films = self._films.pop(result.target.where, set())
        page = result.page
        if isinstance(page, Article):
            for ref in page.media:
                if ref.key in films:
                    films.discard(ref.key)
                    self._workers.fetch_media(ref)
            for picture in page.images:
                if self._archive.picture(picture.key) is None and picture.key not in self._arrived:
                    self._workers.fetch(picture)
        if isinstance(page, Article) or (isinstance(page, Refusal) and page.status in LOST):
            self._gone |= films

    def _mind_the_disk(self) -> None:
        try:
            self._check_room()
        except DiskFullError as error:
            if str(error) not in self.done:
                self.done.append(str(error))
            self._workers.wind_down(())

    def _refs(self, path: str) -> list[ImageRef]:
        """The addresses of a stored picture."""
        shown = [
            ImageRef(image.key, image.url, image.width, image.height)
            for record in (*self._records[path], *self._versions[path])
            for image in record.images
            if image.path == path
        ]
        linked = ((images.image_key(url), url) for url in self._linked[path])
        return shown + [ImageRef(key, url) for key, url in linked if key]

    def _played(self, path: str) -> list[tuple[ArticleRecord, StoredMedia]]:
        """The sounds and films whose file it is, each with an article (none of its earlier versions) that plays it."""
        return [(record, item) for record in self._records[path] for item in record.media if item.path == path]

    def _mend_blob(self, path: str) -> None:
        match = BLOB.fullmatch(path)
        keys = [ref.key for ref in self._refs(path)] + [item.key for _, item in self._played(path)]
        file = next((self._arrived[key] for key in keys if key in self._arrived), None)
        there = (self._archive.root / path).is_file()
        if file and match and file.sha256 == match[3]:
            if there:
                self._quarantine.take(path)
            self._archive.keep_file(file)
            self.done.append(f"{path}: fetched again, equal")
        elif file is None and not any(self._is_lost(key) for key in keys):
            # A damaged picture can often still be looked at: only a definite answer takes it away.
            why = "could not be asked for now" if keys else "nothing tells where it can be had"
            self.done.append(f"{path}: {why}; it stays as it is")
        elif path not in self._in_notes:
            kept_by = [record.folder for record in self._versions[path]]
            if kept_by:
                self.done.append(f"{path}: not to be had again; it stays as it is for {kept_by[0]}")
            elif there:
                self._quarantine.take(path)
            for record in self._records[path]:
                self._replace(record.folder, path, file)

    def _is_lost(self, key: str) -> bool:
        """Whether it is certain that the file is no more: not where nobody asked, or no answer came."""
        error = self._errors.get(key)
        if isinstance(error, HttpStatusError):
            return error.status in (404, 410)
        return isinstance(error, PlaceholderError) or key in self._gone

    def _replace(self, folder: str, path: str, file: ImageFile | MediaFile | None) -> None:
        """Give an article the file that is served today in place of a lost one, or say that it is missing."""
        record = self._archive.record(folder)
        if not self._archive.has_capture(record):
            return  # its page was asked for: it is written from that
        new = self._archive.keep_file(file) if file else None
        stored = [_now(image, file, new) if image.path == path else image for image in record.images]
        media = [_played_now(item, file, new) if item.path == path else item for item in record.media]
        try:
            changed = self._archive.complete(record, stored, media)
        except DamageError as error:
            self.done.append(f"{folder}: {path} is lost, and {error}")
            return
        for url in canonical_urls(changed):
            entry = self._archive.links.get(url)
            if entry:
                self._archive.put_links(replace(entry, status=changed.status))
        how = f"fetched again, now {new}" if new else "not to be had: the article is partial"
        self.done.append(f"{folder}: {path} {how}")

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
        if old and self._would_change(old, record, page):
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

    def _mend_album(self, target: Target, loaded: LoadedAlbum, album: Album) -> None:
        """Write an album again, its damaged list aside. What did not come of it waits for the next sync."""
        if (self._archive.root / target.where).is_file():
            self._quarantine.take(target.where)
        path = save_album(self._archive, album)
        entry = self._archive.links.get(target.url)
        if entry and loaded.status is not entry.status:
            whole = loaded.status in (Status.ARCHIVED, Status.PARTIAL)
            status = loaded.status if whole else Status.PENDING
            self._archive.put_links(replace(entry, status=status, target=path if whole else ""))
        self.done.append(f"{target.where}: loaded again")

    def _would_change(self, old: ArticleRecord, record: ArticleRecord, page: Article) -> bool:
        """Whether an article whose files are sound but for the capture would get another text: sound files are worth
        more than a capture."""
        parent, _, name = record.folder.rpartition("/")
        listed = self._archive.folders.sums.read(parent).of(name)
        there = self._archive.folders.digests(record.folder)
        if any(there.get(file) != listed.get(file, "?") for file in (RECORD, TEXT, PAGE)):
            return False
        if not self._archive.has_capture(old):
            return changes_of_page(self._archive, old, page) != ()
        text = self._archive.derived_files(record, page)[TEXT]
        return text != self._archive.folders.read(record.folder, TEXT)

    def _stored(self, ref: ImageRef) -> StoredImage:
        known = self._archive.picture(ref.key)
        file = self._arrived.get(ref.key)
        if known is None and isinstance(file, ImageFile):
            known = self._archive.keep_picture(ref.key, ref.url, file)
        return replace(known, url=ref.url) if known else StoredImage(ref.key, ref.url, error="not fetched")


def _by_file(records: Iterable[ArticleRecord]) -> Mapping[str, list[ArticleRecord]]:
    """The records that name each picture, sound and film."""
    found: dict[str, list[ArticleRecord]] = defaultdict(list)
    for record in records:
        for path in {*(image.path for image in record.images), *(item.path for item in record.media)}:
            if path:
                found[path].append(record)
    return found


def _now(image: StoredImage, file: ImageFile | MediaFile | None, path: str | None) -> StoredImage:
    """A picture with another file, or without one."""
    if not isinstance(file, ImageFile):
        return StoredImage(image.key, image.url, error=LOST_FILE)
    return StoredImage(image.key, image.url, path, file.sha256, file.media_type, file.width, file.height)


def _played_now(item: StoredMedia, file: ImageFile | MediaFile | None, path: str | None) -> StoredMedia:
    """A sound or film with another file, or without one."""
    if not isinstance(file, MediaFile):
        return StoredMedia(item.kind, item.key, item.url, error=LOST_FILE, final=True)
    return StoredMedia(item.kind, item.key, item.url, path, file.sha256, file.media_type, len(file.data))
