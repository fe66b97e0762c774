"""What the lists of the offline reader ask of the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.store.catalogue import Catalogue, NoteLink
from archiver.store.layout import CATALOGUE
from archiver.store.listings import by_folder
from tests.reader.library import Library, Made, save


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    library = Library(tmp_path)
    with library.open() as archive:
        for title in ("一", "二"):
            save(archive, Made(title))
    return Catalogue(library.archive / CATALOGUE)


def give(catalogue: Catalogue, notes: range, *links: tuple[str, str, int]) -> None:
    """Index notes that all give these stars, to a URL or a folder."""
    rows = [NoteLink(n + 1, n, "article", *link) for n, link in enumerate(links)]
    for n in notes:
        catalogue.put_note(f"{n}.md", str(n), rows)


def steps(catalogue: Catalogue, folders: list[str]) -> int:
    """How many dozens of steps SQLite takes to list articles."""
    taken: list[None] = []
    catalogue.db.conn.set_progress_handler(lambda: taken.append(None), 12)
    by_folder(catalogue, folders)
    catalogue.db.conn.set_progress_handler(None, 0)
    return len(taken)


def test_the_best_rating_is_that_of_any_note_by_path_or_url(catalogue: Catalogue) -> None:
    (one, url), (two, _) = catalogue.db.execute("select folder, url from articles order by title").fetchall()
    give(catalogue, range(1), ("", one, 1), (url, "", 3), ("", two, 0))
    give(catalogue, range(1, 2), ("", one, 2), (url, "", 0))
    assert {item.folder: item.stars for item in by_folder(catalogue, [one, two]).values()} == {one: 3, two: 0}


def test_the_best_rating_is_found_whoever_gave_some(catalogue: Catalogue) -> None:
    (folder, url), *_ = catalogue.db.execute("select folder, url from articles").fetchall()
    taken = []
    for notes in (range(10), range(10, 400)):
        give(catalogue, notes, ("", folder, 1), (url, "", 2))
        taken.append(steps(catalogue, [folder]))
    assert taken[1] <= taken[0] + 1
