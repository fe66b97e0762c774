"""Whether git can take the archive: known before a single request is made."""

from __future__ import annotations

from pathlib import PurePosixPath

from archiver.config import Config
from archiver.errors import NotCommittableError
from archiver.store.git import IgnoreRule, Repository
from archiver.store.layout import (
    ALBUMS,
    GITATTRIBUTES,
    GITIGNORE,
    HOME,
    JOURNAL,
    LINKS,
    PAGE,
    READER_STYLE,
    README,
    RECORD,
    SLIM_CAPTURE,
    SUMS,
    TEXT,
    blob_path,
    month_folder,
)

_MONTH, _SHA256 = month_folder("2022/03"), "0" * 64
_SAMPLES = (  # one file of each kind that a commit holds
    *(LINKS, JOURNAL, GITATTRIBUTES, README, HOME, READER_STYLE, f"{_MONTH}/{SUMS}"),
    *(f"{_MONTH}/sample/{name}" for name in (TEXT, PAGE, RECORD, SLIM_CAPTURE)),
    *(blob_path("images", _SHA256, extension) for extension in ("png", "jpg", "gif", "webp", "svg")),
    *(blob_path("media", _SHA256, extension) for extension in ("mp3", "mp4")),
    *(f"{ALBUMS}/0.json", f"{ALBUMS}/0.md"),
)


def check_committable(config: Config) -> None:
    """Raise NotCommittableError where no note could be committed together with what it leads to, and GitError where git
    cannot tell."""
    notes, kept = Repository.holding(config.notes_root), Repository.holding(config.archive_root)
    if notes is None and kept is None:
        why = f"neither {config.notes_root} nor {config.archive_root} is in a git repository"
        raise NotCommittableError(why, f"make one: git init {config.notes_root}")
    if kept is None or (notes is not None and notes.root != kept.root):
        place = f"in the repository {kept.root}" if kept else "in no repository"
        why = f"the notes are in the repository {notes and notes.root}, the archive ({config.archive_root}) is {place}"
        raise NotCommittableError(why, "move the archive into the notes' repository, and set [archive] path")
    if found := ignored_kind(config, kept):
        path, rule = found
        why = f"git ignores {path}: line {rule.line} of {rule.file} says {rule.said}"
        raise NotCommittableError(why, "take that line out; `archiver doctor` tells whether it was the last one")


def ignored_kind(config: Config, repository: Repository) -> tuple[str, IgnoreRule] | None:
    """A path of the archive, as an example of files that belong into a commit and that git ignores, and why."""
    folder = PurePosixPath(config.archive_root.relative_to(repository.root).as_posix())
    own = str(folder / GITIGNORE)
    rules = repository.ignoring(str(folder / name) for name in (GITIGNORE, *_SAMPLES))
    return next(((path, rule) for path, rule in rules.items() if rule.file != own), None)
