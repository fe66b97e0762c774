"""Whether the offline reader's site is what the archive makes of it: all that an idle run asks of it."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path

from archiver.models.values import dataclass
from archiver.reader.fingerprint import fingerprint
from archiver.reader.live import sources
from archiver.render import sitemap
from archiver.render.front_matter import NO_KEYS, Keys
from archiver.store import dirty, manifest
from archiver.store.catalogue import Catalogue
from archiver.store.files import disk_errors
from archiver.store.layout import HOME

KEYS_IN_MAKER = "Keys("


@dataclass(frozen=True, slots=True)
class SiteNotes:
    """`base` is the way from the archive's root to the notes folder (POSIX), empty where no relative link leads there;
    `are_shown`: their pages hold their text."""

    base: str = ""
    are_shown: bool = False


@dataclass(slots=True)
class Built:
    """What a build did: `updated` and `removed` are paths relative to the archive's root, `outdated` the folders of
    articles whose page was made before pages had a place for their surroundings. `foreign` are files that archiver did
    not make, in the places of its own: they stay."""

    updated: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    outdated: list[str] = field(default_factory=list)
    foreign: set[str] = field(default_factory=set)


def maker(notes: SiteNotes, keys: Keys = NO_KEYS) -> str:
    """What a site is made by, as the catalogue remembers it: another maker makes other files of the same archive."""
    return f"{fingerprint()} {notes.base} {notes.are_shown}" + (f" {keys}" if keys != NO_KEYS else "")


def is_current(root: Path, catalogue: Catalogue, made_by: str) -> bool:
    """Whether a build of what has changed would write nothing. Raises StoreError."""
    if is_foreign(root, catalogue, made_by) or any(dirty.marked(catalogue.db).values()):
        return False
    path = root / sitemap.STATUS
    with disk_errors(path, "read"):
        return path.is_file() and not status_is_behind(root, path.read_bytes())


def is_foreign(root: Path, catalogue: Catalogue, made_by: str) -> bool:
    """Whether there is no site, or one that would be made otherwise today."""
    return not (root / HOME).is_file() or manifest.builder(catalogue.db) != made_by


def status_is_behind(root: Path, page: bytes) -> bool:
    """Whether the status page was made from other files than those in the archive at `root`. Raises StoreError."""
    return sources(root).encode() not in page
