"""git, as far as it is needed: a commit made beside the user's own index, and a push."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """What keeps a file out of git: the file that says so, as git names it, the line, and what stands there."""

    file: str
    line: int
    said: str


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

    def blob(self, path: str, commit: str = "HEAD") -> bytes | None:
        """A file as it is in a commit, or None."""
        if not self.succeeds("cat-file", "-e", f"{commit}:{path}"):
            return None
        return self.run("cat-file", "blob", f"{commit}:{path}")

    def store(self, data: bytes) -> str:
        """Put a blob into the repository; its name."""
        return self.run("hash-object", "-w", "--stdin", data=data).decode().strip()

    def ignored(self, paths: Iterable[str]) -> set[str]:
        """Those of the files that .gitignore keeps out. A file that is committed all the same is none of them."""
        names = _joined(paths)
        done = _run(["check-ignore", "-z", "--stdin"], self.root, names)
        if done.returncode not in (0, 1):  # 1: none
            raise _refusal("check-ignore", self.root, done)
        return _paths(done.stdout)

    def ignoring(self, paths: Iterable[str]) -> dict[str, IgnoreRule]:
        """Those of the files that are kept out, and by which rule."""
        names = _joined(paths)
        done = _run(["check-ignore", "-v", "-z", "--stdin"], self.root, names)
        if done.returncode not in (0, 1):  # 1: none
            raise _refusal("check-ignore", self.root, done)
        fields = fields_of(done.stdout)
        rules = zip(*(fields[n::4] for n in range(4)), strict=True)
        return {path: IgnoreRule(file, int(line), said) for file, line, said, path in rules if said[:1] != "!"}

    def tracked(self, folder: str) -> list[str]:
        """The files below a folder that are in the user's index."""
        return sorted(_paths(self.run("ls-files", "-z", "--", folder, env=_LITERAL)))

    def staged(self) -> set[str]:
        """Files of which the user has staged something."""
        if self.head() is None:
            return _paths(self.run("ls-files", "-z"))
        return _paths(self.run("diff", "--cached", "--name-only", "--no-renames", "-z"))

    @contextlib.contextmanager
    def own_index(self, commit: str = "HEAD") -> Iterator[Index]:
        """An index of our own that begins as HEAD (or another commit) is; the user's is not touched."""
        with tempfile.TemporaryDirectory(prefix="archiver-index-") as folder:
            index = Index(self, Path(folder) / "index")
            if self.head():
                index.run("read-tree", commit)
            yield index

    def commit(self, tree: str, message: str, files: Iterable[str]) -> str:
        """Commit a tree on the branch that is checked out, and let the user's index have `files`, in which it differs
        from HEAD, as it has them. Raises GitError if somebody else committed meanwhile."""
        old = self.head()
        new = self.commit_tree(tree, old, message)
        with tempfile.TemporaryDirectory(prefix="archiver-commit-") as folder:
            listed = Path(folder) / "files"
            listed.write_bytes(_joined(files))
            subject = f"archiver: {message.splitlines()[0]}"
            self._at_once(
                'git update-ref -m "$1" HEAD "$2" "$3" && git reset -q --pathspec-from-file="$4" --pathspec-file-nul',
                *(subject, new, old or "0" * len(new), str(listed)),
            )
        return new

    def commit_tree(self, tree: str, parent: str | None, message: str) -> str:
        """Make a commit that is on no branch; its name."""
        env = {} if self.succeeds("var", "GIT_COMMITTER_IDENT") else FALLBACK_IDENTITY
        parents = ["-p", parent] if parent else []
        return self.run("commit-tree", tree, *parents, "-F", "-", data=message.encode(), env=env).decode().strip()

    def go_to(self, commit: str) -> None:
        """Let branch, index and working tree be at a commit, with all that the user has staged or changed in files that
        are the same there. Raises GitError, with everything as it was, where another file would lose a change."""
        steps = 'git update-index -q --refresh; git read-tree -m -u "$1" "$2" && git update-ref -m "$3" HEAD "$2" "$1"'
        self._at_once(steps, self.text("rev-parse", "HEAD"), commit, "archiver: on top of what others have pushed")

    def _at_once(self, steps: str, *arguments: str) -> None:
        """Do in one process, to which a kill of this one does no harm, what must not be done by half."""
        alias = f"alias.archiver-at-once=!steps() {{ {steps}; }}; steps"
        self.run("-c", alias, "archiver-at-once", *arguments, env=_LITERAL)


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
        names = _joined(paths)
        if names:
            self.run("add", "-A", "-f", "--pathspec-from-file=-", "--pathspec-file-nul", data=names)

    def remove(self, paths: Iterable[str]) -> None:
        """Take files out; those in the working tree stay."""
        names = _joined(paths)
        if names:
            self.run("update-index", "--force-remove", "-z", "--stdin", data=names + b"\0")

    def take(self, folder: str, commit: str) -> None:
        """Let a folder be as it is in a commit."""
        self.remove(self.below(folder))
        listed = self.run("ls-tree", "-r", "-z", commit, "--", f"{folder}/")
        self.run("update-index", "-z", "--index-info", data=listed)

    def below(self, folder: str) -> list[str]:
        """The files below a folder."""
        return sorted(_paths(self.run("ls-files", "-z", "--", f"{folder}/")))

    def read(self, path: str) -> bytes:
        """A file as it is in this index."""
        return self.run("cat-file", "blob", f":{path}")

    def changed(self, paths: Iterable[str]) -> set[str]:
        """Files at or below `paths` that differ from this index in the working tree; ignored ones are left out."""
        places = tuple(paths)
        news = _paths(self.run("ls-files", "-z", "--others", "--exclude-standard", "--", *places))
        return news | _paths(self.run("ls-files", "-z", "--modified", "--deleted", "--", *places))

    def files(self) -> set[str]:
        """All files of this index."""
        return _paths(self.run("ls-files", "-z"))

    def differing(self) -> dict[str, str]:
        """Files in which this index differs from HEAD, with A (it is new), M or D (it is gone)."""
        if self._repository.head() is None:
            return dict.fromkeys(sorted(self.files()), "A")
        said = self.run("diff", "--cached", "--name-status", "--no-renames", "-z")
        fields = fields_of(said)
        return dict(sorted(zip(fields[1::2], fields[::2], strict=True)))

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


def fields_of(data: bytes) -> list[str]:
    """What git prints with -z: fields, with a NUL behind each."""
    return [field.decode(errors="surrogateescape") for field in data.split(b"\0")[:-1]]


def _paths(data: bytes) -> set[str]:
    return set(fields_of(data))


def _joined(paths: Iterable[str]) -> bytes:
    """Paths as git reads them with -z."""
    return b"\0".join(path.encode(errors="surrogateescape") for path in paths)


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
