"""Whether the archive's files say the same: articles, links.jsonl, pictures, the index."""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from archiver.archive.indexing import canonical_urls
from archiver.archive.usage import blobs_in
from archiver.fixity.damage import Finding
from archiver.fixity.survey import Survey
from archiver.models import ArticleRecord, UrlKind
from archiver.store.integrity import IndexRows, is_busy, read_index
from archiver.store.layout import BLOB, CATALOGUE, LINKS, OLD_RECORD, RECORD, TEXT_SUFFIXES
from archiver.store.lines import LinkEntry


def check_records(found: Survey) -> None:
    """article.json against the folder's name, the pictures and the other articles."""
    folders = defaultdict(list)
    for folder, record in found.records.items():
        path = f"{folder}/{RECORD}"
        folders[record.id].append(folder)
        if not folder.endswith(record.id):
            found.say(path, Finding.CONTRADICTION, f"its id {record.id} is not that of its folder")
        _check_files(found, record, path)
    for folder, record in found.versions.items():
        _check_files(found, record, f"{folder}/{OLD_RECORD}")
    for same in folders.values():
        for folder in same[1:]:
            found.say(folder, Finding.CONTRADICTION, f"the same article as {same[0]}")


def _check_files(found: Survey, record: ArticleRecord, path: str) -> None:
    """The pictures, sounds and films of a record, which is at `path`."""
    for image in record.images:
        if image.path and image.path not in found.files:
            found.say(image.path, Finding.MISSING, f"{record.folder} shows it")
        if image.path and (image.sha256 or "?") not in image.path:
            found.say(path, Finding.CONTRADICTION, f"{image.path} is not named after its SHA-256")
    for item in record.media:
        if item.path and item.path not in found.files:
            found.say(item.path, Finding.MISSING, f"{record.folder} plays it")


def check_links(found: Survey) -> None:
    """links.jsonl against what its lines lead to, and articles and journal against its lines."""
    for entry in found.archive.links:
        if entry.kind is UrlKind.ARTICLE and entry.status.is_stored:
            _check_article_line(found, entry)
        elif entry.kind is UrlKind.IMAGE and entry.status.is_stored and entry.target not in found.files:
            found.say(entry.target or LINKS, Finding.MISSING, f"{LINKS} has it for {entry.url}")
    for folder, record in found.records.items():
        asked = canonical_urls(record)[0]
        if found.archive.links.get(asked) is None:
            found.say(LINKS, Finding.LOST, f"no line for {asked}, which is archived in {folder}")


def _check_article_line(found: Survey, entry: LinkEntry) -> None:
    record = found.records.get(entry.target)
    if record is None:
        detail = f"{LINKS} has it for {entry.url}"
        found.say(f"{entry.target}/{RECORD}", Finding.MISSING, detail)
    elif entry.url not in canonical_urls(record):
        found.say(LINKS, Finding.CONTRADICTION, f"{entry.url} is no address of {entry.target}")
    elif entry.status is not record.status:
        detail = f"{entry.url} is {entry.status}, but {entry.target} is {record.status}"
        found.say(LINKS, Finding.CONTRADICTION, detail)


def check_usage(found: Survey, named: set[str]) -> None:
    """Pictures that nothing names; `named` are the paths that something does."""
    for path in sorted(found.files - named):
        if BLOB.fullmatch(path):
            found.say(path, Finding.UNUSED, "nothing names it: archiver gc", damage=False)


def named_blobs(found: Survey) -> set[str]:
    """Paths of the pictures, sounds and films that the archive's own texts name."""
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
        busy = is_busy(error)
        why = "another program holds the index: it was not checked" if busy else f"the index is damaged ({error})"
        found.say(CATALOGUE, Finding.UNREADABLE, why, damage=not busy)
        return
    rows = found.archive.catalogue.index_rows()
    disk = {folder: (modified, size) for folder, modified, size in found.archive.folders.records(found.refuse)}
    for folder in sorted(disk.keys() & found.records.keys()):
        if index.read_at.get(folder) == disk[folder] and index.of(folder) != rows.of(folder):
            found.say(CATALOGUE, Finding.CONTRADICTION, f"the index does not say of {folder} what {RECORD} says")
    for folder in sorted(index.read_at.keys() ^ disk.keys()):
        found.say(CATALOGUE, Finding.EDITED, f"behind in {folder}; the next sync mends it", damage=False)
    _check_images(found, index, rows)


def _check_images(found: Survey, index: IndexRows, rows: IndexRows) -> None:
    for key in sorted(index.images.keys() & rows.images.keys()):
        if index.images[key] != rows.images[key]:
            found.say(CATALOGUE, Finding.CONTRADICTION, f"the index has another file for the picture {key}")
