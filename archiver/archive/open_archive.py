"""Open an archive: to write in it, or only to look."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from archiver.archive.albums import refuse_newer_albums
from archiver.archive.archive import Archive
from archiver.archive.boundary import Boundary, utc_now
from archiver.archive.form import USUAL, Form
from archiver.store.catalogue import Catalogue
from archiver.store.checksum import checksummed, is_intact
from archiver.store.guard import refuse_symlinks, remove_leftovers
from archiver.store.layout import CATALOGUE
from archiver.store.lock import archive_lock
from archiver.store.ownership import refuse_foreign
from archiver.store.snapshot import borrow

log = logging.getLogger(__name__)


@contextlib.contextmanager
def open_archive(
    root: Path, form: Form = USUAL, *, wait: bool = False, now: Callable[[], datetime] = utc_now
) -> Iterator[Archive]:
    """Open the archive at `root` for writing, made when missing, its index up to date and leftovers of a crash removed.
    `form`: how new articles are kept; `wait`: for whoever holds the archive; `now`: the time, UTC.

    Raises LockedError, StoreError, DamageError, NewerFormatError or NotAnArchiveError, with the folder left as it was.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(archive_lock(root, wait=wait))
        refuse_symlinks(root)
        stack.enter_context(checksummed(root, CATALOGUE))
        catalogue = stack.enter_context(Catalogue(root / CATALOGUE))
        archive = Archive(root, catalogue, form, boundary=Boundary(root, now))
        refuse_newer_albums(root)
        for name in (*archive.folders.recover(), *remove_leftovers(root)):
            log.info("recovered after an interrupted run: %s", name)
        for folder in _list_unlisted(archive):
            log.info("%s: its files are now in SHA256SUMS", folder)
        archive.refresh_catalogue()
        yield archive


def _list_unlisted(archive: Archive) -> list[str]:
    """Give the articles that the index does not know yet their lines in SHA256SUMS, where a run died before it could;
    returns their folders. Raises StoreError."""
    unknown = archive.catalogue.stale(archive.folders.records(), archive.folders.has_file)
    return archive.folders.sums.add_missing(folder for folder, _, _ in unknown)


@contextlib.contextmanager
def view_archive(root: Path, *, texts: bool = False) -> Iterator[Archive]:
    """Open the archive at `root` for reading only: nothing is written, not even an index, and it need not exist.

    `texts`: with what the search needs of the articles that the index on the disk does not know yet. Raises StoreError,
    DamageError, or NotAnArchiveError for a folder that is somebody else's.
    """
    refuse_foreign(root)
    known = is_intact(root, CATALOGUE)
    with Catalogue(None, like=root / CATALOGUE if known else None) as catalogue:
        if known:
            borrow(catalogue, root / CATALOGUE, articles=not texts)
        archive = Archive(root, catalogue, boundary=Boundary(root, keep=False))
        refuse_newer_albums(root)
        archive.refresh_catalogue(texts=texts)
        yield archive
