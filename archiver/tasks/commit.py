"""sync --commit: what archiver did, and nothing else, as commits of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from archiver.archive.archive import Archive
from archiver.config import Config
from archiver.errors import GitError, NoteError
from archiver.events import NotCommitted
from archiver.rewriting.origins import original_of
from archiver.rewriting.places import new_places, places
from archiver.rewriting.planner import Planner
from archiver.rewriting.shown import shown_images
from archiver.store.git import Index, Repository
from archiver.store.layout import ARTICLE_FILE, BLOB, IMAGES, PUBLISHED, README, RECORD, top_folder
from archiver.store.lookup import repository_root
from archiver.store.notefiles import check_note
from archiver.store.publishing import is_published, path_inside

MAX_BATCH = 500_000_000  # bytes; GitHub refuses a push of 2 GB and drops slow ones before


@dataclass(frozen=True, slots=True)
class Held:
    """What a commit holds: new articles, new images, notes that were rewritten or restored; files of the archive that
    are `untracked` from it on, since they are not published. It is the `number`-th of `of` into which the run is put.
    """

    articles: int = 0
    images: int = 0
    notes: int = 0
    untracked: int = 0
    number: int = 1
    of: int = 1


Message = Callable[[Held], str]


@dataclass(slots=True)
class Committed:
    """Commits that were made in one repository. `left_out` are files in which the user has staged something, `notes`
    those that were not committed because they would lead to what is not; so many files are `untracked` from now on."""

    root: Path
    commits: list[str] = field(default_factory=list)
    left_out: tuple[str, ...] = ()
    notes: list[NotCommitted] = field(default_factory=list)
    untracked: int = 0


@dataclass(frozen=True, slots=True)
class _Note:
    """A note as it is to be committed, and the absolute paths to which it then newly leads."""

    name: str
    data: bytes
    places: frozenset[str] = frozenset()


def commit_run(config: Config, archive: Archive, message: Message, *, most: int = MAX_BATCH) -> list[Committed]:
    """Commit the archive and what was rewritten in notes, in the repository of each (usually one).

    The user's index and working tree stay as they are. Of a note in which the user is at work, the version in HEAD is
    rewritten and committed; the user's own changes are not. A note that would newly lead to what is neither in the
    commit nor in HEAD is not committed. One commit, or several of at most `most` bytes where there is more (files
    first, notes last). Raises GitError.
    """
    notes, kept = Repository.holding(config.notes_root), Repository.holding(config.archive_root)
    if notes is None and kept is None:
        raise GitError(f"neither {config.notes_root} nor {config.archive_root} is in a git repository")
    done = []
    for repository in {item.root: item for item in (kept, notes) if item}.values():
        commit = _Commit(repository, _Published(config, folder_in(config, repository, kept)), message, most)
        if notes is not None and repository.root == notes.root:
            commit.plan_notes(config, archive)
        done.append(commit.make())
    return done


def folder_in(config: Config, repository: Repository, kept: Repository | None) -> str:
    """The archive's folder in a repository; empty where it is in another (`kept`) or none."""
    inside = kept is not None and kept.root == repository.root
    return config.archive_root.relative_to(repository.root).as_posix() if inside else ""


class _Published:
    """Which files of a repository are the archive's, and belong into a commit. `folder` is that of the archive in it,
    empty where it holds none."""

    def __init__(self, config: Config, folder: str) -> None:
        self.folder = folder
        self._mode = config.archive.publish
        self._shown = shown_images(config) if self._mode == "images" else None

    def holds(self, path: str) -> bool:
        """Whether a file is one that a commit holds."""
        return self.may_hold(path) and (
            self._shown is None or self.inside(path) in self._shown or top_folder(self.inside(path)) != IMAGES
        )

    def may_hold(self, path: str) -> bool:
        """Whether it is of a kind that a commit may hold."""
        return is_published(self.inside(path), self._mode)

    def inside(self, path: str) -> str:
        """The path of a file in the archive; empty for one that is not in it."""
        return path_inside(self.folder, path)

    def withdrawn(self, paths: Iterable[str]) -> set[str]:
        """Those that are of a kind that the archive makes, and that a commit does not hold (any more)."""
        return {path for path in paths if top_folder(self.inside(path)) in PUBLISHED and not self.holds(path)}


