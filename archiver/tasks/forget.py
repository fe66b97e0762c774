"""Forget an article: give its links back, delete the copy, and do not fetch it again."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from archiver.archive.archive import Archive
from archiver.archive.context import Context
from archiver.archive.reparse import linking_to
from archiver.archive.usage import blobs_in
from archiver.config import Config
from archiver.errors import NoteError, UsageError
from archiver.models import ArticleRecord, Status, UrlKind
from archiver.rewriting.scan import scan_notes
from archiver.store.layout import ARTICLE_ID
from archiver.store.lines import FORGOTTEN, LinkEntry
from archiver.store.notefiles import read_note
from archiver.tasks.gc import named_without
from archiver.tasks.run import Rewriting, finish
from archiver.wechat import urls


@dataclass(frozen=True, slots=True)
class Forgotten:
    """An article that is no longer in the archive, and how many images and media files went with it."""

    folder: str
    title: str
    url: str
    images: int


def forget(context: Context, given: str) -> Forgotten:
    """Forget the article that the user named by its id, folder, URL, or a path to one of its files.

    First links.jsonl says that it is not to be fetched, then the copy goes, then the notes get their links back: a run
    that dies in between is finished by the next sync. Its earlier versions, and images that nothing else names, go with
    it. Raises UsageError for what is no archived article, StoreError for a note that cannot be read: it may show them.
    """
    config, archive = context.config, context.archive
    record = archive.record(find_article(archive, given))
    own = _own_files(config, archive, record)  # before anything is changed: a note that cannot be read ends it
    moment = context.now().isoformat("T", "seconds")
    marked = [
        LinkEntry(url, UrlKind.ARTICLE, Status.REFUSED, FORGOTTEN, record.folder, checked=moment)
        for url in dict.fromkeys(urls.canonical_url(url) for url in (record.url, *record.aliases))
    ]
    archive.put_links(*marked)
    linking = linking_to(archive, [record])  # their links lead to WeChat again
    archive.remove(record, own)
    scan = scan_notes(config, archive)
    finish(context, linking, Rewriting([path for path in scan.paths if _names(config, path, record)]))
    return Forgotten(record.folder, record.title, record.url, len(own))


def find_article(archive: Archive, given: str) -> str:
    """The folder, relative to the archive's root, of the article that the user means. Raises UsageError."""
    if ARTICLE_ID.fullmatch(given) and (folder := archive.catalogue.folder_of_id(given)):
        return folder
    if urls.classify(given) is UrlKind.ARTICLE and (folder := archive.article_folder(urls.canonical_url(given))):
        return folder
    for place in (Path(os.path.normpath(Path.cwd() / given)), archive.root / given):
        if place.is_relative_to(archive.root):
            inside = PurePosixPath(place.relative_to(archive.root).as_posix())
            for candidate in (inside.as_posix(), inside.parent.as_posix()):
                if archive.folders.has(candidate):
                    return candidate
    raise UsageError(f"{given} is no archived article: give its id, URL, folder, or one of its files")


def _own_files(config: Config, archive: Archive, record: ArticleRecord) -> list[str]:
    """The image and media files of the article and its versions that nothing else names: no article or version of one,
    no note, by whatever link."""
    folders = archive.own_folders(record)
    shown: set[str] = set()
    for folder in folders:
        for name, data in archive.folders.files(folder).items():
            if name.endswith(".json"):
                shown |= blobs_in(data)
    digests = {Path(path).stem for path in shown}
    named = named_without(config, archive.root, folders, digests)
    return sorted(path for path in shown if Path(path).stem not in named)


def _names(config: Config, path: str, record: ArticleRecord) -> bool:
    try:
        # Every link to the copy ends in the id, whatever stands before it.
        return record.id.encode() in read_note(config.notes_root, path)
    except NoteError:
        return False
