"""Which texts of the archive and of the notes name an image or media file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Set
from pathlib import Path

from archiver.archive.usage import digests_in
from archiver.config import Config
from archiver.errors import NoteError, StoreError
from archiver.store.files import disk_errors
from archiver.store.layout import ALBUMS, ARTICLES, GENERATED, JOURNAL, LINKS, OLD_RECORD, RECORD, TEXT_SUFFIXES
from archiver.store.notefiles import find_all_files, read_note

# What an image was before it was made smaller is not named by that: it may go.
_ORIGINAL = re.compile(rb'"original": \{[^{}"]*(?:"[^"]*"[^{}"]*)*\}')


def named_by_any(config: Config, root: Path, digests: Set[str]) -> set[str]:
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
        *files_below(root / ARTICLES),
        *files_below(root / ALBUMS),
    ):
        if path.suffix in TEXT_SUFFIXES and path.exists():
            yield path


def _named_by(texts: Iterable[Path], digests: Set[str]) -> set[str]:
    named: set[str] = set()
    for path in texts:
        with disk_errors(path, "read"):
            data = path.read_bytes()
        named |= digests_in(_ORIGINAL.sub(b"", data) if path.name in (RECORD, OLD_RECORD) else data, digests)
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


def files_below(folder: Path) -> Iterator[Path]:
    """The files below `folder`; symbolic links are not followed."""
    with disk_errors(folder, "list"):
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                yield path
