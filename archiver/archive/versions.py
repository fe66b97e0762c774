"""Earlier versions of an article: the folders `<article>-v1`, `-v2`, … beside it, as the disk has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from archiver.errors import DamageError, StoreError
from archiver.models import ArticleRecord, OldVersion
from archiver.render.record import parse_article_json
from archiver.store.articles import ArticleFolders
from archiver.store.layout import OLD_RECORD, VERSION

_ENDING = re.compile(rf"{VERSION.pattern}$")
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


def all_versions(folders: ArticleFolders, folder: str, recorded: Iterable[OldVersion] = ()) -> tuple[OldVersion, ...]:
    """The versions that the article's record names, and those of which only their folders tell. Raises StoreError."""
    known = {version.folder: version for version in recorded}
    found = [place for place in _on_disk(folders, folder) if place not in known]
    records = {place: _old_record(folders, place) for place in found}
    # A later version.json names the earlier versions with what had changed in them.
    named = {version.folder: version for record in records.values() if record for version in record.versions}
    for place, record in records.items():
        captured = record.captured_at if record else _UNKNOWN
        imported = record is not None and record.provenance is not None and record.provenance.is_import
        known[place] = named.get(place) or OldVersion(place, captured, (), imported)
    return tuple(sorted(known.values(), key=lambda version: _number(folder, version.folder)))


def free_folder(folders: ArticleFolders, old: ArticleRecord, files: Mapping[str, bytes]) -> str:
    """Where the next version goes: a folder that is not there, or one with just these `files`, which a run wrote that
    died before the record named it. Raises StoreError."""
    taken = {version.folder for version in old.versions}
    number = 1
    while True:
        folder = f"{old.folder}-v{number}"
        if folder not in taken and (not folders.path(folder).exists() or folders.holds(folder, files)):
            return folder
        number += 1


def article_of(folder: str) -> str:
    """The article's folder, given the folder of one of its versions."""
    return _ENDING.sub("", folder)


def _on_disk(folders: ArticleFolders, folder: str) -> list[str]:
    parent, _, name = folder.rpartition("/")
    return [f"{parent}/{below}" for below in folders.beside(folder) if _number(name, below)]


def _number(folder: str, version: str) -> int:
    """The number in a version's name; 0: it is no version of `folder`."""
    match = VERSION.fullmatch(version.removeprefix(folder))
    return int(match[1]) if match else 0


def _old_record(folders: ArticleFolders, folder: str) -> ArticleRecord | None:
    try:
        return parse_article_json(folders.read(folder, OLD_RECORD).decode(), folder)
    except (StoreError, DamageError, UnicodeDecodeError):
        return None  # the folder is a version all the same; verify tells what is wrong in it
