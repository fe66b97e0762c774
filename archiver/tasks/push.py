"""sync --push: the commits of a branch to where it is pushed, in batches, on top of what others have pushed."""

from __future__ import annotations

import tempfile
from pathlib import Path

from archiver.errors import GitError
from archiver.store.files import disk_errors
from archiver.store.git import Repository, with_settings

MAX_BATCH = 500_000_000  # bytes; GitHub refuses a push of 2 GB and drops slow ones before


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
