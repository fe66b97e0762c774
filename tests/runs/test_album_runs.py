"""Albums in nights that go wrong, and what is kept of such a night."""

from __future__ import annotations

import logging

import pytest

from archiver.archive.context import utc_now
from archiver.due.budget import Budget
from archiver.errors import FetchError, HostDownError, NetworkError, StoreError
from archiver.fetch.pace import Pace, Pacer
from archiver.gathering.albums import load_album
from archiver.models import Capture, Status
from tests.builders import album, serve_album, titled
from tests.replica.albums import album_page
from tests.world import World


class OnePage:
    """An engine that brings an album's page and nothing else."""

    name = "http"

    def __init__(self, error: FetchError) -> None:
        self._error = error
        self._asked = 0

    def capture(self, url: str) -> Capture:
        self._asked += 1
        if self._asked > 1:
            raise self._error
        return Capture(url, url, 200, album_page(album(30)), utc_now(), "http")


@pytest.mark.parametrize(
    ("error", "status"),
    [(HostDownError("not asked any more in this run"), Status.PENDING), (NetworkError("reset"), Status.FAILED)],
)
def test_a_portion_that_was_not_asked_for_is_no_failure(error: FetchError, status: Status) -> None:
    loaded = load_album(OnePage(error), Pacer(Pace(0, 0)), album(30).url)
    assert (loaded.status, loaded.error) == (status, str(error))
    assert loaded.album
    assert len(loaded.album.articles) == 10


def test_an_unreadable_album_that_is_still_to_be_loaded_waits(world: World) -> None:
    given = album(40)
    serve_album(world, given)
    world.replica.fault("begin_msgid", "status:500")
    note = world.note("a.md", f"[a]({given.url})")
    world.sync()
    (path,) = world.archive.glob("albums/*.json")
    path.unlink()
    path.mkdir()
    text = path.with_suffix(".md").read_bytes()
    line = (world.archive / "links.jsonl").read_bytes()
    world.replica.clear_faults()
    world.note("new.md", f"[x]({world.replica.add_article(titled('新的'))})")
    world.sync()
    assert given.url in note.read_text("utf-8")
    assert len(world.articles()) == 1
    assert path.with_suffix(".md").read_bytes() == text
    assert line in (world.archive / "links.jsonl").read_bytes()


def test_a_budget_that_cannot_be_kept_is_a_warning(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_root: object, _budget: Budget) -> None:
        raise StoreError("cannot write pace.json: No space left on device")

    monkeypatch.setattr("archiver.gathering.session.write_budgets", refuse)
    world.note("a.md", f"[x]({world.replica.add_article(titled('一'))})")
    with caplog.at_level(logging.WARNING):
        assert world.sync().exit_code == 0
    assert len(world.articles()) == 1
    assert "cannot write pace.json" in caplog.text
