"""An article of which there is a copy already: it is kept beside that, as a version that was imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from archiver.archive.archive import Archive
from archiver.archive.captures import packed
from archiver.archive.coverage import derived_and_counted
from archiver.archive.record import Existing, StoredFiles, make_record
from archiver.archive.versions import all_versions, free_folder
from archiver.models import ArticleRecord, OldVersion
from archiver.render.record import article_json
from archiver.store.layout import OLD_RECORD

if TYPE_CHECKING:
    from archiver.importing.taking import Claim


def has_version(archive: Archive, record: ArticleRecord, kept: Mapping[str, bytes], title: str) -> bool:
    """Whether one of the article's earlier versions has that capture; of those without any, whether one was imported
    that has that title. Raises StoreError."""
    for version in all_versions(archive.folders, record.folder, record.versions):
        files = archive.folders.files(version.folder)
        if kept and all(files.get(name) == data for name, data in kept.items()):
            return True
        if not kept and version.imported and archive.record(version.folder, OLD_RECORD).title == title:
            return True
    return False


def keep_as_version(archive: Archive, record: ArticleRecord, claim: Claim, files: StoredFiles) -> ArticleRecord:
    """Keep an article beside its copy; the record of that version. Raises StoreError."""
    article, capture = claim.article, claim.capture
    made = make_record(article, capture, claim.url, files, Existing(record.folder))
    made = replace(made, id=record.id)
    page = packed(capture, archive.form.capture)
    made, kept = derived_and_counted(made, partial(archive.derived_files, article=article), page.files, page.held)
    kept[OLD_RECORD] = article_json(made).encode()
    version = OldVersion(free_folder(archive.folders, record, kept), capture.captured_at, (), imported=True)
    archive.folders.write(version.folder, kept)
    others = all_versions(archive.folders, record.folder, record.versions)
    versions = (*(other for other in others if other.folder != version.folder), version)
    archive.put_record(replace(record, versions=versions))
    return replace(made, folder=version.folder)
