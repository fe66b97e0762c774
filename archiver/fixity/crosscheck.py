"""Whether the archive's files say the same: articles, links.jsonl, images, the index."""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from archiver.archive.elsewhere import is_elsewhere
from archiver.archive.indexing import canonical_urls
from archiver.archive.usage import blobs_in
from archiver.fixity.survey import Survey
from archiver.models import ArticleRecord, UrlKind
from archiver.models.findings import Finding, FindingCode
from archiver.store.integrity import IndexRows, is_busy, read_index
from archiver.store.layout import BLOB, CATALOGUE, LINKS, OLD_RECORD, RECORD, TEXT_SUFFIXES
from archiver.store.lines import LinkEntry


def check_records(found: Survey) -> None:
    """article.json against the folder's name, the images and the other articles."""
    folders = defaultdict(list)
    for folder, record in found.records.items():
        path = f"{folder}/{RECORD}"
        folders[record.id].append(folder)
        if not folder.endswith(record.id):
            found.add(Finding(path, FindingCode.ID_OF_OTHER_FOLDER, value=record.id))
        with found.checking(path):
            _check_files(found, record, path)
    for folder, record in found.versions.items():
        _check_files(found, record, f"{folder}/{OLD_RECORD}")
    for same in folders.values():
        for folder in same[1:]:
            found.add(Finding(folder, FindingCode.DUPLICATE, file=same[0]))


def _check_files(found: Survey, record: ArticleRecord, path: str) -> None:
    """The images, audio and video files of a record, which is at `path`."""
    for image in record.images:
        if image.path and image.path not in found.files:
            found.add(Finding(image.path, FindingCode.SHOWN_FILE_MISSING, file=record.folder))
        if image.path and (image.sha256 or "?") not in image.path:
            found.add(Finding(path, FindingCode.WRONG_NAME_IN_RECORD, file=image.path))
    for item in record.media:
        if item.path and item.path not in found.files:
            found.add(Finding(item.path, FindingCode.PLAYED_FILE_MISSING, file=record.folder))


def check_links(found: Survey) -> None:
    """links.jsonl against what its lines lead to, and articles and journal against its lines."""
    away = 0
    for entry in found.archive.links:
        if is_elsewhere(found.archive, found.publish, entry):
            away += 1
        elif entry.kind is UrlKind.ARTICLE and entry.status.is_stored:
            _check_article_line(found, entry)
        elif entry.kind is UrlKind.IMAGE and entry.status.is_stored and entry.target not in found.files:
            found.add(Finding(entry.target or LINKS, FindingCode.LINK_TARGET_MISSING, url=entry.url))
    if away:
        found.add(Finding(LINKS, FindingCode.KEPT_ELSEWHERE, value=f"{away:,}"))
    for folder, record in found.records.items():
        asked = canonical_urls(record)[0]
        if found.archive.links.get(asked) is None:
            found.add(Finding(LINKS, FindingCode.ARTICLE_WITHOUT_LINE, url=asked, file=folder))


def _check_article_line(found: Survey, entry: LinkEntry) -> None:
    record = found.records.get(entry.target)
    if record is None:
        found.add(Finding(f"{entry.target}/{RECORD}", FindingCode.LINK_TARGET_MISSING, url=entry.url))
    elif entry.url not in canonical_urls(record):
        found.add(Finding(LINKS, FindingCode.LINK_OF_OTHER_ARTICLE, url=entry.url, file=entry.target))
    elif entry.status is not record.status:
        status, should_be = entry.status.value, record.status.value
        code = FindingCode.LINK_STATUS
        found.add(Finding(LINKS, code, url=entry.url, file=entry.target, value=status, expected=should_be))


def check_usage(found: Survey, named: set[str]) -> None:
    """Images that nothing names; `named` are the paths that something does."""
    for path in sorted(found.files - named):
        if BLOB.fullmatch(path):
            found.add(Finding(path, FindingCode.UNUSED_FILE))


def named_blobs(found: Survey) -> set[str]:
    """Paths of the images, audio and video files that the archive's own texts name."""
    named = {entry.target for entry in found.archive.links if entry.target}
    texts = [path for path in found.files if path.endswith(TEXT_SUFFIXES)]
    return named.union(*(blobs_in(found.read(path) or b"") for path in texts))


def check_catalogue(found: Survey) -> None:
    """catalogue.db, where it claims to be up to date. It is only an index, but a wrong one misleads every run."""
    if CATALOGUE not in found.files:
        return
    try:
        index = read_index(found.archive.root / CATALOGUE)
    except sqlite3.DatabaseError as error:
        code = FindingCode.INDEX_BUSY if is_busy(error) else FindingCode.INDEX_DAMAGED
        found.add(Finding(CATALOGUE, code, error=str(error)))
        return
    rows = found.archive.catalogue.index_rows()
    disk = {folder: (modified, size) for folder, modified, size in found.archive.folders.records(found.refuse)}
    for folder in sorted(disk.keys() & found.records.keys()):
        if index.read_at.get(folder) == disk[folder] and index.of(folder) != rows.of(folder):
            found.add(Finding(CATALOGUE, FindingCode.INDEX_ARTICLE, file=folder))
    for folder in sorted(index.read_at.keys() ^ disk.keys()):
        found.add(Finding(CATALOGUE, FindingCode.INDEX_BEHIND, file=folder))
    _check_images(found, index, rows)


def _check_images(found: Survey, index: IndexRows, rows: IndexRows) -> None:
    for key in sorted(index.images.keys() & rows.images.keys()):
        if index.images[key] != rows.images[key]:
            found.add(Finding(CATALOGUE, FindingCode.INDEX_IMAGE, value=key))
