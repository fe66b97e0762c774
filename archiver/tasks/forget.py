"""Forget an article: give its links back, delete the copy, and do not fetch it again."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from archiver.archive.archive import Archive
from archiver.archive.context import Context
from archiver.archive.reparse import linking_to
from archiver.archive.usage import blobs_in
from archiver.config import Config
from archiver.errors import NoteError, UsageError
from archiver.models import ArticleRecord, Status, UrlKind
from archiver.rewriting.scan import links_into_archive, scan_notes
from archiver.store.layout import ARTICLE_ID, article_folder
from archiver.store.lines import FORGOTTEN, LinkEntry
from archiver.store.notefiles import find_notes, read_note
from archiver.tasks.gc import named_without
from archiver.tasks.run import Rewriting, finish
from archiver.wechat import urls


@dataclass(frozen=True, slots=True)
class Forgetting:
    """An article that is to be forgotten: `files` are the images, audio and video that go with it, `notes` those that
    link to it and will get their links back."""

    record: ArticleRecord
    files: tuple[str, ...]
    notes: tuple[str, ...]


def plan_forgetting(context: Context, given: Sequence[str]) -> list[Forgetting]:
    """What it means to forget the articles that the user named by id, folder, URL, or a path to one of their files.

    Changes nothing. Images that several of them show go with the last. Raises UsageError for what is no archived
    article, StoreError for a note that cannot be read: it may show them.
    """
    archive = context.archive
    folders = list(dict.fromkeys(find_article(archive, one) for one in given))
    linking = _linking_notes(context.config) if folders else {}
    found, going = [], set[str]()
    for folder in folders:
        record = archive.record(folder)
        own = archive.own_folders(record)
        going.update(own)
        notes = [
            path
            for path, targets in linking.items()
            if not targets.isdisjoint(own) and not archive.journal.is_restored(path)
        ]
        found.append(Forgetting(record, _own_files(context, own, going), tuple(notes)))
    return found


def forget(context: Context, planned: Forgetting) -> None:
    """Forget an article.

    First links.jsonl says that it is not to be fetched, then the copy goes, then the notes get their links back: a run
    that dies in between is finished by the next sync. Its earlier versions, and images that nothing else names, go with
    it. Raises StoreError.
    """
    config, archive, record = context.config, context.archive, planned.record
    moment = context.now().isoformat("T", "seconds")
    marked = [
        LinkEntry(url, UrlKind.ARTICLE, Status.REFUSED, FORGOTTEN, record.folder, checked=moment)
        for url in dict.fromkeys(urls.canonical_url(url) for url in (record.url, *record.aliases))
    ]
    archive.put_links(*marked)
    linking = linking_to(archive, [record])  # their links lead to WeChat again
    archive.remove(record, planned.files)
    scan = scan_notes(config, archive)
    finish(context, linking, Rewriting([path for path in scan.paths if _names(config, path, record)]))


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


def _own_files(context: Context, folders: Iterable[str], going: Collection[str]) -> tuple[str, ...]:
    """The image and media files in these folders of an article and its versions that nothing else names which stays
    when the folders in `going` go: no article or version of one, no note, by whatever link."""
    archive = context.archive
    shown: set[str] = set()
    for folder in folders:
        for name, data in archive.folders.files(folder).items():
            if name.endswith(".json"):
                shown |= blobs_in(data)
    digests = {Path(path).stem for path in shown}
    named = named_without(context.config, archive.root, going, digests)
    return tuple(sorted(path for path in shown if Path(path).stem not in named))


def _linking_notes(config: Config) -> dict[str, set[str]]:
    """The notes that lead into the archive, each with the folders of the articles to which it does."""
    found: dict[str, set[str]] = {}
    for path in find_notes(config.notes_root, config.notes.include, config.notes.exclude, config.archive_root):
        with contextlib.suppress(NoteError):  # the run reports it
            links = links_into_archive(config, path, read_note(config.notes_root, path))
            if links:
                found[path] = {article_folder(link.target) for link in links}
    return found


def _names(config: Config, path: str, record: ArticleRecord) -> bool:
    try:
        # Every link to the copy ends in the id, whatever stands before it.
        return record.id.encode() in read_note(config.notes_root, path)
    except NoteError:
        return False
