"""Puts the commits of this machine on top of what others have pushed, where both have worked on one archive.

Lines of links.jsonl and journal.jsonl are put together by git; of an article that both have, one copy is taken whole;
of what is made from the rest either version will do, since it is made again. Nothing here touches the user's files.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from archiver.errors import GitError
from archiver.store.files import disk_errors
from archiver.store.git import Index, Repository, fields_of, with_settings
from archiver.store.layout import ARTICLE_FILE, ARTICLES, PAGE, RECORD, SUMS, article_folder
from archiver.store.publishing import path_inside
from archiver.store.sums import is_listed, parse_sums, sums_text

# What git asks for where both sides have changed a file: a page holds what its article says and what stands around it,
# which the two may have changed one each; of all others that of those who pushed first is taken.
_PAGES = "archiver-pages"
_FIRST = "archiver-first"
_ASIDE = "archiver-rebase"  # a folder in .git
_DRIVERS = {
    f"merge.{_PAGES}.driver": "git merge-file -q --ours %A %O %B || :",
    f"merge.{_FIRST}.driver": "true",
}

Original = Callable[[str, bytes], bytes | None]  # a note's path in the repository, its bytes -> without its rewrites


@dataclass(frozen=True, slots=True)
class Joined:
    """`commit` has the work of both; `articles` are folders (relative to the archive) that the others brought."""

    commit: str
    articles: frozenset[str]


def join(repository: Repository, theirs: str, folder: str, original: Original) -> Joined:
    """Put HEAD on top of the commit `theirs`. `folder` is that of the archive in the repository (empty: it is not in
    it). Raises GitError where what people wrote does not go together."""
    mine = repository.text("rev-parse", "HEAD")
    aside = Path(repository.text("rev-parse", "--path-format=absolute", "--git-common-dir")) / _ASIDE
    _remove(repository, aside)  # what a run left that was killed
    try:
        repository.run("worktree", "add", "-q", "--detach", "--no-checkout", str(aside / "tree"), "HEAD")
        rebased = _Rebase(Repository(aside / "tree"), folder, original, aside / "attributes").run(theirs)
    finally:
        _remove(repository, aside)
    base = repository.text("merge-base", mine, theirs)
    return _PutRight(repository, folder, {"base": base, "mine": mine, "theirs": theirs}).make(rebased)


def _remove(repository: Repository, aside: Path) -> None:
    with disk_errors(aside, "remove"):
        if aside.exists():
            shutil.rmtree(aside)
    repository.run("worktree", "prune")


class _Rebase:
    """A rebase in the working tree `aside`, which holds hardly a file."""

    def __init__(self, aside: Repository, folder: str, original: Original, attributes: Path) -> None:
        self._aside = aside
        self._folder = folder
        self._original = original
        self._attributes = attributes

    def run(self, theirs: str) -> str:
        """Put HEAD on top of `theirs`; the last commit then. Raises GitError."""
        self._prepare()
        settings = {"core.sparseCheckout": "true", "core.sparseCheckoutCone": "false", **_DRIVERS}
        env = {**with_settings({**settings, "core.attributesFile": str(self._attributes)}), "GIT_EDITOR": ":"}
        self._aside.run("read-tree", "-m", "-u", "HEAD", env=env)
        steps = int(self._aside.text("rev-list", "--count", f"{theirs}..HEAD"))
        arguments = ["rebase", "-q", theirs]
        for _ in range(steps + 1):
            try:
                self._aside.run(*arguments, env=env)
            except GitError as error:
                if not self._settle():
                    words = "others have pushed changes that do not go together with these: pull by hand"
                    raise GitError(f"{words} ({error})") from error
                arguments = ["-c", "advice.mergeConflict=false", "rebase", "--continue"]
            else:
                break
        return self._aside.text("rev-parse", "HEAD")

    def _prepare(self) -> None:
        # Of the files only those that say how to merge are needed; an archive may have gigabytes. `git sparse-checkout`
        # would say so in the configuration of the user's repository, and leave it there.
        patterns = self._aside.root / self._aside.text("rev-parse", "--git-path", "info/sparse-checkout")
        known = self._aside.text("config", "--path", "--default", "", "core.attributesFile")
        with disk_errors(patterns, "write"):
            patterns.parent.mkdir(parents=True, exist_ok=True)
            patterns.write_text(".gitattributes\n", "utf-8")
            text = Path(known).read_text("utf-8") if known and Path(known).is_file() else ""
            below = "" if self._folder == "." else f"{self._folder}/"
            ours = f"{below}** merge={_FIRST}\n{below}{ARTICLES}/**/{PAGE} merge={_PAGES}\n" if self._folder else ""
            self._attributes.write_text(f"{text}\n{ours}", "utf-8")

    def _settle(self) -> bool:
        """Settle what git could not; whether that is all."""
        stages: dict[str, dict[str, str]] = defaultdict(dict)
        for line in fields_of(self._aside.run("ls-files", "-u", "-z")):
            about, _, path = line.partition("\t")
            _, blob, stage = about.split()
            stages[path][stage] = blob
        return bool(stages) and all(self._settle_file(path, blobs) for path, blobs in stages.items())

    def _settle_file(self, path: str, blobs: dict[str, str]) -> bool:
        if path_inside(self._folder, path):
            # What one side has deleted was forgotten, or is not made any more.
            self._put(path, self._blob(blobs["2"]) if {"2", "3"} <= blobs.keys() else None)
            return True
        if blobs.keys() != {"1", "2", "3"}:
            return False
        versions = [self._original(path, self._blob(blobs[stage])) for stage in ("2", "1", "3")]
        merged = self._merged([data for data in versions if data is not None])
        if merged is not None:
            self._put(path, merged)
        return merged is not None

    def _merged(self, versions: list[bytes]) -> bytes | None:
        """Theirs, the common one and ours, without the rewrites, put together; None where people have changed the same
        lines."""
        if len(versions) < 3:  # one is no note of archiver's
            return None
        with tempfile.TemporaryDirectory(prefix="archiver-merge-") as place:
            files = [Path(place) / str(number) for number in range(3)]
            for file, data in zip(files, versions, strict=True):
                file.write_bytes(data)
            try:
                return self._aside.run("merge-file", "-p", "-q", *map(str, files))
            except GitError:
                return None

    def _blob(self, name: str) -> bytes:
        return self._aside.run("cat-file", "blob", name)

    def _put(self, path: str, data: bytes | None) -> None:
        file = self._aside.root / path
        with disk_errors(file, "write"):
            if data is None:
                self._aside.run("update-index", "--force-remove", "--", path)
                file.unlink(missing_ok=True)
                return
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        self._aside.run("update-index", "--add", "--cacheinfo", f"100644,{self._aside.store(data)},{path}")


class _PutRight:
    """What no merge of single files gets right: articles that both sides have written, and the checksums."""

    def __init__(self, repository: Repository, folder: str, commits: dict[str, str]) -> None:
        self._repository = repository
        self._folder = folder
        self._commits = commits
        self._changed = {side: self._files(commits[side]) if folder else set() for side in ("mine", "theirs")}

    def make(self, rebased: str) -> Joined:
        """The commit on top of `rebased` in which that is right, or that one where it is already."""
        records = {
            side: _folders(f for f in files if f.endswith(f"/{RECORD}")) for side, files in self._changed.items()
        }
        joined = Joined(rebased, frozenset(records["theirs"]))
        if not self._folder:
            return joined
        with self._repository.own_index(rebased) as index:
            for article in sorted(records["mine"] & records["theirs"]):
                self._take_one(index, article)
            touched: dict[str, set[str]] = defaultdict(set)
            for article in _folders(self._changed["mine"] | self._changed["theirs"]):
                touched[article.rpartition("/")[0]].add(article)
            for month, articles in sorted(touched.items()):
                self._write_sums(index, month, articles)
            tree = index.tree()
        if tree == self._repository.text("rev-parse", f"{rebased}^{{tree}}"):
            return joined
        message = "Put the archives of two machines together\n"
        return Joined(self._repository.commit_tree(tree, rebased, message), joined.articles)

    def _files(self, commit: str) -> set[str]:
        """The files of the archive that differ from the common commit."""
        said = self._repository.run("diff-tree", "-r", "--name-only", "-z", self._commits["base"], commit)
        return {inside for name in fields_of(said) if (inside := path_inside(self._folder, name))}

    def _take_one(self, index: Index, article: str) -> None:
        """Let the folder of an article be that of those who pushed first, unless only ours is whole."""
        path = self._path(article)
        partial = {side: self._is_partial(self._commits[side], article) for side in ("mine", "theirs")}
        side = "mine" if partial["theirs"] and not partial["mine"] else "theirs"
        index.take(path, self._commits[side])

    def _is_partial(self, commit: str, article: str) -> bool:
        data = self._repository.blob(self._path(f"{article}/{RECORD}"), commit)
        try:
            return data is None or json.loads(data)["status"] != "archived"
        except (ValueError, KeyError, TypeError):
            return True

    def _write_sums(self, index: Index, month: str, articles: set[str]) -> None:
        """List the files of these articles as they are in the index; of the others, what either side says."""
        path, sums = self._path(f"{month}/{SUMS}"), dict[str, str]()
        for side in ("mine", "theirs"):
            sums |= parse_sums(self._repository.blob(path, self._commits[side]) or b"").sums
        for article in articles:
            name = article.rpartition("/")[2]
            sums = {file: sha for file, sha in sums.items() if not file.startswith(f"{name}/")}
            for file in index.below(self._path(article)):
                if is_listed(file.rpartition("/")[2]):
                    data = index.read(file)
                    sums[f"{name}/{file.rpartition('/')[2]}"] = hashlib.sha256(data).hexdigest()
        there = {file.rpartition("/")[0].rpartition("/")[2] for file in index.below(self._path(month))}
        sums = {file: sha for file, sha in sums.items() if file.partition("/")[0] in there}
        if sums:
            index.put(path, self._repository.store(sums_text(sums)))
        else:
            index.remove([path])

    def _path(self, inside: str) -> str:
        return inside if self._folder == "." else f"{self._folder}/{inside}"


def _folders(paths: Iterable[str]) -> set[str]:
    """The article folders in which these files are."""
    return {article_folder(path) for path in paths if ARTICLE_FILE.fullmatch(path)}
