"""Pages of the site that show what the index does not hold: the texts of notes, the log of links and runs."""

from __future__ import annotations

import hashlib
from pathlib import Path

from archiver.reader.current import SiteNotes, status_is_behind
from archiver.render import sitemap
from archiver.store import listings
from archiver.store.catalogue import Catalogue
from archiver.store.files import disk_errors


def behind(root: Path, catalogue: Catalogue, notes: SiteNotes) -> frozenset[str]:
    """The first pages of what has changed since the catalogue was brought up to date: nobody can tell what they have to
    hold. The next build writes them. Raises StoreError."""
    path = root / sitemap.STATUS
    with disk_errors(path, "read"):
        found = {sitemap.STATUS} if path.is_file() and status_is_behind(root, path.read_bytes()) else set[str]()
    digests = catalogue.note_digests() if notes.are_shown and notes.base else {}
    names = (listing.name for listing in listings.notes(catalogue)) if digests else ()
    found |= {sitemap.note_page(name) for name in names if _digest(root / notes.base / name) != digests.get(name)}
    return frozenset(found)


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # gone, or moved: the next run knows
        return ""
