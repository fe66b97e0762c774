"""Erase what the user wants to be forgotten: the notes get their links back, then the copy goes."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable
from pathlib import Path

from archiver.archive.context import Context
from archiver.archive.forgotten import begin_forgetting
from archiver.archive.indexing import canonical_urls
from archiver.archive.naming import named_without
from archiver.archive.reparse import refresh_links
from archiver.archive.usage import blobs_in
from archiver.errors import DamageError, NoteError, StoreError
from archiver.models import Status, UrlKind
from archiver.rewriting.preview import follow_moves
from archiver.rewriting.rewrite import rewrite_notes
from archiver.rewriting.rewrites import Rewriting
from archiver.rewriting.scan import scan_notes
from archiver.store.files import disk_errors, remove_synced
from archiver.store.layout import QUARANTINE, id_of
from archiver.store.lines import FORGOTTEN, LinkEntry
from archiver.store.notefiles import read_note


def erase(context: Context, folders: Collection[str]) -> None:
    """Erase the articles in these folders, with their earlier versions, the images and media files that nothing else
    names, and what a repair has put aside of them. The overview and the reader are made again later; `end_forgetting`
    is to be called then.

    First links.jsonl calls them forgotten: of a run that ends in between, another can do the rest. Raises StoreError,
    also for a note that cannot be read: it may show one of the files.
    """
    archive = context.archive
    begin_forgetting(archive)
    for folder in folders:
        _mark(context, folder)
    scan = scan_notes(context.config, archive)
    follow_moves(context, scan)
    paths = [path for path in scan.paths if _names_one(context, path, folders)]
    rewrite_notes(context, Rewriting(paths))
    for folder in folders:
        addresses = [entry.url for entry in archive.links if entry.target == folder]
        linking = archive.catalogue.folders_linking_to(id_of(folder), addresses)
        refresh_links(archive, [other for other in linking if other not in folders])  # to WeChat again
    for folder in folders:
        files = own_files(context, archive.own_folders(folder), folders)
        _clear_quarantine(archive.root, (folder, *files))
        archive.remove(folder, files)


def _mark(context: Context, folder: str) -> None:
    """Let every line of the article say that it is not to be fetched again."""
    archive, moment = context.archive, context.now().isoformat("T", "seconds")
    known = {entry.url for entry in archive.links if entry.target == folder and entry.kind is UrlKind.ARTICLE}
    with contextlib.suppress(StoreError, DamageError):  # then the lines say it
        known |= set(canonical_urls(archive.record(folder)))
    new = [url for url in sorted(known) if (entry := archive.links.get(url)) is None or not entry.is_forgotten]
    refused = (LinkEntry(url, UrlKind.ARTICLE, Status.REFUSED, FORGOTTEN, folder, checked=moment) for url in new)
    archive.put_links(*refused)


def own_files(context: Context, places: Iterable[str], going: Collection[str]) -> tuple[str, ...]:
    """The image and media files in these folders of an article and its versions that nothing else names which stays
    when the articles in the folders `going` go: no article or version of one, no note, by whatever link.

    Raises StoreError for a text or note that cannot be read.
    """
    archive = context.archive
    shown: set[str] = set()
    for place in places:
        for name, data in archive.folders.files(place).items():
            if name.endswith(".json"):
                shown |= blobs_in(data)
    digests = {Path(path).stem for path in shown}
    leaving = [place for folder in going for place in archive.own_folders(folder)]
    named = named_without(context.config, archive.root, leaving, digests) if shown else set()
    return tuple(sorted(path for path in shown if Path(path).stem not in named))


def _names_one(context: Context, path: str, folders: Iterable[str]) -> bool:
    try:
        # Every link to a copy ends in the id, whatever stands before it.
        data = read_note(context.config.notes_root, path)
    except NoteError:
        return False
    return any(id_of(folder).encode() in data for folder in folders)


def _clear_quarantine(root: Path, paths: Iterable[str]) -> None:
    """Delete what was put aside of these folders and files, under their names or with something behind them."""
    for path in paths:
        for place in sorted((root / QUARANTINE).glob(f"*/{path}*")):
            with disk_errors(place, "delete"):
                remove_synced(place)
