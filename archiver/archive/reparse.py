"""Derive articles again from what is stored, without network."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import field
from typing import TYPE_CHECKING

from archiver.archive.archive import Archive
from archiver.errors import DamageError, InternalError
from archiver.models import ArticleRecord
from archiver.models.values import dataclass
from archiver.store.same_article import names_of

if TYPE_CHECKING:
    from archiver.archive.compaction import Compaction

log = logging.getLogger(__name__)

SAME_FAULT = "not tried: the same internal error came three times in a row"


@dataclass(slots=True)
class Reparsed:
    """What became of the articles: folders that changed, with the names of the files; articles that stayed the same;
    those without a capture, which were left alone; those that could not be read, with the reason; how many images are
    kept in smaller files now."""

    changed: dict[str, list[str]] = field(default_factory=dict)
    same: int = 0
    without_capture: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    damaged: bool = False  # whether one of these is: else archiver is to blame
    compacted: int = 0


def reparse(
    archive: Archive,
    folders: Iterable[str] | None = None,
    report: Callable[[str, list[str]], None] | None = None,
    compaction: Compaction | None = None,
) -> Reparsed:
    """Read articles (folders relative to the archive's root; None: all) from their captures and write what differs.

    A capture that gives what is there already touches no file. `report` is told each changed folder. `compaction`
    makes images smaller on the way. Raises StoreError.
    """
    done = Reparsed()
    known = archive.catalogue.all_folders()
    for folder in known if folders is None else sorted(set(folders) & set(known)):
        record = archive.record(folder)
        if not archive.has_capture(record):
            done.without_capture.append(folder)
            continue
        if archive.boundary.halted("article"):
            done.failed[folder] = SAME_FAULT
            continue
        try:
            with archive.boundary.item("article", folder, "reparse"):
                names = _changed_files(archive, record, compaction)
        except (DamageError, InternalError) as error:
            done.failed[folder] = str(error)
            done.damaged |= isinstance(error, DamageError)
            continue
        if names:
            done.changed[folder] = names
            if report:
                report(folder, names)
        else:
            done.same += 1
    done.compacted = compaction.count if compaction else 0
    return done


def _changed_files(archive: Archive, record: ArticleRecord, compaction: Compaction | None) -> list[str]:
    """Derive an article again; the names of the files that have changed. Raises StoreError, DamageError."""
    before = archive.folders.digests(record.folder)
    archive.complete(record, compaction.images(record) if compaction else record.images, record.media)
    after = archive.folders.digests(record.folder)
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def linking_to(archive: Archive, folders: Iterable[str]) -> set[str]:
    """The folders of the articles that link to one of those in these folders."""
    linking: set[str] = set()
    for folder in folders:
        if names := names_of(archive.catalogue.db, folder):
            linking.update(archive.catalogue.folders_linking_to(*names))
    return linking


def refresh_links(archive: Archive, folders: Iterable[str]) -> None:
    """Let the articles in these folders lead to the local copies that there are by now, and to WeChat where there is
    none. One without a capture keeps its links as they are. Raises StoreError."""
    for folder, reason in reparse(archive, folders).failed.items():
        log.warning("%s: its links could not be renewed: %s", folder, reason)
