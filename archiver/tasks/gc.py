"""Garbage: images that nothing names, and what interrupted runs left. An article is never garbage."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from archiver.archive.forgotten import tell_of_unfinished
from archiver.archive.naming import files_below, named_by_any
from archiver.archive.open_archive import view_archive
from archiver.config import Config
from archiver.fixity.verify import existing_archive
from archiver.store.files import disk_errors
from archiver.store.guard import is_leftover
from archiver.store.layout import ARTICLES, BLOB, IMAGES, MEDIA
from archiver.store.lock import archive_lock
from archiver.tasks.run import finish_forgotten


class GarbageCode(StrEnum):
    """Why a file can go."""

    LEFTOVER = "leftover"  # an interrupted run left it
    UNUSED = "unused"  # nothing names it


@dataclass(frozen=True, slots=True)
class Garbage:
    """A file that can go: `path` is POSIX and relative to the archive's root, `size` in bytes."""

    path: str
    size: int
    code: GarbageCode


def collect_garbage(config: Config, *, delete: bool, wait: bool = False) -> list[Garbage]:
    """Find the files that nothing names, and with `delete` remove them, after waiting for another run if `wait`.

    An image is named by an article (whether or not a note still links to it), by a line of links.jsonl or
    journal.jsonl, or by any note. Files that archiver did not make are left alone. Raises ConfigError, LockedError,
    DamageError (what is damaged may name anything), StoreError (so may a note that cannot be read).
    """
    root = existing_archive(config)
    if delete:
        finish_forgotten(config, wait=wait)
    # To open the archive for writing would clean it up before anybody asked for it.
    with archive_lock(root, wait=wait), view_archive(root) as archive:
        tell_of_unfinished(archive)
        garbage = sorted(_garbage(config, root), key=lambda item: item.path)
        if delete and garbage:
            _sync_all()
            for item in garbage:
                with disk_errors(root / item.path, "remove"):
                    (root / item.path).unlink()
                    _remove_if_empty((root / item.path).parent)
    return garbage


def _garbage(config: Config, root: Path) -> Iterator[Garbage]:
    blobs = (path for kind in (IMAGES, MEDIA) for path in files_below(root / kind))
    named = named_by_any(config, root, {path.stem for path in blobs})
    for kind in (IMAGES, MEDIA):
        for path in files_below(root / kind):
            name = path.relative_to(root).as_posix()
            if is_leftover(path.name):
                yield Garbage(name, path.stat().st_size, GarbageCode.LEFTOVER)
            elif BLOB.fullmatch(name) and path.stem not in named:
                yield Garbage(name, path.stat().st_size, GarbageCode.UNUSED)
    for path in files_below(root / ARTICLES):
        if is_leftover(path.name):
            yield Garbage(path.relative_to(root).as_posix(), path.stat().st_size, GarbageCode.LEFTOVER)


def _sync_all() -> None:
    """Put on the disk whatever a killed run has renamed, but not synced: after a power cut the old names would be there
    again, without the files that only they name."""
    if hasattr(os, "sync"):
        os.sync()


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        shutil.rmtree(folder)
