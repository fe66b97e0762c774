"""Garbage: pictures that nothing names, and what interrupted runs left. An article is never garbage."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

from archiver.archive import JOURNAL, LINKS
from archiver.config import Config
from archiver.errors import NoteError, StoreError
from archiver.fixity.survey import BLOB
from archiver.fixity.usage import digests_in
from archiver.fixity.verify import existing_archive
from archiver.opening import view_archive
from archiver.store.files import disk_errors
from archiver.store.guard import is_leftover
from archiver.store.lock import archive_lock
from archiver.store.notefiles import find_all_files, read_note


@dataclass(frozen=True, slots=True)
class Garbage:
    """A file that can go: `path` is POSIX and relative to the archive's root, `size` in bytes."""

    path: str
    size: int
    why: str


def collect_garbage(config: Config, *, delete: bool) -> list[Garbage]:
    """Find the files that nothing names, and with `delete` remove them.

    A picture is named by an article (whether or not a note still links to it), by a line of links.jsonl or
    journal.jsonl, or by any note. Files that archiver did not make are left alone. Raises ConfigError, LockedError,
    DamageError (what is damaged may name anything), StoreError (so may a note that cannot be read).
    """
    root = existing_archive(config)
    # To open the archive for writing would clean it up before anybody asked for it.
    with archive_lock(root), view_archive(root):
        garbage = sorted(_garbage(config, root), key=lambda item: item.path)
        if delete:
            for item in garbage:
                with disk_errors(root / item.path, "remove"):
                    (root / item.path).unlink()
                    _remove_if_empty((root / item.path).parent)
    return garbage


def _garbage(config: Config, root: Path) -> Iterator[Garbage]:
    blobs = (path for kind in ("images", "media") for path in _files(root / kind))
    named = _named(config, root, {path.stem for path in blobs})
    for kind in ("images", "media"):
        for path in _files(root / kind):
            name = path.relative_to(root).as_posix()
            if is_leftover(path.name):
                yield Garbage(name, path.stat().st_size, "left by an interrupted run")
            elif BLOB.fullmatch(name) and path.stem not in named:
                yield Garbage(name, path.stat().st_size, "nothing names it")
    for path in _files(root / "articles"):
        if is_leftover(path.name):
            yield Garbage(path.relative_to(root).as_posix(), path.stat().st_size, "left by an interrupted run")


def _named(config: Config, root: Path, digests: Set[str]) -> set[str]:
    """Those of `digests` that any text names. Raises StoreError for a text or folder that cannot be read."""
    named: set[str] = set()
    texts = [root / LINKS, root / JOURNAL, *root.glob("*.html"), *_files(root / "articles"), *_files(root / "albums")]
    for path in texts:
        if path.suffix in (".json", ".jsonl", ".md", ".html") and path.exists():
            with disk_errors(path, "read"):
                named |= digests_in(path.read_bytes(), digests)
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
