"""Find the notes: folder by folder, and without another thought in one that holds what it held at the last run."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import NamedTuple

from archiver.errors import ConfigError, NoHandlesError, is_out_of_handles
from archiver.models.values import dataclass
from archiver.store.globs import glob_test
from archiver.store.layout import TEMPORARY
from archiver.store.leftout import is_archive, left_out, place_of_archive

log = logging.getLogger(__name__)

NEVER = frozenset({".git", ".venv", "node_modules"})
# What a name in a folder is: by what the disk says of it, and by what it is to us.
_FILE, _FOLDER, _LINK, _OTHER = "fdlo"
NOTE, _PASSED, _ARCHIVE = "n-a"


@dataclass(slots=True)
class Aside:
    """What was found among the notes and is none: folders that hold an `archive`, and `links`, symbolic links of which
    what they lead to is not read as a note."""

    archives: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


class Listing(NamedTuple):
    """The names in a folder, as the disk lists them, a letter for each that says what it is, and one for what that is
    to us, which follows from the others and the configuration."""

    names: list[str]
    kinds: str
    roles: str


class Folder(NamedTuple):
    """A folder below the root of the notes (POSIX, ending in `/`; the root itself is empty), and the notes in it."""

    path: str
    listing: Listing
    notes: list[os.DirEntry[str]]

    @property
    def paths(self) -> list[str]:
        """Of the notes, relative to their root."""
        return [self.path + note.name for note in self.notes]

    def looks(self) -> list[list[int]]:
        """How the file of each note looks: size, times of the last change of its bytes and of anything else (ns), and
        which file it is. Of one that cannot be looked at, nothing."""
        if os.name != "nt":  # what the folder tells of it there lacks the inode
            with contextlib.suppress(OSError):
                found = [note.stat(follow_symlinks=False) for note in self.notes]
                return [[s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino, s.st_dev] for s in found]
        return [list(look_at(Path(note.path).parent, note.name)) for note in self.notes]  # who reads it tells


def look_at(root: Path, path: str) -> tuple[int, ...]:
    """How a file looks now, as in `Folder.looks`."""
    try:
        found = os.lstat(root / path)
    except OSError:
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev


def find_notes(
    root: Path, include: Sequence[str], exclude: Sequence[str], archive: Path, aside: Aside | None = None
) -> Iterator[str]:
    """Paths of the notes below `root`, POSIX and relative to it, in order. `include` and `exclude` are globs as in
    .gitignore, but that the case of a file's extension does not count in `include`. Symlinks are not followed: inside
    of `root`, what they lead to is found by itself. What `leftout` knows is passed over; `aside` gets what of all that
    is not excluded. Raises ConfigError when `root` is no folder."""
    walk = Walk(root, (include, exclude), archive)
    yield from sorted(path for folder in walk.folders() for path in folder.paths)
    if aside is not None:
        walk.put_aside(aside)


def check_root(root: Path) -> None:
    """Raise ConfigError where it is no folder."""
    if not root.is_dir():
        raise ConfigError(f"the notes folder {root} does not exist: set [notes] root in the configuration")


class Walk:
    """A walk through the folders below `root`, as in `find_notes`. Of a folder whose listing is as it is `known` (by
    path), what it says of the roles counts: to be given by who had it from a walk with the same globs and archive."""

    def __init__(
        self,
        root: Path,
        globs: tuple[Sequence[str], Sequence[str]],
        archive: Path,
        known: Mapping[str, Listing] | None = None,
    ) -> None:
        check_root(root)
        self._root, self._archive, self._known = root, archive, known or {}
        self._wanted, self._unwanted = glob_test(globs[0], "notes.include"), glob_test(globs[1], "notes.exclude")
        self._left_out = left_out(globs[0])
        self._archives: list[str] = []
        self._links: list[str] = []
        self._seen: list[Folder] = []

    def folders(self) -> Iterator[Folder]:
        """All that are not passed over, each before those in it."""
        ahead = [""]
        while ahead:
            path = ahead.pop()
            folder, below = self._look_into(path)
            ahead += below
            self._seen.append(folder)
            yield folder

    def put_aside(self, aside: Aside) -> None:
        """What the walk has passed over, when it is done."""
        places = dict.fromkeys(place_of_archive(folder) for folder in sorted(self._archives))
        aside.archives += [place for place in places if not self._unwanted(f"{place}/")]
        notes = {path for folder in self._seen for path in folder.paths} if self._links else set()
        unread = (link for link in sorted(self._links) if self._is_unread(link, notes))
        aside.links += [link for link in unread if not self._unwanted(link)]

    def _look_into(self, path: str) -> tuple[Folder, list[str]]:
        """A folder, and the paths of those in it."""
        # os.scandir is three times as fast as pathlib here, which tells at 100,000 notes.
        with _listed(f"{self._root}{os.sep}{path}") as listed:
            there = list(listed)
        names = [entry.name for entry in there]
        kinds = "".join([_FILE if entry.is_file(follow_symlinks=False) else _kind(entry) for entry in there])
        listing = self._known.get(path)
        if listing is None or listing.kinds != kinds or listing.names != names:
            listing = Listing(names, kinds, self._roles(path, names, kinds))
        roles = listing.roles
        if roles == _ARCHIVE:
            self._archives.append(path.rstrip("/") or ".")
            return Folder(path, listing, []), []
        if _LINK in roles:
            self._links += [path + name for name, role in zip(names, roles, strict=True) if role == _LINK]
        below = [f"{path}{name}/" for name, role in zip(names, roles, strict=True) if role == _FOLDER]
        notes = [entry for entry, role in zip(there, roles, strict=True) if role == NOTE]
        return Folder(path, listing, notes), below

    def _roles(self, path: str, names: Sequence[str], kinds: str) -> str:
        if is_archive(frozenset(names)):
            return _ARCHIVE
        return "".join(self._role(path + name, name, kind) for name, kind in zip(names, kinds, strict=True))

    def _role(self, path: str, name: str, kind: str) -> str:
        if self._left_out(path, name):
            return _PASSED
        if kind == _FOLDER:
            return _PASSED if name in NEVER or self._root / path == self._archive else _FOLDER
        # What a link leads to inside the notes folder is found by itself; outside of it, nothing is touched.
        if kind == _LINK:
            return _PASSED if name in NEVER else _LINK
        if kind != _FILE or name.startswith(TEMPORARY):
            return _PASSED
        return NOTE if self._wanted(_lower_extension(path)) and not self._unwanted(path) else _PASSED

    def _is_unread(self, link: str, notes: set[str]) -> bool:
        """Whether a symbolic link hides notes: what it leads to is no note, or lies outside of the notes folder."""
        try:
            place = (self._root / link).resolve(strict=True)
            names = {item.name for item in place.iterdir()} if place.is_dir() else None
        except (OSError, RuntimeError):  # it leads nowhere, or to itself
            return False
        base = self._root.resolve()
        inside = place.relative_to(base).as_posix() if place.is_relative_to(base) else ""
        if names is not None:
            return not inside and not is_archive(names)
        return self._wanted(_lower_extension(link)) and inside not in notes


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return _LINK
    return _FOLDER if entry.is_dir(follow_symlinks=False) else _OTHER


def _lower_extension(path: str) -> str:
    stem, dot, extension = path.rpartition(".")
    return f"{stem}{dot}{extension.lower()}"


@contextlib.contextmanager
def _listed(folder: str) -> Iterator[Iterator[os.DirEntry[str]]]:
    """The entries of a folder; none, with a warning, where it cannot be read."""
    try:
        listed = os.scandir(folder)
    except OSError as error:
        if is_out_of_handles(error):
            raise NoHandlesError from error
        log.warning("%s cannot be read and is passed over: %s", Path(folder), error.strerror)
        yield iter(())
        return
    with listed:
        yield listed
