"""Article folders, as store/names.py calls them: built aside and renamed in whole."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from archiver.errors import StoreError
from archiver.store.exchange import exchange
from archiver.store.files import disk_errors, make_folder, remove_tree, sync_folder, write_atomic, write_synced
from archiver.store.guard import is_file_inside, is_inside
from archiver.store.layout import ARTICLES, ASIDE, MAX_PARENTS, MONTH_FOLDER, RECORD, SUMS, TEMPORARY, is_article_name
from archiver.store.sums import Checksums

OnError = Callable[[str, str], None]  # is told (path, relative to the root, of a folder with a slash; what is wrong)


def replace_file(root: Path, path: str, data: bytes) -> None:
    """Replace one file of the archive, wherever it is. Raises StoreError.

    The folders of articles are too many to be searched for what a crash leaves: of a file in one of them, the temporary
    file lies in the folder above.
    """
    target = root / path
    write_atomic(target, data, target.parents[1] if path.startswith(f"{ARTICLES}/") else None)


def _undo(target: Path, aside: Path, old: Path) -> None:
    """Leave a folder that could not be written as it was."""
    remove_tree(aside, ignore_errors=True)
    if target.exists():
        remove_tree(old, ignore_errors=True)
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
            remove_tree(aside, ignore_errors=True)
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
        remove_tree(old, ignore_errors=True)

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
            remove_tree(aside, ignore_errors=True)
            target.rename(aside)
            sync_folder(target.parent)
            remove_tree(aside)
        self.sums.drop(folder)
        with disk_errors(target, "delete"):
            for parent in target.parents:
                if parent == self._root / ARTICLES or any(parent.iterdir()):
                    break
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
            return is_file_inside(self._root, path)

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
                        remove_tree(folder)
                    else:
                        folder.rename(target)
                done.append(target.name)
            else:
                with disk_errors(folder, "remove"):
                    remove_tree(folder)
                done.append(name)
        return done

    def _folders(self, on_error: OnError | None = None) -> Iterator[tuple[str, str]]:
        """Every folder that may be an article's, in order: the one above (relative to the root) and its name."""
        for above, names in parents(self._root, on_error):
            for name in names:
                yield above, name


def parents(root: Path, on_error: OnError | None = None) -> Iterator[tuple[str, list[str]]]:
    """Every folder below the archive's `root` that may hold those of articles, and the names of the folders in it that
    may be such. `on_error` as in `ArticleFolders.records`; raises StoreError."""
    with disk_errors(root / ARTICLES, "list"):
        there = (root / ARTICLES).is_dir()
    if there:
        yield from _parents(root, ARTICLES, MAX_PARENTS, on_error)


def _parents(root: Path, above: str, depth: int, on_error: OnError | None) -> Iterator[tuple[str, list[str]]]:
    try:
        with os.scandir(root / above) as listed:
            inside = list(listed)
        names = sorted(entry.name for entry in inside if entry.is_dir(follow_symlinks=False))
    except OSError as error:
        _tell(error, f"{above}/", on_error)
        return
    articles = [name for name in names if may_be_article(root, above, name)]
    if articles or MONTH_FOLDER.fullmatch(above) or any(entry.name == SUMS for entry in inside):
        yield above, articles
    if depth:
        for name in names:
            if not is_article_name(name) and not name.startswith("."):
                yield from _parents(root, f"{above}/{name}", depth - 1, on_error)


def may_be_article(root: Path, above: str, name: str) -> bool:
    """Whether a folder is one of an article, by its name. In a month's folder any will do: that of an article whose
    folder somebody has renamed, too."""
    if is_article_name(name) or not MONTH_FOLDER.fullmatch(above):
        return is_article_name(name)
    return not (root / above / name / SUMS).exists()


def _tell(error: OSError, path: str, on_error: OnError | None) -> None:
    """Tell `on_error` that the disk refuses `path`, in its words. Raises StoreError when nobody is to be told."""
    if on_error is None:
        raise StoreError(f"cannot read {path}: {error.strerror or error}") from error
    on_error(path, error.strerror or str(error))
