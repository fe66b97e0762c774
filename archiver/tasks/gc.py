"""Garbage: images that nothing names, and what interrupted runs left. An article is never garbage."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from archiver.archive.open_archive import view_archive
from archiver.archive.usage import digests_in
from archiver.config import Config
from archiver.errors import NoteError, StoreError
from archiver.fixity.verify import existing_archive
from archiver.store.files import disk_errors
from archiver.store.guard import is_leftover
from archiver.store.layout import ALBUMS, ARTICLES, BLOB, GENERATED, IMAGES, JOURNAL, LINKS, MEDIA, TEXT_SUFFIXES
from archiver.store.lock import archive_lock
from archiver.store.notefiles import find_all_files, read_note


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
    # To open the archive for writing would clean it up before anybody asked for it.
    with archive_lock(root, wait=wait), view_archive(root):
        garbage = sorted(_garbage(config, root), key=lambda item: item.path)
        if delete:
            for item in garbage:
                with disk_errors(root / item.path, "remove"):
                    (root / item.path).unlink()
                    _remove_if_empty((root / item.path).parent)
    return garbage


def _garbage(config: Config, root: Path) -> Iterator[Garbage]:
    blobs = (path for kind in (IMAGES, MEDIA) for path in _files(root / kind))
    named = _named(config, root, {path.stem for path in blobs})
    for kind in (IMAGES, MEDIA):
        for path in _files(root / kind):
            name = path.relative_to(root).as_posix()
            if is_leftover(path.name):
                yield Garbage(name, path.stat().st_size, GarbageCode.LEFTOVER)
            elif BLOB.fullmatch(name) and path.stem not in named:
                yield Garbage(name, path.stat().st_size, GarbageCode.UNUSED)
    for path in _files(root / ARTICLES):
        if is_leftover(path.name):
            yield Garbage(path.relative_to(root).as_posix(), path.stat().st_size, GarbageCode.LEFTOVER)


def _named(config: Config, root: Path, digests: Set[str]) -> set[str]:
    """Those of `digests` that any text names. Raises StoreError for a text or folder that cannot be read."""
    return _named_by(_texts(root), digests) | _named_by_notes(config, digests)


def named_without(config: Config, root: Path, folders: Collection[str], digests: Set[str]) -> set[str]:
    """Those of `digests` that a text names which stays when the article `folders` go: what is generated is made again
    then.

    Raises StoreError for a text or folder that cannot be read.
    """
    going = {root / folder for folder in folders}
    staying = (path for path in _texts(root) if path.parent not in going)
    kept = (path for path in staying if not GENERATED.fullmatch(path.relative_to(root).as_posix()))
    return _named_by(kept, digests) | _named_by_notes(config, digests)


def _texts(root: Path) -> Iterator[Path]:
    """The archive's files that may name others."""
    for path in (
        root / LINKS,
        root / JOURNAL,
        *root.glob("*.html"),
        *_files(root / ARTICLES),
        *_files(root / ALBUMS),
    ):
        if path.suffix in TEXT_SUFFIXES and path.exists():
            yield path


def _named_by(texts: Iterable[Path], digests: Set[str]) -> set[str]:
    named: set[str] = set()
    for path in texts:
        with disk_errors(path, "read"):
            named |= digests_in(path.read_bytes(), digests)
    return named


def _named_by_notes(config: Config, digests: Set[str]) -> set[str]:
    """Those that any note names. Raises StoreError for one that cannot be read."""
    named: set[str] = set()
    for note in find_all_files(config.notes_root, config.archive_root):
        try:
            named |= digests_in(read_note(config.notes_root, str(note)), digests)
        except NoteError as error:
            raise StoreError(f"{note} {error}: what it names cannot be told from garbage") from error
    return named


def _files(folder: Path) -> Iterator[Path]:
    """The files below `folder`; symbolic links are not followed."""
    with disk_errors(folder, "list"):
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                yield path


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        shutil.rmtree(folder)
