"""The note files: read them, replace them only if nobody else did."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from archiver.errors import NoHandlesError, NoteChangedError, NoteError, is_out_of_handles
from archiver.store.files import disk_errors, sync_folder, write_synced
from archiver.store.layout import TEMPORARY
from archiver.store.notewalk import NEVER, check_root

_CHANGED = "was changed by someone else meanwhile; it is left for the next run"


def find_all_files(root: Path, archive: Path) -> Iterator[Path]:
    """Every file that can be read from the notes folder, for who only reads but must miss none: symlinks are followed
    (each folder is visited once), and a folder that cannot be listed raises StoreError. Raises ConfigError when `root`
    is no folder."""
    check_root(root)
    # A link may lead back to where it stands, and into the archive.
    seen = {archive.resolve(), root.resolve()}
    with disk_errors(root, "list"):
        for folder, inside, files in os.walk(root, followlinks=True, onerror=_refuse):
            inside[:] = [name for name in inside if name not in NEVER and _is_first(Path(folder, name), seen)]
            yield from (path for name in files if _is_note(path := Path(folder, name)))


def _refuse(error: OSError) -> None:
    with disk_errors(Path(error.filename or "a folder of notes"), "list"):
        raise error


def _is_first(folder: Path, seen: set[Path]) -> bool:
    place = folder.resolve()
    if place in seen:
        return False
    seen.add(place)
    return True


def _is_note(path: Path) -> bool:
    with disk_errors(path, "look at"), contextlib.suppress(FileNotFoundError):  # a link that leads nowhere
        # Path.is_file would take a file that it may not look at for none.
        return stat.S_ISREG(path.stat().st_mode) and not path.name.startswith(TEMPORARY)
    return False


def read_note(root: Path, path: str) -> bytes:
    """The note's bytes. Raises NoteError, or NoHandlesError."""
    try:
        return (root / path).read_bytes()
    except OSError as error:
        if is_out_of_handles(error):
            raise NoHandlesError from error
        raise NoteError(f"cannot be read: {error.strerror}") from error


def check_note(root: Path, path: str) -> None:
    """Raises NoteKeptError for a note that `replace_note` would leave, and NoteError where the disk does not tell."""
    from archiver.store.attributes import check_replaceable

    try:
        check_replaceable(root, path)
    except OSError as error:
        raise NoteError(f"cannot be written: {error.strerror}") from error


def replace_note(root: Path, path: str, before: bytes, after: bytes) -> None:
    """Put `after` in place of `before`, keeping what else makes the file what it is.

    Raises NoteChangedError, with their version in place, when somebody else wrote the note meanwhile, and NoteError,
    with the note untouched, when the disk refuses, or NoteKeptError when something would not be kept.
    """
    from archiver.store.attributes import check_replaceable, copy_attributes

    target = (root / path).resolve()
    temporary = target.parent / f"{TEMPORARY}{os.urandom(6).hex()}"
    try:
        check_replaceable(root, path)
        write_synced(temporary, after)
        copy_attributes(target, temporary)
        with target.open("rb") as old:
            # As late as can be: whoever saves the note before this line is noticed.
            if old.read() != before:
                raise NoteChangedError(_CHANGED)
            _swap(temporary, target, old, before)
        with contextlib.suppress(OSError):  # the note is written, whatever a power cut would make of it
            sync_folder(target.parent)
    except OSError as error:
        if is_out_of_handles(error):
            raise NoHandlesError from error
        raise NoteError(f"cannot be written: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):  # the next run removes it
            temporary.unlink(missing_ok=True)


def _swap(temporary: Path, target: Path, old: BinaryIO, before: bytes) -> None:
    """Rename, and look once more at the file that was replaced: who wrote into it since it was read loses nothing."""
    from archiver.store.attributes import copy_attributes

    if os.name == "nt":  # no file can be replaced there while it is open
        old.close()
        temporary.replace(target)
        return
    temporary.replace(target)
    old.seek(0)
    theirs = old.read()
    if theirs != before:
        write_synced(temporary, theirs)
        copy_attributes(target, temporary)
        temporary.replace(target)
        raise NoteChangedError(_CHANGED)
