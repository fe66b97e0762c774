"""Articles that were to be forgotten, and are not yet.

links.jsonl calls them forgotten before anything is deleted. A command may have been killed then or met an error, or git
has taken the files away that it knows: others lie there still. From before the first change until what is made from the
rest is made again, there is also the file FORGETTING.
"""

from __future__ import annotations

import logging

from archiver.archive.archive import Archive
from archiver.store.files import disk_errors, write_if_missing
from archiver.store.layout import FORGETTING

log = logging.getLogger(__name__)


def forgotten_folder(archive: Archive, article_id: str) -> str | None:
    """The folder that an article had before the user had it forgotten."""
    tail = f"-{article_id}"
    return next((folder for folder in sorted(archive.links.forgotten) if folder.endswith(tail)), None)


def unfinished(archive: Archive) -> list[str]:
    """The folders of the articles of which something is still there. Raises StoreError."""
    return sorted(folder for folder in archive.links.forgotten if archive.own_folders(folder))


def tell_of_unfinished(archive: Archive) -> None:
    """Tell of them, for a command that does not delete them. Raises StoreError."""
    folders = unfinished(archive)
    for folder in folders:
        log.warning("%s is forgotten, but not all of it is deleted yet: archiver sync does that", folder)
    if is_forgetting(archive) and not folders:
        log.warning("archiver forget did not come to its end: archiver sync finishes it")


def is_forgetting(archive: Archive) -> bool:
    """Whether a command that forgets has begun and did not come to its end."""
    return (archive.root / FORGETTING).exists()


def begin_forgetting(archive: Archive) -> None:
    """Let others know until `end_forgetting`. Raises StoreError."""
    write_if_missing(archive.root / FORGETTING, b"")


def end_forgetting(archive: Archive) -> None:
    """All is done. Raises StoreError."""
    with disk_errors(archive.root / FORGETTING, "delete"):
        (archive.root / FORGETTING).unlink(missing_ok=True)
