"""sync --push: the commits of a branch to where it is pushed, in batches, on top of what others have pushed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from archiver.archive.archive import Archive
from archiver.archive.open_archive import view_archive
from archiver.archive.reparse import linking_to
from archiver.config import Config
from archiver.errors import GitError, NoteError
from archiver.gathering.link_entries import known_article
from archiver.models import UrlKind
from archiver.rewriting.origins import original_of
from archiver.rewriting.rewrites import Rewriting
from archiver.rewriting.scan import scan_notes
from archiver.store.git import Repository
from archiver.store.lock import archive_lock
from archiver.tasks.commit import MAX_BATCH, Message, commit_run, folder_in
from archiver.tasks.join import Joined, join
from archiver.tasks.run import finish, open_run

TRIES = 3  # where others push again and again


@dataclass(slots=True)
class Pushed:
    """How many `pushes` it took. `joined`: others had pushed, and the work of both was put together; `behind`: why the
    user's own branch could not be brought to that, if it could not."""

    pushes: int = 0
    joined: bool = False
    behind: str = ""


def push(config: Config, root: Path, message: Message, *, most: int = MAX_BATCH) -> Pushed:
    """Push the branch of the repository at `root` in batches of at most `most` bytes.

    When others have pushed meanwhile, the commits are put on top of theirs. The branch that is checked out follows,
    with the user's own changes as they are, and what is made from all the rest is made again and committed, with a
    `message`. Where the user has changes in a file that others have changed too, only what is pushed has the work of
    both. Raises GitError, StoreError.
    """
    repository, pushed = Repository(root), Pushed()
    branch = repository.check_ready()
    remote = repository.text("config", "--default", "origin", f"branch.{branch}.remote")
    target = repository.text("config", "--default", f"refs/heads/{branch}", f"branch.{branch}.merge")
    tip = "HEAD"
    for left in reversed(range(TRIES)):
        try:
            pushed.pushes = _push_batches(repository, tip, remote, target, most)
        except GitError as error:
            if not left or ("rejected" not in str(error) and "fetch first" not in str(error)):
                raise
        else:
            break
        repository.run("fetch", "-q", remote, target)
        folder = folder_in(config, repository, Repository.holding(config.archive_root))
        joined = join(repository, repository.text("rev-parse", "FETCH_HEAD"), folder, partial(_original, config, root))
        pushed.joined, pushed.behind = True, _go_to(config, repository, joined)
        tip = joined.commit if pushed.behind else "HEAD"
        if folder and not pushed.behind:
            _make_again(config, joined, message)
    return pushed


def _original(config: Config, root: Path, path: str, data: bytes) -> bytes | None:
    """A note (its path in the repository at `root`) without what is rewritten in it; None for what is no note."""
    file = root / path
    if not file.is_relative_to(config.notes_root):
        return None
    try:
        with view_archive(config.archive_root) as archive:
            return original_of(archive, file.relative_to(config.notes_root).as_posix(), data, past=True).data
    except NoteError:
        return None


def _go_to(config: Config, repository: Repository, joined: Joined) -> str:
    """Bring the user's branch to what was put together; why that cannot be, if it cannot."""
    try:
        with archive_lock(config.archive_root, wait=True):
            repository.go_to(joined.commit)
    except GitError as error:
        return str(error)
    return ""


def _make_again(config: Config, joined: Joined, message: Message) -> None:
    """Make all that is made from the rest, and commit it."""
    with open_run(config, wait=True) as context:
        _enter_states(context.archive, joined)
        scan = scan_notes(config, context.archive)
        finish(context, linking_to(context.archive, joined.articles), Rewriting(scan.paths), everything=True)
        commit_run(config, context.archive, message)


def _enter_states(archive: Archive, joined: Joined) -> None:
    """Let links.jsonl say of the articles that others brought what their copies say."""
    for entry in list(archive.links):
        if entry.kind is UrlKind.ARTICLE and entry.target in joined.articles and archive.folders.has(entry.target):
            record = archive.record(entry.target)
            if entry.status is not record.status:
                archive.put_links(known_article(entry.url, record))


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
