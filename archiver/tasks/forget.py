"""Forget an article: give its links back, delete the copy, and do not fetch it again."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from archiver.archive.archive import Archive
from archiver.archive.context import Context
from archiver.archive.forgotten import end_forgetting
from archiver.config import Config
from archiver.errors import NoteError, UsageError
from archiver.models import ArticleRecord, UrlKind
from archiver.rewriting.noteindex import links_into_archive
from archiver.store.git import is_in_history
from archiver.store.layout import ARTICLE_ID, article_folder, id_of
from archiver.store.notefiles import read_note
from archiver.store.notewalk import find_notes
from archiver.tasks.erase import erase, own_files
from archiver.tasks.run import finish
from archiver.wechat import urls


@dataclass(frozen=True, slots=True)
class Forgetting:
    """An article that is to be forgotten: `files` are the images, audio and video that go with it, `notes` those that
    link to it and will get their links back. `in_history`: git's history has the copy, and keeps it."""

    record: ArticleRecord
    files: tuple[str, ...]
    notes: tuple[str, ...]
    in_history: bool = False


@dataclass(frozen=True, slots=True)
class ForgetPlan:
    """The articles that are to be forgotten, and the folders of those that were forgotten before."""

    articles: tuple[Forgetting, ...] = ()
    before: tuple[str, ...] = ()

    @property
    def folders(self) -> list[str]:
        """All of them."""
        return [*(item.record.folder for item in self.articles), *self.before]


def plan_forgetting(context: Context, given: Sequence[str]) -> ForgetPlan:
    """What it means to forget the articles that the user named by id, folder, URL, or a path to one of their files.

    Changes nothing. Images that several of them show go with the last. Raises UsageError for what is no archived
    article and never was, StoreError for a note that cannot be read: it may show them.
    """
    archive = context.archive
    before = {one: folder for one in given if (folder := _forgotten_before(archive, one))}
    folders = list(dict.fromkeys(find_article(archive, one) for one in given if one not in before))
    linking = _linking_notes(context.config) if folders else {}
    found, going = [], list[str]()
    for folder in folders:
        own = archive.own_folders(folder)
        going.append(folder)
        notes = [
            path
            for path, targets in linking.items()
            if not targets.isdisjoint(own) and not archive.journal.is_restored(path)
        ]
        files, known = own_files(context, own, going), is_in_history(archive.root, folder)
        found.append(Forgetting(archive.record(folder), files, tuple(notes), known))
    return ForgetPlan(tuple(found), tuple(dict.fromkeys(before.values())))


def forget(context: Context, planned: ForgetPlan) -> None:
    """Forget articles; of those that were forgotten before, notes may still lead to the copy.

    First links.jsonl says that they are not to be fetched, then the notes get their links back, then the copies go: a
    run that ends in between is finished by the next command that writes. Earlier versions, and images that nothing else
    names, go with them. Raises StoreError.
    """
    if planned.folders:
        erase(context, planned.folders)
        finish(context)
        end_forgetting(context.archive)


def _forgotten_before(archive: Archive, given: str) -> str:
    """The folder that the article had which the user means, if it was forgotten and is gone; else nothing."""
    entry = archive.links.get(urls.canonical_url(given)) if urls.classify(given) is UrlKind.ARTICLE else None
    for folder in sorted(archive.links.forgotten):
        named = given.rstrip("/")
        if folder in (entry.target if entry else "", named) or named == id_of(folder):
            return "" if archive.own_folders(folder) else folder
    return ""


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


def _linking_notes(config: Config) -> dict[str, set[str]]:
    """The notes that lead into the archive, each with the folders of the articles to which it does."""
    found: dict[str, set[str]] = {}
    for path in find_notes(config.notes_root, config.notes.include, config.notes.exclude, config.archive_root):
        with contextlib.suppress(NoteError):  # the run reports it
            links = links_into_archive(config, path, read_note(config.notes_root, path))
            if links:
                found[path] = {article_folder(link.target) for link in links}
    return found
