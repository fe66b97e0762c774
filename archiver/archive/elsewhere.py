"""What is archived, but not here: where git holds only a part of the archive, a checkout lacks the rest."""

from __future__ import annotations

from pathlib import Path

from archiver.archive.archive import Archive
from archiver.models import UrlKind
from archiver.store.files import disk_errors
from archiver.store.layout import GITIGNORE
from archiver.store.lines import LinkEntry
from archiver.store.publishing import Publish, published_as


def is_elsewhere(archive: Archive, publish: Publish, entry: LinkEntry | None) -> bool:
    """Whether what a line of links.jsonl leads to was archived on another machine, and is not asked for on this one.
    What SHA256SUMS lists was here, and is lost. Raises StoreError."""
    if entry is None or not (entry.status.is_stored and entry.target) or publish == "all":
        return False
    if entry.kind is not UrlKind.ARTICLE:
        return not (archive.root / entry.target).exists()
    parent, _, name = entry.target.rpartition("/")
    return not (archive.root / entry.target).exists() and not archive.folders.sums.read(parent).of(name)


def publish_of(root: Path) -> Publish:
    """How much of the archive at `root` git holds, as its own .gitignore says. Raises StoreError."""
    with disk_errors(root / GITIGNORE, "read"):
        data = (root / GITIGNORE).read_bytes() if (root / GITIGNORE).is_file() else b""
    return published_as(data.decode(errors="replace"))
