"""sync --commit and --push: what archiver did, and nothing else, as commits of its own."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from archiver.archive.archive import Archive
from archiver.config import Config
from archiver.errors import GitError, NoteError
from archiver.events import Summary
from archiver.harmless import harmless
from archiver.rewriting.origins import original_of
from archiver.rewriting.rewrite import Planner
from archiver.store.files import disk_errors
from archiver.store.git import Index, Repository, with_settings
from archiver.store.layout import IMAGES, PUBLISHED, README
from archiver.store.notefiles import check_note

_TO_FULL_WIDTH = 0xFEE0  # from an ASCII sign to the one that looks like it
MAX_BATCH = 500_000_000  # bytes; GitHub refuses a push of 2 GB and drops slow ones before


@dataclass(frozen=True, slots=True)
class Committed:
    """Commits that were made in one repository; `left_out` are files in which the user has staged something."""

    root: Path
    commits: tuple[str, ...]
    left_out: tuple[str, ...]


def commit_run(config: Config, archive: Archive, message: str, *, most: int = MAX_BATCH) -> list[Committed]:
    """Commit the archive and what was rewritten in notes, in the repository of each (usually one).

    The user's index and working tree stay as they are. Of a note in which the user is at work, the version in HEAD is
    rewritten and committed; the user's own changes are not. One commit, or several of at most `most` bytes where there
    is more (files first, notes last). Raises GitError.
    """
    notes, kept = Repository.holding(config.notes_root), Repository.holding(config.archive_root)
    if notes is None and kept is None:
        raise GitError(f"neither {config.notes_root} nor {config.archive_root} is in a git repository")
    done = []
    for repository in {item.root: item for item in (kept, notes) if item}.values():
        with_archive = kept is not None and repository.root == kept.root
        with_notes = notes is not None and repository.root == notes.root
        folder = config.archive_root.relative_to(repository.root).as_posix() if with_archive else ""
        rewritten = _rewritten(config, archive, repository) if with_notes else {}
        done.append(_commit(repository, folder, rewritten, message, most))
    return done


def _rewritten(config: Config, archive: Archive, repository: Repository) -> dict[str, bytes]:
    """Tracked notes as they are in HEAD but rewritten (or restored), where that makes a difference."""
    planner, found = Planner(config, archive), {}
    base = config.notes_root.relative_to(repository.root)
    for note in sorted(archive.journal.touched()):
        path = (base / note).as_posix()
        before = repository.blob(path)
        if before is None:
            continue  # not tracked: the user has not committed it yet
        try:
            if (config.notes_root / note).exists():
                check_note(config.notes_root, note)  # what stays as it is here is not to become another one there
            original = archive.journal.is_restored(note)
            after = original_of(archive, note, before).data if original else planner.plan_bytes(note, before).after
        except NoteError:
            continue  # the run has reported it
        if after != before:
            found[path] = after
    return found


def _commit(repository: Repository, folder: str, notes: dict[str, bytes], message: str, most: int) -> Committed:
    repository.check_ready()
    staged = repository.staged()
    commits: list[str] = []
    with repository.own_index() as index:
        files = _archive_files(repository, index, folder) if folder else set()
        left_out = tuple(sorted((files | set(notes)) & staged))
        batches = list(_batches(repository.root, files - staged, most)) or [[]]
        for number, batch in enumerate(batches, 1):
            index.add(batch)
            if number == len(batches):
                _put_notes(repository, index, {path: data for path, data in notes.items() if path not in staged})
            changed = index.differing()
            if changed:
                part = f" ({number} of {len(batches)})" if len(batches) > 1 else ""
                head, _, rest = message.partition("\n")
                commits.append(repository.commit(index.tree(), f"{head}{part}\n{rest}"))
                repository.unstage(changed)
    return Committed(repository.root, tuple(commits), left_out)


def _archive_files(repository: Repository, index: Index, folder: str) -> set[str]:
    """Files of the archive that differ from the index; none where git ignores the archive."""
    if repository.succeeds("check-ignore", "-q", "--", folder):
        return set()
    return index.changed(str(PurePosixPath(folder, name)) for name in PUBLISHED)


def _put_notes(repository: Repository, index: Index, notes: dict[str, bytes]) -> None:
    for path, data in notes.items():
        index.put(path, repository.store(data))


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


def commit_message(summary: Summary, gone: Sequence[str]) -> str:
    """What a run did, in the words of a commit; `gone` are articles that were found deleted."""
    new, images, notes = summary.articles["new"], summary.images["new"], summary.notes["rewritten"]
    lines = [f"Archive {_count(new, 'article')}, {_count(images, 'image')}; rewrite {_count(notes, 'note')}", ""]
    counts = ", ".join(f"{count} {name}" for name, count in summary.articles.items() if count)
    lines.append(f"Articles: {counts or 'none'}.")
    if gone:
        lines += ["", f"Deleted upstream: {len(gone)}", *(f"- {line}" for line in gone)]
    return "\n".join(lines) + "\n"


def title_in_commit(title: str) -> str:
    """An article's title as it may stand in a commit: GitHub closes issues, calls people and skips workflows for what a
    message says."""
    return re.sub(r"[#@\[\]]|:(?=//)|(?<=GH)-", lambda match: chr(ord(match[0]) + _TO_FULL_WIDTH), harmless(title))


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def push(root: Path, *, most: int = MAX_BATCH) -> int:
    """Push the branch of the repository at `root` in batches of at most `most` bytes; how many pushes it took.

    When others have pushed meanwhile, the commits are put on top of theirs, aside, and pushed from there: the user's
    branch, index and files are left as they are. Raises GitError, StoreError.
    """
    repository = Repository(root)
    branch = repository.check_ready()
    remote = repository.text("config", "--default", "origin", f"branch.{branch}.remote")
    target = repository.text("config", "--default", f"refs/heads/{branch}", f"branch.{branch}.merge")
    try:
        return _push_batches(repository, "HEAD", remote, target, most)
    except GitError as error:
        if "rejected" not in str(error) and "fetch first" not in str(error):
            raise
    repository.run("fetch", "-q", remote, target)
    theirs = repository.text("rev-parse", "FETCH_HEAD")
    with tempfile.TemporaryDirectory(prefix="archiver-rebase-") as folder:
        aside = Path(folder) / "tree"
        repository.run("worktree", "add", "-q", "--detach", "--no-checkout", str(aside), "HEAD")
        try:
            return _push_rebased(Repository(aside), theirs, remote, target, most)
        finally:
            repository.run("worktree", "remove", "--force", str(aside))


def _push_rebased(aside: Repository, theirs: str, remote: str, target: str, most: int) -> int:
    # Of the files only those that say how to merge are needed; an archive may have gigabytes. `git sparse-checkout`
    # would say so in the configuration of the user's repository, and leave it there.
    patterns = aside.root / aside.text("rev-parse", "--git-path", "info/sparse-checkout")
    with disk_errors(patterns, "write"):
        patterns.parent.mkdir(parents=True, exist_ok=True)
        patterns.write_text(".gitattributes\n", "utf-8")
    sparse = with_settings({"core.sparseCheckout": "true", "core.sparseCheckoutCone": "false"})
    aside.run("read-tree", "-m", "-u", "HEAD", env=sparse)
    try:
        aside.run("rebase", "-q", theirs, env=sparse)
    except GitError as error:
        raise GitError(
            f"others have pushed changes that do not go together with these: pull by hand ({error})"
        ) from error
    return _push_batches(aside, "HEAD", remote, target, most)


def _push_batches(repository: Repository, tip: str, remote: str, target: str, most: int) -> int:
    tracking = f"refs/remotes/{remote}/{target.removeprefix('refs/heads/')}"
    known = tracking if repository.succeeds("rev-parse", "-q", "--verify", tracking) else ""
    commits = repository.text("rev-list", "--reverse", "--first-parent", tip, *([f"^{known}"] if known else [])).split()
    pushes, size, last = 0, 0, ""
    for commit in commits:
        length = _new_bytes(repository, commit)
        if last and size + length > most:
            repository.run("push", "-q", remote, f"{last}:{target}")
            pushes, size = pushes + 1, 0
        size, last = size + length, commit
    if last:
        repository.run("push", "-q", remote, f"{last}:{target}")
        pushes += 1
    return pushes


def _new_bytes(repository: Repository, commit: str) -> int:
    """How many bytes the files have that a commit brought, uncompressed."""
    lines = repository.text("diff-tree", "-r", "--root", "--no-commit-id", commit).splitlines()
    names = [fields[3] for line in lines if len(fields := line.split()) > 3 and set(fields[3]) != {"0"}]
    sizes = repository.run("cat-file", "--batch-check=%(objectsize)", data="\n".join(names).encode()).split()
    return sum(int(size) for size in sizes if size.isdigit())
