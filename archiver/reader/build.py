"""Write the offline reader's site into the archive."""

from __future__ import annotations

import logging
import os

from archiver.archive.archive import Archive
from archiver.config import Config
from archiver.errors import DamageError, StoreError
from archiver.reader.current import Built, SiteNotes, is_current, maker

log = logging.getLogger(__name__)


def build_site(config: Config, archive: Archive, *, everything: bool = False, look: bool = False) -> Built:
    """Bring the site up to the archive: what changed since the last time, or `everything`; with `look` everything if a
    file of the site is gone or was touched.

    Writes only files whose content changes. Pages that an older version made are made again from their captures; one
    whose capture is gone stays as it is. Raises StoreError.
    """
    notes, keys = site_notes(config), archive.form.keys
    if not (everything or look) and is_current(archive.root, archive.catalogue, maker(notes, keys)):
        return Built()
    from archiver.reader.site import Site  # with all that makes pages

    site = Site(archive.root, archive.catalogue, notes, keys=keys)
    built = site.build(everything=everything, look=look, links=archive.links)
    for path in sorted(built.foreign):
        log.warning(
            "%s is not archiver's and stays as it is; give the archive a folder of its own", archive.root / path
        )
    again = [folder for folder in built.outdated if _render_again(archive, folder)]
    if again:
        rest = Site(archive.root, archive.catalogue, notes, keys=keys).build(everything=False, links=archive.links)
        built.updated += rest.updated
    built.outdated = [folder for folder in built.outdated if folder not in again]
    return built


def preview_site(config: Config, archive: Archive) -> Built:
    """What a build would write and remove, but for the articles' own pages; changes nothing. Raises StoreError."""
    from archiver.reader.site import Site

    compared = Site(archive.root, archive.catalogue, site_notes(config), write=False).compare()
    return Built(sorted(compared.differing), sorted(compared.extra))


def _render_again(archive: Archive, folder: str) -> bool:
    try:
        record = archive.record(folder)
        archive.complete(record, record.images, record.media)
    except (DamageError, StoreError):
        return False
    return True


def site_notes(config: Config) -> SiteNotes:
    """What the pages of notes need to know."""
    return SiteNotes(notes_base(config), config.archive.show_notes)


def notes_base(config: Config) -> str:
    """The way from the archive's root to the notes folder, POSIX; empty where they are on different drives."""
    if config.archive_root.anchor != config.notes_root.anchor:
        return ""
    return os.path.relpath(config.notes_root, config.archive_root).replace(os.sep, "/")
