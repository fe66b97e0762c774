"""The offline reader's files and the months' READMEs against what a build makes of the archive.

They have no checksums. What the index says is what the last build wrote, so every file must be just that; one that is
not, yet is what a build would write today, came from another machine by way of git. Files that are only behind are no
business of this check: the next sync writes them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from archiver.archive.archive import Archive
from archiver.archive.form import form_of
from archiver.archive.indexing import index_article, index_image
from archiver.config import Config
from archiver.fixity.survey import Survey
from archiver.models.findings import Finding, FindingCode, FindingKind
from archiver.reader.behind import behind
from archiver.reader.build import site_notes
from archiver.reader.current import maker
from archiver.reader.site import Compared, Site
from archiver.rewriting.noteindex import index_notes
from archiver.store import dirty, manifest
from archiver.store.catalogue import Catalogue
from archiver.store.layout import CATALOGUE, GENERATED, LEFTOVER, SITE
from archiver.store.snapshot import copy_index


def check_site(config: Config, found: Survey) -> None:
    """Complain of generated files that are missing or hold something else, and of files that no build makes. To be
    called after the check of the index. Raises ConfigError, StoreError."""
    there = found.files | set(_site_files(found.archive.root))
    index = _intact_index(found)
    if index is None:
        _check_without_index(config, found, there)
        return
    with index:
        made_by = manifest.builder(index.db)
        if made_by == maker(site_notes(config), form_of(config).keys):
            _check_built(config, found, index, there)
        elif made_by:
            _check_foreign(found, index, there)


def _site_files(root: Path) -> Iterable[str]:
    """All files of the folder site/, by their exact names."""
    for folder, _, names in os.walk(root / SITE):
        below = Path(folder).relative_to(root).as_posix()
        yield from (f"{below}/{name}" for name in names)


def _intact_index(found: Survey) -> Catalogue | None:
    """A copy of the index; None: there is none, or its check has found that it is not to be trusted."""
    if CATALOGUE not in found.files:
        return None
    about = (finding for finding in found.findings if finding.path == CATALOGUE)
    if any(finding.damage or finding.kind is FindingKind.UNREADABLE for finding in about):
        return None
    return copy_index(found.archive.root / CATALOGUE)


def _compare(config: Config, found: Survey, index: Catalogue, there: set[str]) -> Compared:
    """As `Site.compare`, by names as the disk lists them: it may ignore case."""
    compared = Site(found.archive.root, index, site_notes(config), write=False).compare()
    for path in compared.foreign:
        found.add(Finding(path, FindingCode.FOREIGN_CONTENT))
    differing = compared.differing | (compared.kept - there)
    return Compared(compared.kept | compared.foreign, differing - compared.foreign, compared.extra)


def _check_built(config: Config, found: Survey, index: Catalogue, there: set[str]) -> None:
    """Check a site that this archiver made."""
    then = _compare(config, found, index, there)
    unknown = behind(found.archive.root, index, site_notes(config)) & there
    then = replace(then, differing=then.differing - unknown)
    extra = _generated(there) - then.kept
    if not then.differing and not extra:
        return
    _catch_up(config, found, index)
    due = Site(found.archive.root, index, site_notes(config), write=False).due()
    now = _compare(config, found, index, there)
    for path in then.differing - (now.kept - now.differing):
        if path in due or path not in now.kept:
            found.add(Finding(path, FindingCode.PAGE_BEHIND))
        else:
            _say_differs(found, path, there)
    _say_extra(found, extra - now.kept, now)


def _catch_up(config: Config, found: Survey, index: Catalogue) -> None:
    """Bring a copy of the index up to the articles and notes that are there, which marks what has to be written."""
    folders = found.archive.folders
    for folder, modified, size in index.stale(folders.records(found.refuse)):
        record = found.records.get(folder)
        if record is None or index.folder_of_id(record.id) not in (None, folder):
            dirty.flag_article(index.db, folder)  # not to be read, or twice there: its own check tells
        else:
            index_article(index, folders, record, (modified, size))
    for entry in found.archive.links:
        index_image(index, entry)
    index_notes(config, Archive(found.archive.root, index, on_damage=lambda *_: None))


def _check_foreign(found: Survey, index: Catalogue, there: set[str]) -> None:
    """Of a site that another version made, or with the notes elsewhere, only the names can be known."""
    found.add(Finding(SITE, FindingCode.SITE_OF_OTHER))
    for path in _generated(manifest.paths(index.db)) - there:
        _say_differs(found, path, there)


def _check_without_index(config: Config, found: Survey, there: set[str]) -> None:
    """Without the index nobody knows whether a file is damaged, or older than the notes."""
    if not _generated(there):
        return  # there is no site yet
    with Catalogue(None) as index:
        _catch_up(config, found, index)
        now = _compare(config, found, index, there)
    for path in now.differing:
        found.add(Finding(path, FindingCode.PAGE_UNPROVED if path in there else FindingCode.PAGE_UNBUILT))
    _say_extra(found, _generated(there) - now.kept, now)


def _generated(there: set[str]) -> set[str]:
    """The files that only a build has any business with; what a crash left is told elsewhere."""
    ours = (path for path in there if path.startswith(f"{SITE}/") or GENERATED.fullmatch(path))
    return {path for path in ours if not LEFTOVER.search(path)}


def _say_differs(found: Survey, path: str, there: set[str]) -> None:
    found.add(Finding(path, FindingCode.PAGE_CHANGED if path in there else FindingCode.PAGE_MISSING))


def _say_extra(found: Survey, extra: set[str], now: Compared) -> None:
    for path in extra:
        found.add(Finding(path, FindingCode.PAGE_UNUSED if path in now.extra else FindingCode.FOREIGN_FILE))
