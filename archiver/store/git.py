"""git, as far as it is needed: a commit made beside the user's own index, and a push."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from archiver.errors import GitError, NotOwnerError

# For machines, such as a CI runner, where nobody has told git who commits.
FALLBACK_IDENTITY = {
    "GIT_AUTHOR_NAME": "archiver",
    "GIT_AUTHOR_EMAIL": "archiver@localhost",
    "GIT_COMMITTER_NAME": "archiver",
    "GIT_COMMITTER_EMAIL": "archiver@localhost",
}
_BUSY = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply")


def is_in_history(root: Path, path: str) -> bool:
    """Whether a commit of the repository that holds the folder `root` has something at a path below it."""
    try:
        repository = Repository.holding(root)
        return bool(repository and repository.text("log", "-1", "--format=%H", "HEAD", "--", str(root / path)))
    except GitError:
        return False  # no git, or no commit yet


class Repository:
    """The git repository whose working tree begins at `root`. Every method raises GitError where git refuses."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def holding(cls, folder: Path) -> Repository | None:
        """The repository that holds `folder`, or None."""
        place = next((place for place in (folder, *folder.parents) if place.is_dir()), None)
        if place is None:
            return None
        done = _run(["rev-parse", "--show-toplevel"], place)
        if done.returncode == 0:
            return cls(Path(done.stdout.decode(errors="surrogateescape").removesuffix("\n")).resolve())
        if any(words in done.stderr for words in _NO_WORK_TREE):
            return None
        raise _refusal("rev-parse", place, done)

    def run(self, *arguments: str, data: bytes | None = None, env: Mapping[str, str] | None = None) -> bytes:
        """What git prints."""
        done = _run(arguments, self.root, data, env)
        if done.returncode:
            raise _refusal(arguments[0], self.root, done)
        return done.stdout

    def succeeds(self, *arguments: str) -> bool:
        """Whether git says yes."""
        return _run(arguments, self.root).returncode == 0

    def text(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        """What git prints, as one line."""
        return self.run(*arguments, env=env).decode(errors="surrogateescape").strip()

    def check_ready(self) -> str:
        """The branch that is checked out. Raises GitError where there is none, and in the middle of a merge."""
        folder = Path(self.text("rev-parse", "--absolute-git-dir"))
        if busy := [name for name in _BUSY if (folder / name).exists()]:
            raise GitError(f"{self.root} is in the middle of a merge or rebase ({busy[0]}): finish it first")
        if not self.succeeds("symbolic-ref", "-q", "HEAD"):
            raise GitError(f"{self.root} has no branch checked out (detached HEAD): nothing was committed")
        return self.text("symbolic-ref", "--short", "HEAD")

    def head(self) -> str | None:
        """The commit that is checked out; None before the first."""
        return self.text("rev-parse", "HEAD") if self.succeeds("rev-parse", "-q", "--verify", "HEAD") else None

    def blob(self, path: str) -> bytes | None:
        """A file as it is in HEAD, or None."""
        if not self.succeeds("cat-file", "-e", f"HEAD:{path}"):
            return None
        return self.run("cat-file", "blob", f"HEAD:{path}")

    def store(self, data: bytes) -> str:
        """Put a blob into the repository; its name."""
        return self.run("hash-object", "-w", "--stdin", data=data).decode().strip()

    def ignored(self, paths: Iterable[str]) -> set[str]:
        """Those of the files that .gitignore keeps out. A file that is committed all the same is none of them."""
        names = b"\0".join(path.encode(errors="surrogateescape") for path in paths)
        done = _run(["check-ignore", "-z", "--stdin"], self.root, names)
        if done.returncode not in (0, 1):  # 1: none
            raise _refusal("check-ignore", self.root, done)
        return _paths(done.stdout)

    def staged(self) -> set[str]:
        """Files of which the user has staged something."""
        if self.head() is None:
            return _paths(self.run("ls-files", "-z"))
        return _paths(self.run("diff", "--cached", "--name-only", "--no-renames", "-z"))

    @contextlib.contextmanager
    def own_index(self) -> Iterator[Index]:
        """An index of our own that begins as HEAD is; the user's is not touched."""
        with tempfile.TemporaryDirectory(prefix="archiver-index-") as folder:
            index = Index(self, Path(folder) / "index")
            if self.head():
                index.run("read-tree", "HEAD")
            yield index

    def commit(self, tree: str, message: str) -> str:
        """Commit a tree on the branch that is checked out. Raises GitError if somebody else committed meanwhile."""
        old = self.head()
        env = {} if self.succeeds("var", "GIT_COMMITTER_IDENT") else FALLBACK_IDENTITY
        parent = ["-p", old] if old else []
        new = self.run("commit-tree", tree, *parent, "-F", "-", data=message.encode(), env=env).decode().strip()
        self.run("update-ref", "-m", f"archiver: {message.splitlines()[0]}", "HEAD", new, old or "0" * len(new))
        return new

    def unstage(self, paths: Iterable[str]) -> None:
        """Let the user's index have these files as HEAD has them."""
        names = b"\0".join(path.encode(errors="surrogateescape") for path in paths)
        if names:
            self.run("reset", "-q", "--pathspec-from-file=-", "--pathspec-file-nul", data=names, env=_LITERAL)


class Index:
    """A temporary index of a repository."""

    def __init__(self, repository: Repository, file: Path) -> None:
        self._repository = repository
        self._env = {"GIT_INDEX_FILE": str(file)}

    def run(self, *arguments: str, data: bytes | None = None) -> bytes:
        """git with this index."""
        return self._repository.run(*arguments, data=data, env={**self._env, **_LITERAL})

    def put(self, path: str, blob: str) -> None:
        """Let a file have this content."""
        mode = self.run("ls-files", "-s", "--", path).decode(errors="surrogateescape").partition(" ")[0] or "100644"
        self.run("update-index", "--add", "--cacheinfo", f"{mode},{blob},{path}")

    def add(self, paths: Sequence[str]) -> None:
        """Take files as they are in the working tree, gone ones included."""
        names = b"\0".join(path.encode(errors="surrogateescape") for path in paths)
        if names:
            self.run("add", "-A", "--pathspec-from-file=-", "--pathspec-file-nul", data=names)

    def changed(self, paths: Iterable[str]) -> set[str]:
        """Files at or below `paths` that differ from this index in the working tree; ignored ones are left out."""
        places = tuple(paths)
        news = _paths(self.run("ls-files", "-z", "--others", "--exclude-standard", "--", *places))
        return news | _paths(self.run("ls-files", "-z", "--modified", "--deleted", "--", *places))

    def differing(self) -> list[str]:
        """Files in which this index differs from HEAD."""
        if self._repository.head() is None:
            return sorted(_paths(self.run("ls-files", "-z")))
        return sorted(_paths(self.run("diff", "--cached", "--name-only", "--no-renames", "-z")))

    def tree(self) -> str:
        """Write the index as a tree; its name."""
        return self.run("write-tree").decode().strip()


def with_settings(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment in which git, and what it starts, has these settings beside those that it has already."""
    given = os.environ.get("GIT_CONFIG_COUNT", "")
    first = int(given) if given.isdecimal() else 0
    env = {"GIT_CONFIG_COUNT": str(first + len(settings))}
    for number, (key, value) in enumerate(settings.items(), first):
        env |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return env


_LITERAL = {"GIT_LITERAL_PATHSPECS": "1"}


# Whatever else git says, there is a repository, with which something is wrong.
_NO_WORK_TREE = (b"not a git repository (or any", b"must be run in a work tree")
# Since git 2.35.2; the first release put it otherwise.
_OTHER_OWNER = re.compile(r"(?:dubious ownership in repository at|unsafe repository \() ?'([^'\n]+)'")


def _refusal(command: str, place: Path, done: subprocess.CompletedProcess[bytes]) -> GitError:
    said = done.stderr.decode(errors="replace").strip()
    if found := _OTHER_OWNER.search(said):
        return NotOwnerError(found[1])
    words = [line for line in said.splitlines() if not line.startswith("hint:")] or [f"exit code {done.returncode}"]
    return GitError(f"git {command} in {place}: {' / '.join(words[-3:])}")


def _paths(data: bytes) -> set[str]:
    return {path.decode(errors="surrogateescape") for path in data.split(b"\0") if path}


def _run(
    arguments: Sequence[str], folder: Path, data: bytes | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    # Messages in English, no question at a terminal that nobody watches.
    environment = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", **(env or {})}
    try:
        return subprocess.run(
            ["git", *arguments], cwd=folder, env=environment, input=data or b"", capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed, or not in PATH") from error
