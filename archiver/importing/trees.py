"""A folder or a zip with saved pages, and the files beside them. No name leads out of it."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from archiver.amounts import counted
from archiver.errors import ImportFileError, StoreError
from archiver.importing.found import Skipped, Why
from archiver.importing.limits import MAX_PARTS, MAX_UNPACKED, read_up_to
from archiver.store.files import disk_errors
from archiver.store.guard import is_inside

_UTF8 = 0x800  # flag of a zip: the name is in UTF-8
_ENCRYPTED = 0x1
_OLDEST = (1980, 1, 1, 0, 0, 0)


class Tree(Protocol):
    """Files by their names: POSIX paths, relative to the top."""

    label: str  # what the whole is called

    def names(self) -> list[str]:
        """All names in order."""

    def skipped(self) -> list[Skipped]:
        """What is left out, and why."""

    def has(self, name: str) -> bool:
        """Whether there is a file of that name that may be read."""

    def read(self, name: str, most: int) -> bytes:
        """Its bytes. Raises ImportFileError, also where they are more than `most`."""

    def saved_at(self, name: str) -> datetime:
        """When it was last changed, UTC."""


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Let what the disk refuses be the failure of the one file."""
    try:
        with disk_errors(Path(name), "read"):
            yield
    except StoreError as error:
        raise ImportFileError(Why.FAILED, str(error)) from error


class Folder:
    """A folder of the disk. Symbolic links in it are not followed."""

    def __init__(self, root: Path, label: str = "") -> None:
        self.root = root
        self.label = label or root.name
        self._skipped: list[Skipped] = []

    def names(self) -> list[str]:
        """All names in order. Raises ImportFileError where there are too many."""
        found: list[str] = []
        self._skipped.clear()
        for folder, folders, files in os.walk(self.root):
            folders[:] = sorted(name for name in folders if not self._is_link(folder, name))
            found += [self._name(folder, name) for name in sorted(files) if not self._is_link(folder, name)]
            if len(found) > MAX_PARTS:
                raise ImportFileError(Why.TOO_MANY, f"more than {counted(MAX_PARTS, 'file')}")
        return found

    def skipped(self) -> list[Skipped]:
        """The symbolic links that the last `names` met."""
        return self._skipped

    def has(self, name: str) -> bool:
        """Whether there is a file of that name that no link leads away from."""
        return is_inside(self.root, name) and (self.root / name).is_file()

    def read(self, name: str, most: int) -> bytes:
        """Its bytes. Raises ImportFileError, also where they are more than `most`."""
        with _reading(f"{self.label}/{name}"), (self.root / name).open("rb") as file:
            return read_up_to(file, most)

    def saved_at(self, name: str) -> datetime:
        """When it was last changed, UTC."""
        with _reading(f"{self.label}/{name}"):
            return datetime.fromtimestamp(int((self.root / name).stat().st_mtime), UTC)

    def _name(self, folder: str, name: str) -> str:
        return (Path(folder) / name).relative_to(self.root).as_posix()

    def _is_link(self, folder: str, name: str) -> bool:
        if not (Path(folder) / name).is_symlink():
            return False
        self._skipped.append(Skipped(f"{self.label}/{self._name(folder, name)}", Why.SYMBOLIC_LINK))
        return True


@contextmanager
def unzipping() -> Iterator[None]:
    """Name what a zip can be wrong in. Raises ImportFileError."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError, RuntimeError) as error:
        # RuntimeError, NotImplementedError: a password is asked for, or a method is unknown.
        raise ImportFileError(Why.DAMAGED, str(error)) from error


class ZipTree:
    """A zip file, read without writing a file of it."""

    def __init__(self, path: Path, label: str = "") -> None:
        """Raises ImportFileError where it is none."""
        self.label = label or path.name
        with unzipping():
            self._zip = zipfile.ZipFile(path)
        self._skipped: list[Skipped] = []
        self._left = MAX_UNPACKED
        listed = self._zip.infolist()
        if len(listed) > MAX_PARTS:
            self._zip.close()
            raise ImportFileError(Why.TOO_MANY, f"more than {counted(MAX_PARTS, 'file')}")
        self._infos: Mapping[str, zipfile.ZipInfo] = dict(self._allowed(listed))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def names(self) -> list[str]:
        """All names in order."""
        return sorted(self._infos)

    def skipped(self) -> list[Skipped]:
        """The members that may not be read."""
        return self._skipped

    def has(self, name: str) -> bool:
        """Whether there is a file of that name that may be read."""
        return name in self._infos

    def read(self, name: str, most: int) -> bytes:
        """Its bytes. Raises ImportFileError, also where they are more than `most`."""
        with unzipping(), self._zip.open(self._infos[name]) as file:
            data = read_up_to(file, min(most, self._left))  # type: ignore[arg-type]
        self._left -= len(data)
        return data

    def copy(self, name: str, target: Path, most: int) -> None:
        """Write a member to the file `target`, piece by piece. Raises ImportFileError, StoreError."""
        left = min(most, self._left)
        with unzipping(), self._zip.open(self._infos[name]) as file, target.open("wb") as out:
            while piece := file.read(min(1_000_000, left + 1)):
                left -= len(piece)
                if left < 0:
                    raise ImportFileError(Why.TOO_LARGE)
                out.write(piece)
        self._left -= target.stat().st_size

    def saved_at(self, name: str) -> datetime:
        """When it was last changed; a zip tells no time zone."""
        try:
            return datetime(*self._infos[name].date_time, tzinfo=UTC)
        except ValueError:
            return datetime(*_OLDEST, tzinfo=UTC)

    def _allowed(self, listed: list[zipfile.ZipInfo]) -> Iterator[tuple[str, zipfile.ZipInfo]]:
        for info in listed:
            name = _decoded(info).replace("\\", "/")
            if name.endswith("/"):
                continue
            if why := _why_not(name, info):
                self._skipped.append(Skipped(f"{self.label}/{name}", why))
            else:
                yield name.removeprefix("./"), info


def _decoded(info: zipfile.ZipInfo) -> str:
    """The name of a member; Windows writes Chinese ones in GB18030 and does not say so."""
    if info.flag_bits & _UTF8:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _why_not(name: str, info: zipfile.ZipInfo) -> Why | None:
    parts = name.removeprefix("./").split("/")
    if any(part in ("", ".", "..") for part in parts) or ":" in parts[0] or "\0" in name:
        return Why.OUTSIDE
    if stat.S_ISLNK(info.external_attr >> 16):
        return Why.SYMBOLIC_LINK
    return Why.ENCRYPTED if info.flag_bits & _ENCRYPTED else None
