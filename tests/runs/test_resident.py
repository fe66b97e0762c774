"""What a long run holds in memory: of an article that is written, little more than its lines."""

from __future__ import annotations

import gc
from collections.abc import Iterable

import pytest

from archiver.archive.archive import Archive
from archiver.archive.arrivals import Arrival
from archiver.archive.reparse import linking_to
from archiver.models import ArticleRecord, StoredImage
from archiver.models.reading import Reading
from archiver.tasks import sync
from tests.builders import titled
from tests.world import World


def held(*types: type) -> int:
    """How many objects of these types there are."""
    gc.collect()
    return sum(isinstance(one, types) for one in gc.get_objects())


def test_a_run_holds_no_record_of_what_it_has_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the run comes to its end, after few and after many articles."""
    counts: list[int] = []

    def counted(archive: Archive, articles: Iterable[Arrival]) -> set[str]:
        counts.append(held(ArticleRecord, StoredImage, Reading))
        return linking_to(archive, articles)

    monkeypatch.setattr(sync, "linking_to", counted)
    for night, many in enumerate((2, 9)):
        names = [world.replica.add_article(titled(f"{night} {number}")) for number in range(many)]
        world.note(f"{night}.md", "".join(f"- [x]({name})\n" for name in names))
        world.sync()
    assert len(world.article_folders()) == 11
    assert counts[1] <= counts[0] + 2, counts
