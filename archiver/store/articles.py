"""Article folders: articles/2022/03/<date>-<account>-<title>-<id>/, built aside and renamed in whole."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from pathlib import Path

from archiver.errors import StoreError
from archiver.store import layout
from archiver.store.exchange import exchange
from archiver.store.files import disk_errors, make_folder, sync_folder, write_atomic, write_synced
from archiver.store.guard import is_inside
from archiver.store.layout import ARTICLES, ASIDE, MONTH_GLOBS, RECORD, TEMPORARY, UNDATED
from archiver.store.sums import Checksums

BEIJING = timezone(timedelta(hours=8))  # WeChat shows Beijing time; it has no summer time
MAX_NAME_BYTES = 120  # leaves room below the 255 of common file systems and the 260 of a whole Windows path
MAX_ACCOUNT_BYTES = 36
OnError = Callable[[str, str], None]  # is told (path, relative to the root, of a folder with a slash; what is wrong)
# Letters and marks that show nothing: two names that look the same should be the same. (Controls, bidi and zero-width
# characters are no letters to begin with.)
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def folder_name(article_id: str, published_at: datetime | None, account: str, title: str) -> str:
    """Folder of a new article, POSIX and relative to the archive's root.

    Its parts hold letters, digits, `-` and `_` of any script in NFC, so that nothing in a link to it needs escaping.
    """
    if published_at is None:
        parent, date = layout.month_folder(""), UNDATED
    else:
        local = published_at.astimezone(BEIJING)
        parent, date = layout.month_folder(f"{local:%Y/%m}"), f"{local:%Y-%m-%d}"
    head = f"{date}-{_slug(account, MAX_ACCOUNT_BYTES)}".rstrip("-")
    room = MAX_NAME_BYTES - len(head.encode()) - len(article_id) - 2
    return f"{parent}/" + "-".join(part for part in (head, _slug(title, room), article_id) if part)


def _slug(text: str, max_bytes: int) -> str:
    """`text` as a part of a file name: everything but letters, digits and `_` becomes `-`, once."""
    shown = (c for c in _nfc(text) if not _INVISIBLE.match(c))
    kept = [c if c.isalnum() or c == "_" or unicodedata.category(c) in ("Mn", "Mc") else "-" for c in shown]
    slug = "-".join(part for part in "".join(kept).split("-") if part)
    # A combining mark cut off from its letter, or put behind "-", would not survive NFC on every file system.
    return _nfc(slug.encode()[:max_bytes].decode(errors="ignore")).strip("-")


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def replace_file(root: Path, path: str, data: bytes) -> None:
    """Replace one file of the archive, wherever it is. Raises StoreError.

    The folders of articles are too many to be searched for what a crash leaves: of a file in one of them, the temporary
    file lies in the folder above.
    """
    target = root / path
    write_atomic(target, data, target.parents[1] if path.startswith(f"{ARTICLES}/") else None)


def _undo(target: Path, aside: Path, old: Path) -> None:
    """Leave a folder that could not be written as it was."""
    shutil.rmtree(aside, ignore_errors=True)
    if target.exists():
        shutil.rmtree(old, ignore_errors=True)
    elif old.exists():
        old.rename(target)


def _put_in_place(new: Path, target: Path, old: Path) -> None:
    """Let `target` be the folder `new`, and `old` what it was, if it was there.

    At no moment may a note lead to nothing, so both change in one step, under a name of which `recover` knows that the
    other of the two counts. Where the system has no such step, the old folder is moved aside first.
    """
    if target.exists():
        new.rename(old)
        if exchange(old, target):
            return
        old.rename(new)
        target.rename(old)
    new.rename(target)


class ArticleFolders:
    """The article folders of the archive at `root`; paths are POSIX and relative to it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.sums = Checksums(root)

    def has_file(self, path: str) -> bool:
        """Whether a file of the archive is there."""
        return (self._root / path).is_file()

    def write(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Make `folder` hold exactly `files` (names without slash). Raises StoreError; the old folder then stands.

        The old folder goes when SHA256SUMS names the new files. `recover` finishes what a crash in between leaves.
        """
        target = self._root / folder
        aside = target.with_name(f"{TEMPORARY}{target.name}")
        old = target.with_name(f"{ASIDE}{target.name}")
        with disk_errors(target, "write"):
            make_folder(target.parent)
            shutil.rmtree(aside, ignore_errors=True)
            with ExitStack() as on_failure:
                on_failure.callback(_undo, target, aside, old)
                aside.mkdir()
                for name, data in files.items():
                    write_synced(aside / name, data)
                sync_folder(aside)
                if target.is_symlink():
                    target.unlink()  # planted: archiver makes none
                _put_in_place(aside, target, old)
                on_failure.pop_all()
            sync_folder(target.parent)
        self.sums.put(folder, files)
        shutil.rmtree(old, ignore_errors=True)

    def put_back(self, folder: str, files: Mapping[str, bytes] | None) -> None:
        """Undo what was written: let `folder` hold these files again (None: let it not be there). Raises StoreError."""
        if files is not None:
            self.write(folder, files)
        elif (self._root / folder).exists():
            self.remove(folder)

    def remove(self, folder: str) -> None:
        """Delete an article's folder, and those above it that are then empty. Raises StoreError.

        It is moved aside first, under a name that `recover` deletes.
        """
        target = self._root / folder
        aside = target.with_name(f"{TEMPORARY}{target.name}")
        with disk_errors(target, "delete"):
            shutil.rmtree(aside, ignore_errors=True)
            target.rename(aside)
            sync_folder(target.parent)
            shutil.rmtree(aside)
        self.sums.drop(folder)
        with disk_errors(target, "delete"):
            for parent in (target.parent, target.parent.parent):
                if parent != self._root / ARTICLES and not any(parent.iterdir()):
                    parent.rmdir()

    def path(self, folder: str) -> Path:
        """Where the article is on the disk."""
        return self._root / folder

    def read(self, folder: str, name: str) -> bytes:
        """A file of an article. Raises StoreError, also for a symbolic link."""
        path = self._root / folder / name
        if not is_inside(self._root, f"{folder}/{name}"):
            raise StoreError(f"{path} is a symbolic link or outside of the archive; it is not followed")
        with disk_errors(path, "read"):
            return path.read_bytes()

    def names(self, folder: str) -> list[str]:
        """Names of an article's files. Raises StoreError."""
        path = self._root / folder
        with disk_errors(path, "read"):
            return sorted(p.name for p in path.iterdir() if p.is_file())

    def files(self, folder: str) -> dict[str, bytes]:
        """All files of an article's folder. Raises StoreError."""
        path = self._root / folder
        with disk_errors(path, "list"):
            names = sorted(entry.name for entry in path.iterdir() if entry.is_file() and not entry.is_symlink())
        return {name: self.read(folder, name) for name in names}

    def holds(self, folder: str, files: Mapping[str, bytes]) -> bool:
        """Whether `folder` holds exactly `files`. Raises StoreError."""
        path = self._root / folder
        with disk_errors(path, "read"):
            if not path.is_dir() or {item.name for item in path.iterdir()} != set(files):
                return False
            return all((path / name).read_bytes() == data for name, data in files.items())

    def digests(self, folder: str) -> dict[str, str]:
        """SHA-256 of each file of an article. Raises StoreError."""
        path = self._root / folder
        with disk_errors(path, "read"):
            return {item.name: hashlib.sha256(item.read_bytes()).hexdigest() for item in path.iterdir()}

    def has(self, folder: str) -> bool:
        """Whether the article is there. Raises StoreError where the disk does not even tell that."""
        path = f"{folder}/{RECORD}"
        with disk_errors(self._root / path, "look at"):
            return is_inside(self._root, path) and (self._root / path).is_file()

    def beside(self, folder: str) -> list[str]:
        """Names of the folders in the one that an article's folder is in. Raises StoreError."""
        parent = (self._root / folder).parent
        with disk_errors(parent, "list"):
            if not parent.is_dir():
                return []
            return sorted(entry.name for entry in parent.iterdir() if entry.is_dir() and not entry.is_symlink())

    def records(self, on_error: OnError | None = None) -> Iterator[tuple[str, int, int]]:
        """Every article's folder with modification time (ns) and size (bytes) of its article.json, in order.

        Raises StoreError where the disk refuses, unless `on_error` is there to be told.
        """
        for parent, name in self._folders(on_error):
            if name.startswith("."):
                continue
            path = f"{parent}/{name}/{RECORD}"
            try:
                found = os.lstat(f"{self._root}/{path}")
            except FileNotFoundError:
                continue
            except OSError as error:
                _tell(error, path, on_error)
                continue
            if stat.S_ISREG(found.st_mode):
                yield f"{parent}/{name}", found.st_mtime_ns, found.st_size

    def recover(self) -> list[str]:
        """Remove what an interrupted run left, and put an old folder back whose successor did not arrive."""
        done = []
        for parent, name in self._folders():
            if not name.startswith((ASIDE, TEMPORARY)):
                continue
            folder = self._root / parent / name
            if name.startswith(ASIDE):
                target = folder.with_name(name.removeprefix(ASIDE))
                with disk_errors(folder, "recover"):
                    if target.exists():
                        # The new files are whole and on the disk, but SHA256SUMS may still name the old ones.
                        self.sums.refresh(target.relative_to(self._root).as_posix())
                        shutil.rmtree(folder)
                    else:
                        folder.rename(target)
                done.append(target.name)
            else:
                with disk_errors(folder, "remove"):
                    shutil.rmtree(folder)
                done.append(name)
        return done

    def _folders(self, on_error: OnError | None = None) -> Iterator[tuple[str, str]]:
        """Every folder that may be an article's, in order: the one above (relative to the root) and its name."""
        # At ten thousand articles a Path for each of them takes longer than asking the disk.
        for pattern in MONTH_GLOBS:
            with disk_errors(self._root / ARTICLES, "list"):
                parents = sorted(self._root.glob(pattern))
            for parent in parents:
                above = parent.relative_to(self._root).as_posix()
                try:
                    with os.scandir(parent) as listed:
                        names = sorted(entry.name for entry in listed if entry.is_dir(follow_symlinks=False))
                except OSError as error:
                    _tell(error, f"{above}/", on_error)
                    continue
                for name in names:
                    yield above, name


def _tell(error: OSError, path: str, on_error: OnError | None) -> None:
    """Tell `on_error` that the disk refuses `path`, in its words. Raises StoreError when nobody is to be told."""
    if on_error is None:
        raise StoreError(f"cannot read {path}: {error.strerror or error}") from error
    on_error(path, error.strerror or str(error))
