"""What git and its hosts make of an archive."""

from __future__ import annotations

import posixpath
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from archiver.amounts import counted, size
from archiver.config import Config
from archiver.errors import GitError, NotCommittableError, NotOwnerError
from archiver.store.git import Repository
from archiver.store.layout import GITIGNORE, LAST_REPORT, REPORTS
from archiver.store.lookup import repository_root
from archiver.store.notewalk import find_notes
from archiver.store.publishing import is_withdrawn
from archiver.tasks.committable import check_committable, ignored_kind
from archiver.tasks.health import Check, fail, ok, warn

FILE = 100_000_000  # bytes: GitHub refuses larger files
REPOSITORY = 5_000_000_000  # it asks that repositories stay below this


def check_git(config: Config) -> list[Check]:
    """The checks of an archive that is in a git repository; one line where it is in none."""
    if shutil.which("git") is None:
        return [warn("git", "not installed", "install git, or back the archive up by other means")]
    archive, found = config.archive_root, []
    try:
        repository = Repository.holding(archive)
        if repository or Repository.holding(config.notes_root):
            found = [_check_commit(config)]
    except NotOwnerError as error:
        return [fail("git", f"{error.place} belongs to another user, so git leaves it alone", error.cure)]
    except GitError as error:
        return [fail("git", str(error), "mend the repository: git status tells more")]
    if repository is None:
        return [*found, ok("git", f"{archive} is in no repository")]
    return [*found, *_check_ignored(config, repository), _check_line_ends(archive), *_check_size(archive)]


def _check_commit(config: Config) -> Check:
    """Whether `sync --commit` can commit the archive and the notes that lead into it."""
    try:
        check_committable(config)
    except NotCommittableError as error:
        return warn("git commit", f"sync --commit would refuse: {error.why}", error.cure)
    inner = [str(path) for path in sorted(_inner_repositories(config))]
    if inner:
        cure = "[notes] exclude them, or commit them there yourself"
        return warn("git commit", f"notes in repositories of their own stay uncommitted: {', '.join(inner[:3])}", cure)
    return ok("git commit", "notes and archive can be committed together")


def _inner_repositories(config: Config) -> set[Path]:
    """The repositories below that of the notes which hold notes."""
    root, notes = config.notes_root, config.notes
    outer = repository_root(root)
    folders = {(root / path).parent for path in find_notes(root, notes.include, notes.exclude, config.archive_root)}
    return {found for folder in folders if (found := repository_root(folder)) and found != outer}


def _check_ignored(config: Config, repository: Repository) -> Iterator[Check]:
    archive, publish = config.archive_root, config.archive.publish
    folder = archive.relative_to(repository.root).as_posix()
    if (archive / REPORTS).exists() and not repository.ignoring([posixpath.join(folder, LAST_REPORT)]):
        again = f"let archiver write {archive / GITIGNORE} again: remove it"
        yield warn("git ignore", f"{REPORTS}/ is not ignored", again)
    if found := ignored_kind(config, repository):
        path, rule = found
        said = f"git ignores {path}, which belongs into it: a clone would be damaged"
        yield fail("git ignore", said, f"take line {rule.line} ({rule.said}) out of {rule.file}")
    else:
        yield ok("git ignore", f"what belongs into git is not ignored ([archive] publish: {publish})")
    tracked = repository.tracked(folder)
    gone = [path for path in tracked if is_withdrawn(posixpath.relpath(path, folder), publish)]
    if gone:
        held = counted(len(gone), "file is", "files are")
        said = f'{held} in git that [archive] publish = "{publish}" keeps out, such as {gone[0]}'
        yield warn("git publish", said, "archiver sync --commit untracks them; docs/publishing.md tells of the history")


def _check_line_ends(archive: Path) -> Check:
    value = _git(archive.parent, "config", "core.autocrlf")
    attributes = archive / ".gitattributes"
    guarded = attributes.is_file() and b"-text" in attributes.read_bytes()
    if value in ("true", "input") and not guarded:
        cure = f"remove {attributes} and run archiver sync, which writes it; or: git config core.autocrlf false"
        return fail("git autocrlf", f"core.autocrlf is {value}: git would change the archive's bytes", cure)
    return ok("git autocrlf", f"{value or 'not set'}{', the archive is guarded by .gitattributes' if guarded else ''}")


def _check_size(archive: Path) -> list[Check]:
    sizes = {path: path.stat().st_size for path in archive.rglob("*") if path.is_file() and not path.is_symlink()}
    total = sum(sizes.values())
    large = [path for path, length in sizes.items() if length > FILE]
    checks = [ok("git size", f"{size(total)} in {counted(len(sizes), 'file')}")]
    if total > REPOSITORY:
        checks = [
            warn("git size", f"{size(total)}; GitHub asks for less than {size(REPOSITORY)}", "use Git LFS for images/")
        ]
    if large:
        names = ", ".join(path.name for path in large[:3])
        checks.append(fail("git size", f"over {size(FILE)}, which GitHub refuses: {names}", "use Git LFS for these"))
    return checks


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    return done.stdout.strip()
