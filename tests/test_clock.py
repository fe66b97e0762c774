"""A run has one clock, and it is handed in."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.replica import ArticleSpec
from tests.world import World

LONG_AGO = datetime(2021, 2, 3, 4, 5, 6, tzinfo=UTC)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\+00:00|Z)")  # publish times have Beijing's offset


@pytest.mark.parametrize("engine", ["http", "browser"])
def test_what_a_run_writes_is_dated_by_its_clock(world: World, engine: str) -> None:
    world.configure(fetch={"engine": engine})
    world.note("a.md", f"[x]({world.replica.add_article(ArticleSpec('题', '<p>一段话。</p>'))})")
    assert world.sync(now=lambda: LONG_AGO).exit_code == 0
    (record,) = world.articles()
    assert datetime.fromisoformat(record["captured_at"]) == LONG_AGO
    for name in ("links.jsonl", "journal.jsonl"):
        assert set(MOMENT.findall((world.archive / name).read_text("utf-8"))) == {LONG_AGO.isoformat()}, name
