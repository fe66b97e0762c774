"""Mend images, audio and video files: what is asked for again, and what becomes of those that are lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from archiver.archive.archive import Archive
from archiver.archive.losses import failed_image
from archiver.archive.record import image_not_fetched
from archiver.errors import ArchiverError, DamageError, HttpStatusError, PlaceholderError, StoreError
from archiver.fixity.mend.log import Bench, Cure, Left, Mended, Obstacle
from archiver.media.compact import compact
from archiver.models import ArticleRecord, ImageFile, ImageRef, LossCode, Status, StoredImage, UrlKind
from archiver.models.media import MediaFile, StoredMedia
from archiver.store.layout import BLOB, LINKS
from archiver.wechat import images

LOST_FILE = "damaged on the disk, and cannot be fetched again"

File = ImageFile | MediaFile


class LostBlobs:
    """The files that are missing or damaged, and what has come of them: `arrived` and `errors` by key, and `gone`, keys
    of videos that their articles do not play any more."""

    def __init__(self, bench: Bench, in_notes: set[str], versions: Iterable[ArticleRecord]) -> None:
        """`in_notes`: files that notes show by their path; `versions`: earlier ones of articles."""
        self._archive = archive = bench.archive
        self._quarantine = bench.quarantine
        self._log = bench.log
        self._in_notes = in_notes  # their name cannot change
        self._records = _by_file(_readable(archive))
        self._versions = _by_file(versions)  # they stay as they are, whatever becomes of a file
        self._linked: dict[str, list[str]] = defaultdict(list)  # file -> URLs by which notes show it
        for entry in archive.links:
            if entry.kind is UrlKind.IMAGE:
                self._linked[entry.target].append(entry.url)
        self._lost: set[str] = set()  # files that are certainly lost: none of their addresses gives them any more
        self.arrived: dict[str, File] = {}
        self.errors: dict[str, ArchiverError] = {}
        self.gone: set[str] = set()

    def refs(self, path: str) -> list[ImageRef]:
        """The addresses of a stored image."""
        shown = [
            ImageRef(image.key, image.url, image.width, image.height)
            for record in (*self._records[path], *self._versions[path])
            for image in record.images
            if image.path == path
        ]
        linked = ((images.image_key(url), url) for url in self._linked[path])
        return shown + [ImageRef(key, url) for key, url in linked if key]

    def originals(self, path: str) -> set[str]:
        """What a compact image came in: SHA-256."""
        records = (*self._records[path], *self._versions[path])
        shown = (image for record in records for image in record.images if image.path == path)
        return {image.original.sha256 for image in shown if image.original}

    def played(self, path: str) -> list[tuple[ArticleRecord, StoredMedia]]:
        """The audio and video whose file it is, each with an article (none of its earlier versions) that plays it."""
        return [(record, item) for record in self._records[path] for item in record.media if item.path == path]

    def mend(self, path: str) -> None:
        """Put a file back that has come again; one that certainly never will is taken out of the articles that can be
        written without it, and is quarantined in `settle`. Raises StoreError."""
        match = BLOB.fullmatch(path)
        keys = [ref.key for ref in self.refs(path)] + [item.key for _, item in self.played(path)]
        came = (self.arrived[key] for key in keys if key in self.arrived)
        wanted, originals = match[3] if match else "", self.originals(path)
        equal = next((same for file in came if (same := _equal(file, wanted, originals))), None)
        if equal:
            self._set_aside(path)
            self._archive.keep_file(equal)
            self._log.add(Mended(path, Cure.FETCHED_AGAIN))
        elif not keys or not all(key in self.arrived or self._is_lost(key) for key in keys):
            # A damaged image can often still be looked at: only a definite answer takes it away.
            self._log.add(Left(path, Obstacle.NO_ANSWER if keys else Obstacle.NO_ADDRESS))
        elif path in self._in_notes:
            self._log.add(Left(path, Obstacle.SHOWN_BY_NOTES))
        elif self._versions[path]:
            self._log.add(Left(path, Obstacle.SHOWN_BY_VERSION, file=self._versions[path][0].folder))
        else:
            self._lost.add(path)
            for record in self._records[path]:
                self._replace(record.folder, path)

    def wait_for(self, folder: str) -> bool:
        """Whether that article shows a file that is certainly lost."""
        return any(record.folder == folder for path in self._lost for record in self._records[path])

    def settle(self) -> None:
        """Quarantine the lost files that no article shows any more: to be called when the articles are written that had
        to wait for their page. Their lines in links.jsonl are failures then, or lead to what is served today."""
        for path in sorted(self._lost):
            shown_by = [record.folder for record in self._records[path] if self._still_shows(record.folder, path)]
            if shown_by:
                self._log.add(Left(path, Obstacle.SHOWN_BY_ARTICLE, file=shown_by[0]))
                continue
            with self._log.refusals(path):
                for url in self._linked[path]:
                    self._change_line(url)
                self._set_aside(path)

    def stored(self, ref: ImageRef) -> StoredImage:
        """An image of a page that is written again: the one that the archive has, if it is intact, or what came."""
        known, file = self._archive.image(ref.key), self.arrived.get(ref.key)
        if known and known.path not in self._lost:
            return replace(known, url=ref.url)
        if isinstance(file, ImageFile):
            return StoredImage(ref.key, ref.url).kept_in(file, self._archive.keep_file(file))
        if known:
            return StoredImage(ref.key, ref.url, error=LOST_FILE, code=LossCode.LOST)
        error = self.errors.get(ref.key)
        return image_not_fetched(ref) if error is None else failed_image(ref, error)

    def _set_aside(self, path: str) -> None:
        if (self._archive.root / path).exists():
            self._quarantine.take(path)

    def _is_lost(self, key: str) -> bool:
        """Whether it is certain that the file is no more: not where nobody asked, or no answer came."""
        error = self.errors.get(key)
        if isinstance(error, HttpStatusError):
            return error.status in (404, 410)
        return isinstance(error, PlaceholderError) or key in self.gone

    def _still_shows(self, folder: str, path: str) -> bool:
        try:
            record = self._archive.record(folder)
        except (DamageError, StoreError):
            return True
        return path in record.files

    def _replace(self, folder: str, path: str) -> None:
        """Give an article what is served today in place of a lost file, or say that it is missing."""
        record = self._archive.record(folder)
        if not self._archive.has_capture(record):
            return  # its page was asked for: it is written from that
        stored = [_now(image, *self._today(image.key)) if image.path == path else image for image in record.images]
        media = [_played_now(item, *self._today(item.key)) if item.path == path else item for item in record.media]
        try:
            changed = self._archive.complete(record, stored, media)
        except DamageError as error:
            self._log.add(Left(folder, Obstacle.NOT_WRITABLE, file=path, error=str(error)))
            return
        self._archive.update_lines(changed)
        new = next(iter(sorted(changed.files - record.files)), "")
        self._log.add(Mended(folder, Cure.FILE_REPLACED if new else Cure.FILE_GIVEN_UP, file=path, value=new))

    def _today(self, key: str) -> tuple[File | None, str | None]:
        """What is served today by that key, kept, and its path."""
        file = self.arrived.get(key)
        return file, self._archive.keep_file(file) if file else None

    def _change_line(self, url: str) -> None:
        """Let the line of an image that notes showed lead to what is served today, or to nothing: it is due then as
        soon as a note names it."""
        entry = self._archive.links.get(url)
        if entry is None:
            return
        file, target = self._today(images.image_key(url) or "")
        if isinstance(file, ImageFile) and target:
            entry = replace(entry, target=target, width=file.width or 0, height=file.height or 0)
            done = Mended(LINKS, Cure.LINK_REPLACED, url=url, file=target)
        else:
            entry = replace(entry, status=Status.FAILED, reason=LOST_FILE, target="", width=0, height=0, next="")
            done = Mended(LINKS, Cure.LINK_FAILED, url=url)
        self._archive.put_links(entry)
        self._log.add(done)


def _equal(file: File, sha256: str, originals: set[str]) -> File | None:
    """The file with that checksum, as which another came or is made of it; None where it is not that."""
    if file.sha256 == sha256:
        return file
    if not isinstance(file, ImageFile) or file.sha256 not in originals:
        return None
    return next((made for lossy in (False, True) if (made := compact(file, lossy=lossy)).sha256 == sha256), None)


def _readable(archive: Archive) -> Iterator[ArticleRecord]:
    for folder, _, _ in archive.folders.records():
        try:
            yield archive.record(folder)
        except (DamageError, StoreError):
            continue  # verify tells of it


def _by_file(records: Iterable[ArticleRecord]) -> Mapping[str, list[ArticleRecord]]:
    """The records that name each image, audio and video file."""
    found: dict[str, list[ArticleRecord]] = defaultdict(list)
    for record in records:
        for path in record.files:
            found[path].append(record)
    return found


def _now(image: StoredImage, file: File | None, path: str | None) -> StoredImage:
    """An image with another file, or without one."""
    if not isinstance(file, ImageFile) or path is None:
        return StoredImage(image.key, image.url, error=LOST_FILE, code=LossCode.LOST)
    return image.kept_in(file, path)


def _played_now(item: StoredMedia, file: File | None, path: str | None) -> StoredMedia:
    """An audio or video file with another file, or without one."""
    if not isinstance(file, MediaFile):
        return StoredMedia(item.kind, item.key, item.url, error=LOST_FILE, final=True, code=LossCode.LOST)
    return StoredMedia(item.kind, item.key, item.url, path, file.sha256, file.media_type, len(file.data))
