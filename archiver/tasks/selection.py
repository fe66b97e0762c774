"""Which articles of the archive are meant: by a search, by the notes that link to them, by their ids."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from archiver.archive.archive import Archive
from archiver.config import Config
from archiver.errors import UnknownArticleError, UsageError
from archiver.reader.query import parse_query
from archiver.store import listings, searching


@dataclass(frozen=True, slots=True)
class Selection:
    """Articles that meet all that is said: a `query` in the language of search, a link in one of the `notes` (files or
    folders, as given on the command line), one of the `ids`. Nothing said: all."""

    query: str = ""
    notes: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether the texts of articles are asked. Raises QueryError."""
        return bool(parse_query(self.query).terms)


def select(config: Config, archive: Archive, selection: Selection) -> list[str]:
    """The folders of the articles: those without a date, then the oldest first. Raises QueryError, or UsageError
    for an id or note that there is not."""
    query = parse_query(selection.query)
    found = searching.matching(archive.catalogue, query.terms, query.conditions)
    for wanted in _wanted(config, archive, selection):
        found = [folder for folder in found if folder in wanted]
    return [folder for folder in found if archive.has_article(folder)]


def _wanted(config: Config, archive: Archive, selection: Selection) -> Iterable[set[str]]:
    if selection.notes:
        known = {listing.name for listing in listings.notes(archive.catalogue)}
        named = [note for given in selection.notes for note in note_paths(config, known, given)]
        yield {m.folder for note in named for m in listings.mentions_in(archive.catalogue, note)}
    if selection.ids:
        yield {_folder(archive, one) for one in selection.ids}


def _folder(archive: Archive, article_id: str) -> str:
    folder = archive.catalogue.folder_of_id(article_id)
    if folder is None:
        raise UnknownArticleError(article_id)
    return folder


def note_paths(config: Config, known: Collection[str], given: str) -> Sequence[str]:
    """The notes that a path means, seen from here or from the notes folder; of a folder those that are `known`. Raises
    UsageError where there is none."""
    root = config.notes_root.resolve()
    for place in (Path(given).resolve(), (root / given).resolve()):
        if not place.is_relative_to(root):
            continue
        path = place.relative_to(root).as_posix()
        if place.is_dir():
            return sorted(note for note in known if path == "." or note.startswith(f"{path}/"))
        if place.is_file() or path in known:
            return [path]
    raise UsageError(f"there is no note {given} below {config.notes_root}")
