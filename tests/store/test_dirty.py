"""Which pages of the offline reader a changed note marks."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from archiver.store import dirty
from archiver.store.catalogue import Catalogue, NoteLink
from archiver.store.layout import CATALOGUE
from tests.reader.library import Library, Made, save
from tests.work import LINEAR

NOTES = ("a.md", "b.md", "c.md", "d.md")


class Rated:
    """A catalogue with two articles, and what notes give them: note -> [(article, by its URL, stars)]."""

    def __init__(self, catalogue: Catalogue, urls: list[str], folders: list[str]) -> None:
        self.catalogue, self.urls, self.folders = catalogue, urls, folders
        self.given: dict[str, list[tuple[int, bool, int]]] = {}

    def put(self, note: str, links: list[tuple[int, bool, int]]) -> None:
        rows = [
            NoteLink(n + 1, n, "article", *((self.urls[k], "") if by_url else ("", self.folders[k])), stars)
            for n, (k, by_url, stars) in enumerate(links)
        ]
        self.catalogue.put_note(note, repr(links), rows)
        self.given[note] = links

    def drop(self, note: str) -> None:
        self.given.pop(note, None)
        self.catalogue.keep_notes(self.given)

    def shown(self, note: str) -> dict[int, int]:
        """The best rating of each article to which a note links, as its page shows it."""
        mine = {k for k, _, _ in self.given.get(note, ())}
        return {k: max(stars for links in self.given.values() for a, _, stars in links if a == k) for k in mine}

    def marked(self) -> set[str]:
        return dirty.marked(self.catalogue.db)["note"]


@pytest.fixture
def rated(tmp_path: Path) -> Rated:
    library = Library(tmp_path)
    made = [Made(title) for title in ("一", "二")]
    with library.open() as archive:
        folders = [save(archive, item) for item in made]
    catalogue = Catalogue(library.archive / CATALOGUE)
    return Rated(catalogue, [item.url for item in made], folders)


def test_a_note_marks_others_where_the_best_rating_is_another_by_it(rated: Rated) -> None:
    pick = random.Random(7)
    for _ in range(150):
        dirty.clear(rated.catalogue.db)
        before = {note: rated.shown(note) for note in NOTES}
        note = pick.choice(NOTES)
        links = [(pick.randrange(2), pick.random() < 0.5, pick.choice((0, 0, 1, 3))) for _ in range(pick.randrange(4))]
        rated.drop(note) if pick.random() < 0.2 else rated.put(note, links)
        others = {other for other in NOTES if other != note and rated.shown(other) != before[other]}
        assert rated.marked() - {note} == others


def statements(rated: Rated, notes: int, article: int) -> int:
    """How many it takes to index so many notes that give an article as much."""
    said: list[str] = []
    rated.catalogue.db.conn.set_trace_callback(said.append)
    for n in range(notes):
        rated.put(f"{article}/{n}.md", [(article, False, 2)])
    rated.catalogue.db.conn.set_trace_callback(None)
    return len(said)


def test_many_notes_that_link_to_one_article_are_marked_once_each(rated: Rated) -> None:
    few, many = statements(rated, 50, 0), statements(rated, 200, 1)
    assert many / few < LINEAR
