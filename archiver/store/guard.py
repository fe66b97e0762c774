"""Keeps the archive inside its folder, and its disk from running full."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from archiver.errors import DamageError, DiskFullError
from archiver.store.files import disk_errors
from archiver.store.layout import CATALOGUE, DEPTHS, JOURNAL, LINKS, TEMPORARY, TEMPORARY_NAME, is_article_name

FILES = (LINKS, JOURNAL, CATALOGUE)


def refuse_symlinks(root: Path) -> None:
    """Raise DamageError for a symbolic link where the archive at `root` has a folder or a file that is appended to:
    whatever is written there would land elsewhere. (The archive itself may be reached through one: that is the user's
    choice. Other files are replaced, never written through.)
    """
    for path in (*(f"{root}{os.sep}{name}" for name in FILES), *folders(root)):
        if os.path.islink(path):  # noqa: PTH114  # a Path for each of a thousand folders takes longer than the disk
            raise DamageError(f"{path} is a symbolic link, which archiver never makes and does not follow: remove it")


def folders(root: Path) -> Iterator[str]:
    """The folders of the archive that hold others or files, symbolic links in their place included."""
    for name, depth in DEPTHS.items():
        folder = root / name
        if folder.is_symlink() or folder.is_dir():
            yield from _below(str(folder), depth, is_link=folder.is_symlink())


def _below(folder: str, depth: int, *, is_link: bool) -> Iterator[str]:
    yield folder
    if depth and not is_link:
        with disk_errors(Path(folder), "list"), os.scandir(folder) as listed:
            # os.scandir tells folders from files without asking for each of a hundred thousand.
            inside = sorted((entry.path, entry.name, entry.is_symlink()) for entry in listed if entry.is_dir())
        for path, name, link in inside:
            if not name.startswith(".") and not is_article_name(name):
                yield from _below(path, depth - 1, is_link=link)


def remove_leftovers(root: Path) -> list[str]:
    """Remove temporary files that a crash left in the archive at `root`; their paths, relative to it. To be called by
    who holds the lock."""
    removed = []
    for folder in (str(root), *folders(root)):
        if not os.path.isdir(folder):  # noqa: PTH112  # as above
            continue
        with disk_errors(Path(folder), "clean"), os.scandir(folder) as listed:
            for entry in listed:
                if is_leftover(entry.name) and entry.is_file(follow_symlinks=False):
                    Path(entry.path).unlink()
                    removed.append(Path(entry.path).relative_to(root).as_posix())
    return removed


def is_leftover(name: str) -> bool:
    """Whether a file of that name can only be one that a crash kept from getting its own name."""
    return name.startswith(TEMPORARY) and TEMPORARY_NAME.fullmatch(name) is not None  # asked of each note's name


def is_inside(root: Path, path: str) -> bool:
    """Whether `path` (POSIX, relative to `root`) names a place below `root` that no symbolic link leads away from."""
    return _mode_inside(root, path) is not None


def is_file_inside(root: Path, path: str) -> bool:
    """Whether there is a file at such a place."""
    return stat.S_ISREG(_mode_inside(root, path) or 0)


def _mode_inside(root: Path, path: str) -> int | None:
    """The mode of what is there (0: nothing is); None where `path` names no such place."""
    parts, mode = path.split("/"), 0
    if not path or "\\" in path or any(part in ("", ".", "..") for part in parts) or ":" in parts[0]:
        return None
    place = str(root)
    for part in parts:
        place = f"{place}/{part}"
        try:
            mode = os.lstat(place).st_mode  # asked for every article of an archive: a Path for each part is slow
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return 0
        if stat.S_ISLNK(mode):
            return None
    return mode


def check_room(root: Path, min_free_mb: int) -> None:
    """Raise DiskFullError when the disk of the archive at `root` has less than `min_free_mb` megabytes left."""
    import shutil  # who writes no article does without

    with disk_errors(root, "look at"):
        free = shutil.disk_usage(root).free / 1e6
    if free < min_free_mb:
        raise DiskFullError(
            f"only {free:,.0f} MB are free on the disk of {root}, less than [archive] min_free_mb = {min_free_mb}"
        )


def remove_note_leftovers(notes: Path, known: Iterable[str]) -> list[Path]:
    """Remove the temporary files that crashes left beside notes that were to be replaced.

    `known` are the notes that the journal names: each is named before it is written, so only their folders can have
    one; nothing else below `notes` is looked at. A folder that the disk does not give is passed over.
    """
    removed = []
    for folder in {(notes / path).resolve() for path in {path.rpartition("/")[0] for path in known}}:
        if not folder.is_relative_to(notes.resolve()):
            continue
        with contextlib.suppress(OSError), os.scandir(folder) as listed:
            for entry in listed:
                if is_leftover(entry.name) and entry.is_file(follow_symlinks=False):
                    Path(entry.path).unlink()
                    removed.append(Path(entry.path))
    return removed