class _Commit:
    """The commit (or several) of a run in one repository."""

    def __init__(self, repository: Repository, published: _Published, message: Message, most: int) -> None:
        self._repository = repository
        self._published = published
        self._message = message
        self._most = most
        self._notes: dict[str, _Note] = {}
        self._tracked: list[str] = []  # the notes in HEAD that were ever rewritten
        self._done = Committed(repository.root)

    def plan_notes(self, config: Config, archive: Archive) -> None:
        """Plan the tracked notes as they are in HEAD but rewritten (or restored), where that makes a difference."""
        planner = Planner(config, archive, past=True)
        for name in sorted(archive.journal.touched()):
            file = config.notes_root / name
            root = repository_root(file.parent)
            inner = root is not None and root != self._repository.root
            holder = Repository(root) if root and inner else self._repository
            path = file.relative_to(holder.root).as_posix()
            before = holder.blob(path)
            if before is None:
                continue  # not tracked: the user has not committed it yet
            self._tracked += [] if inner else [path]
            try:
                if file.exists():
                    check_note(config.notes_root, name)  # what stays as it is here is not to become another one there
                note = _planned(config, archive, planner, name, before)
            except NoteError:
                continue  # the run has reported it
            if inner and note.places:
                self._done.notes.append(NotCommitted(name))
            elif not inner and note.data != before:
                self._notes[path] = note

    def make(self) -> Committed:
        """Make the commits."""
        self._repository.check_ready()
        staged = self._repository.staged()
        with self._repository.own_index() as index:
            files = self._archive_files(index)
            batches = list(_batches(self._repository.root, files - staged, self._most)) or [[]]
            self._done.left_out = tuple(sorted((files | set(self._notes)) & staged))
            for number, batch in enumerate(batches, 1):
                index.add(batch)
                last = number == len(batches)
                notes = self._put_notes(index, staged) if last else 0
                if last:
                    self._withdraw(index, staged)
                self._commit(index, Held(notes=notes, number=number, of=len(batches)))
        return self._done

    def _archive_files(self, index: Index) -> set[str]:
        """Files of the archive that differ from the index; none where git ignores the archive."""
        folder = self._published.folder
        if not folder or self._repository.succeeds("check-ignore", "-q", "--", folder):
            return set()
        changed = index.changed(str(PurePosixPath(folder, name)) for name in PUBLISHED)
        ways = {way for note in self._notes.values() for way in self._ways(note.places)} - index.files()
        # What only a note shows that is committed in another state than it has now is ignored, and needed.
        needed = {way for way in ways if self._published.inside(way) and (self._repository.root / way).is_file()}
        found = {path for path in changed if self._published.holds(path)}
        return found | {path for path in needed if self._published.may_hold(path)}

    def _withdraw(self, index: Index, staged: set[str]) -> None:
        """Take out what is not published any more, but for what a note leads to that is still committed so."""
        files = index.files()
        gone = self._published.withdrawn(files) - staged
        if gone:
            for path in sorted(files & set(self._tracked)):
                gone -= set(self._ways(places((self._repository.root / path).parent, index.read(path))))
        index.remove(sorted(gone))
        self._done.untracked = len(gone)

    def _ways(self, places: Iterable[str]) -> list[str]:
        """Absolute paths, seen from the repository."""
        return sorted(os.path.relpath(place, self._repository.root).replace(os.sep, "/") for place in places)

    def _put_notes(self, index: Index, staged: set[str]) -> int:
        """Put those of the notes into the index that lead to nothing but what it holds, or will."""
        there = index.files()
        notes = {path: note for path, note in self._notes.items() if path not in staged}
        put = 0
        for path, note in notes.items():
            if missing := self._missing(there, note):
                self._done.notes.append(NotCommitted(note.name, missing))
            else:
                index.put(path, self._repository.store(note.data))
                put += 1
        return put

    def _missing(self, there: set[str], note: _Note) -> str:
        """The first file that a note leads to and that is not `there`; empty where all are."""
        return next((way for way in self._ways(note.places) if way not in there), "")

    def _commit(self, index: Index, held: Held) -> None:
        changed = index.differing()
        if not changed:
            return
        news = [self._published.inside(path) for path, how in changed.items() if how == "A"]
        articles = sum(bool((found := ARTICLE_FILE.fullmatch(path)) and found[2] == RECORD) for path in news)
        images = sum(bool((found := BLOB.fullmatch(path)) and found[1] == IMAGES) for path in news)
        untracked = self._done.untracked if held.number == held.of else 0
        held = replace(held, articles=articles, images=images, untracked=untracked)
        self._done.commits.append(self._repository.commit(index.tree(), self._message(held), changed))


def _planned(config: Config, archive: Archive, planner: Planner, name: str, before: bytes) -> _Note:
    """A note whose bytes are `before`, rewritten or restored. Raises NoteError."""
    if archive.journal.is_restored(name):
        return _Note(name, original_of(archive, name, before, past=True).data)
    after = planner.plan_bytes(name, before).after
    return _Note(name, after, frozenset(new_places((config.notes_root / name).parent, before, after)))


def _batches(root: Path, files: Iterable[str], most: int) -> Iterator[list[str]]:
    """Cut a list of files so that none of the parts has more bytes than `most` (but one file at least).

    Images first and lists last: no commit names what is not there.
    """
    batch: list[str] = []
    size = 0
    for file in sorted(files, key=lambda path: (path.endswith((".jsonl", README)), f"/{IMAGES}/" not in path, path)):
        path = root / file
        length = path.stat().st_size if path.is_file() else 0
        if batch and size + length > most:
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += length
    if batch:
        yield batch
