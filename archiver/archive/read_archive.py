"""Open an archive for programs that read and search it: no lock is taken and nothing is written."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from archiver.archive.albums import refuse_newer_albums
from archiver.archive.archive import Archive
from archiver.archive.boundary import Boundary
from archiver.archive.forgotten import unfinished
from archiver.errors import NoArchiveError, StoreError
from archiver.store.catalogue import Catalogue
from archiver.store.integrity import index_errors
from archiver.store.layout import CATALOGUE
from archiver.store.ownership import is_archive
from archiver.store.snapshot import copy_index


@contextlib.contextmanager
def read_archive(root: Path) -> Iterator[Archive]:
    """The archive at `root` with its catalogue on the disk as its index, where that knows all articles as they are;
    else with one in memory, of the catalogue and what it lacks. What is forgotten, but not yet deleted, is not in it.

    Raises NoArchiveError, DamageError, NewerFormatError or StoreError.
    """
    if not is_archive(root):
        raise NoArchiveError(root)
    refuse_newer_albums(root)
    with contextlib.ExitStack() as stack:
        archive = _as_it_is(root, stack)
        if archive is None:
            copy = stack.enter_context(copy_index(root / CATALOGUE) or Catalogue(None))
            archive = _with_index(root, copy)
            archive.refresh_catalogue()
            for folder in unfinished(archive):
                copy.drop_article(folder, [])
        yield archive


def _as_it_is(root: Path, stack: contextlib.ExitStack) -> Archive | None:
    """The archive with its catalogue on the disk, where that can be read and is current."""
    with contextlib.ExitStack() as trial:
        try:
            archive = _with_index(root, trial.enter_context(Catalogue(root / CATALOGUE, check=False)))
            if not _is_current(archive):
                return None
        except StoreError:
            return None
        stack.push(trial.pop_all())
        return archive


def _with_index(root: Path, catalogue: Catalogue) -> Archive:
    return Archive(root, catalogue, boundary=Boundary(root, keep=False))


def _is_current(archive: Archive) -> bool:
    """Whether the index knows every article as it is, and none that is forgotten."""
    with index_errors(archive.root):
        known = archive.catalogue.stamps()
    return sorted(archive.folders.records()) == known and not unfinished(archive)
