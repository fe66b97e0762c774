"""Make the images of articles compact that were kept as they came."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from archiver.archive.archive import Archive
from archiver.errors import DamageError, StoreError
from archiver.models import ArticleRecord, ImageFile, StoredImage
from archiver.store.blobs import read_blob
from archiver.store.guard import is_inside
from archiver.store.layout import BLOB, OLD_RECORD
from archiver.store.shown import replace_image


class Compaction:
    """Of an archive; `named`: files that something else than articles leads to, which stay as they are."""

    def __init__(self, archive: Archive, named: Set[str]) -> None:
        self._archive = archive
        self._named = named | {entry.target for entry in archive.links}
        self._done: dict[str, StoredImage | None] = {}  # path -> the same image in another file

    @property
    def count(self) -> int:
        """How many images are in smaller files now."""
        return sum(made is not None for made in self._done.values())

    def images(self, record: ArticleRecord) -> tuple[StoredImage, ...]:
        """The article's images, in smaller files where that is possible. The old files stay until nothing names them
        and somebody collects garbage: whatever happens on the way, each article finds its own. Raises StoreError."""
        shown = self._of_versions(record)
        return tuple(image if image.path in shown else self._compact(image) for image in record.images)

    def _of_versions(self, record: ArticleRecord) -> set[str]:
        """The files that earlier versions show, which are never changed."""
        shown: set[str] = set()
        for version in record.versions:
            try:
                shown |= self._archive.record(version.folder, OLD_RECORD).files
            except (DamageError, StoreError):
                return {image.path for image in record.images if image.path}  # it may show any
        return shown

    def _compact(self, image: StoredImage) -> StoredImage:
        path = image.path
        if not path or image.original or image.damaged_at_source or path in self._named:
            return image
        if path not in self._done:
            self._done[path] = self._made(image, path)
        made = self._done[path]
        if made is None:
            return image
        found = replace(made, key=image.key, url=image.url, via=image.via)
        replace_image(self._archive.catalogue.db, found)
        return found

    def _made(self, image: StoredImage, path: str) -> StoredImage | None:
        match = BLOB.fullmatch(path)
        if match is None or not (is_inside(self._archive.root, path) and self._archive.has_file(path)):
            return None
        try:
            data = read_blob(self._archive.root, path)
        except DamageError:
            return None  # `verify` tells
        file = ImageFile(data, match[3], image.media_type or "", match[4], image.width, image.height)
        kept = self._archive.form.as_kept(file)
        return None if kept is file else image.kept_in(kept, self._archive.keep_file(kept))
