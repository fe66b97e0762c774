"""The note files: find them, read them, replace them only if nobody else did."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, NamedTuple

from archiver.errors import ConfigError, NoHandlesError, NoteChangedError, NoteError, is_out_of_handles
from archiver.models.values import dataclass
from archiver.store.files import disk_errors, sync_folder, write_synced
from archiver.store.globs import glob_test
from archiver.store.layout import TEMPORARY
from archiver.store.leftout import is_archive, left_out, place_of_archive

_CHANGED = "was changed by someone else meanwhile; it is left for the next run"
log = logging.getLogger(__name__)

NEVER = frozenset({".git", ".venv", "node_modules"})


@dataclass(slots=True)
class Aside:
    """What was found among the notes and is none: folders that hold an `archive`, and `links`, symbolic links of which
    what they lead to is not read as a note."""

    archives: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


class NoteFile(NamedTuple):
    """A note's path, POSIX and relative to the notes folder, and how its file looks: size, times of the last change of
    its bytes and of anything else (ns), and which file it is. Of one that cannot be looked at, nothing."""

    path: str
    look: tuple[int, ...] = ()


def find_notes(
    root: Path, include: Sequence[str], exclude: Sequence[str], archive: Path, aside: Aside | None = None
) -> Iterator[str]:
    """Paths of the notes below `root`, POSIX and relative to it, in order. `include` and `exclude` are globs as in
    .gitignore, but that the case of a file's extension does not count in `include`. Symlinks are not followed: inside
    of `root`, what they lead to is found by itself. What `leftout` knows is passed over; `aside` gets what of all that
    is not excluded. Raises ConfigError when `root` is no folder."""
    return (path for path, _ in _find(root, (include, exclude), archive, aside))


def look_for_notes(
    root: Path, include: Sequence[str], exclude: Sequence[str], archive: Path, aside: Aside | None = None
) -> Iterator[NoteFile]:
    """The same, with how each file looks."""
    return (NoteFile(path, _look(entry)) for path, entry in _find(root, (include, exclude), archive, aside))


def _find(
    root: Path, globs: tuple[Sequence[str], Sequence[str]], archive: Path, aside: Aside | None
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    _check_root(root)
    wanted, unwanted = glob_test(globs[0], "notes.include"), glob_test(globs[1], "notes.exclude")
    passed = _PassedOver(archive, left_out(globs[0]), [], [])
    notes = []
    for path, entry in sorted(_walk(root, "", passed), key=itemgetter(0)):
        if wanted(_lower_extension(path)) and not unwanted(path):
            notes.append(path)
            yield path, entry
    if aside is not None:
        places = dict.fromkeys(place_of_archive(folder) for folder in sorted(passed.archives))
        aside.archives += [place for place in places if not unwanted(f"{place}/")]
        unread = (link for link in sorted(passed.links) if _is_unread(root, link, frozenset(notes), wanted))
        aside.links += [link for link in unread if not unwanted(link)]


def look_at(root: Path, path: str) -> tuple[int, ...]:
    """How a note's file looks now, as in `NoteFile`."""
    try:
        return _look_of(os.lstat(root / path))
    except OSError:
        return ()


def _look(entry: os.DirEntry[str]) -> tuple[int, ...]:
    if os.name == "nt":  # what the folder tells of it there lacks the inode
        return look_at(Path(entry.path).parent, entry.name)
    try:
        return _look_of(entry.stat(follow_symlinks=False))
    except OSError:  # who reads it tells
        return ()


def _look_of(found: os.stat_result) -> tuple[int, ...]:
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev


def _lower_extension(path: str) -> str:
    if path.endswith(".md"):
        return path
    stem, dot, extension = path.rpartition(".")
    return f"{stem}{dot}{extension.lower()}"


def _is_unread(root: Path, link: str, notes: frozenset[str], wanted: Callable[[str], bool]) -> bool:
    """Whether a symbolic link hides notes: what it leads to is no note, or lies outside of the notes folder."""
    try:
        place = (root / link).resolve(strict=True)
        names = {item.name for item in place.iterdir()} if place.is_dir() else None
    except (OSError, RuntimeError):  # it leads nowhere, or to itself
        return False
    base = root.resolve()
    inside = place.relative_to(base).as_posix() if place.is_relative_to(base) else ""
    if names is not None:
        return not inside and not is_archive(names)
    return wanted(_lower_extension(link)) and inside not in notes


def find_all_files(root: Path, archive: Path) -> Iterator[Path]:
    """Every file that can be read from the notes folder, for who only reads but must miss none: symlinks are followed
    (each folder is visited once), and a folder that cannot be listed raises StoreError. Raises ConfigError when `root`
    is no folder."""
    _check_root(root)
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


def _check_root(root: Path) -> None:
    if not root.is_dir():
        raise ConfigError(f"the notes folder {root} does not exist: set [notes] root in the configuration")


@dataclass(frozen=True, slots=True)
class _PassedOver:
    """What a walk passes over: the archive, what `names_it` (path, name), and other archives and symbolic links, which
    it notes."""

    archive: Path
    names_it: Callable[[str, str], bool]
    archives: list[str]
    links: list[str]


def _walk(root: Path, below: str, passed: _PassedOver) -> Iterator[tuple[str, os.DirEntry[str]]]:
    # os.scandir is three times as fast as pathlib here, which tells at 100,000 notes.
    with _listed(root / below) as listed:
        there = list(listed)
    if is_archive({entry.name for entry in there}):
        passed.archives.append(below.rstrip("/") or ".")
        return
    folders = []
    for entry in there:
        name = entry.name
        path = f"{below}{name}"
        if passed.names_it(path, name):
            continue
        # What a link leads to inside the notes folder is found by itself; outside of it, nothing is touched.
        if entry.is_symlink():
            passed.links.extend([path] if name not in NEVER else [])
            continue
        if entry.is_dir(follow_symlinks=False):
            if name not in NEVER and Path(entry.path) != passed.archive:
                folders.append(f"{path}/")
        elif entry.is_file() and not name.startswith(TEMPORARY):
            yield path, entry
    for folder in folders:
        yield from _walk(root, folder, passed)


@contextlib.contextmanager
def _listed(folder: Path) -> Iterator[Iterator[os.DirEntry[str]]]:
    """The entries of a folder; none, with a warning, where it cannot be read."""
    try:
        listed = os.scandir(folder)
    except OSError as error:
        if is_out_of_handles(error):
            raise NoHandlesError from error
        log.warning("%s cannot be read and is passed over: %s", folder, error.strerror)
        yield iter(())
        return
    with listed:
        yield listed


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
    temporary = target.parent / f"{TEMPORARY}{secrets.token_hex(6)}"
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
