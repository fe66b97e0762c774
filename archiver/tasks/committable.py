"""Whether git can take the archive: known before a single request is made."""

from __future__ import annotations

import posixpath
from datetime import UTC, datetime

from archiver.config import Config
from archiver.config.templates import ARTICLE_PATH
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
from archiver.store.names import folder_name
from archiver.store.publishing import Publish, gitignore, is_published

_MONTH, _SHA256 = month_folder("2022/03"), "0" * 64
_DAY = datetime(2022, 3, 1, tzinfo=UTC)
_SAMPLES = (  # one file of each kind that a commit holds
    *(LINKS, JOURNAL, GITATTRIBUTES, README, HOME, READER_STYLE, f"{_MONTH}/{SUMS}"),
    *(f"{_MONTH}/sample/{name}" for name in (TEXT, PAGE, RECORD, SLIM_CAPTURE)),
    *(blob_path("images", _SHA256, extension) for extension in ("png", "jpg", "gif", "webp", "svg")),
    *(blob_path("media", _SHA256, extension) for extension in ("mp3", "mp4")),
    *(f"{ALBUMS}/0.json", f"{ALBUMS}/0.md"),
)


def samples(publish: Publish, path: str = ARTICLE_PATH) -> list[str]:
    """A file of each kind that a commit holds, articles named by the template `path`; POSIX, relative to the archive's
    root."""
    article = folder_name("0" * 12, _DAY, "account", "title", path)
    return [name for name in (*_SAMPLES, f"{article}/{TEXT}") if is_published(name, publish)]


def check_committable(config: Config) -> None:
    """Raise NotCommittableError where no note could be committed together with what it leads to, and GitError where git
    cannot tell."""
    notes, kept = Repository.holding(config.notes_root), Repository.holding(config.archive_root)
    if notes is None and kept is None:
        why = f"neither {config.notes_root} nor {config.archive_root} is in a git repository"
        raise NotCommittableError(why, f"make one: git init {config.notes_root}")
    apart = notes is not None and kept is not None and notes.root != kept.root
    if kept is None or (apart and config.archive.publish != "nothing"):
        place = f"in the repository {kept.root}" if kept else "in no repository"
        why = f"the notes are in the repository {notes and notes.root}, the archive ({config.archive_root}) is {place}"
        cure = "move the archive into the notes' repository, and set [archive] path"
        raise NotCommittableError(why, cure)
    if found := ignored_kind(config, kept):
        path, rule = found
        why = f"git ignores {path}: line {rule.line} of {rule.file} says {rule.said}"
        cure = "take that line out: [archive] publish says by itself what is to stay out of git"
        raise NotCommittableError(why, cure)


def ignored_kind(config: Config, repository: Repository) -> tuple[str, IgnoreRule] | None:
    """A path of the archive, as an example of files that belong into a commit and that git ignores, and why."""
    folder, publish = config.archive_root.relative_to(repository.root).as_posix(), config.archive.publish
    rules = repository.ignoring(
        posixpath.join(folder, name) for name in (GITIGNORE, *samples(publish, config.output.article_path))
    )
    own = posixpath.join(folder, GITIGNORE)
    ours = {*gitignore(None, "images").split(), *gitignore(None, "nothing").split()}
    # Before the first run of another mode, what archiver wrote into its own file is that of the mode before.
    return next(((path, rule) for path, rule in rules.items() if rule.file != own or rule.said not in ours), None)
