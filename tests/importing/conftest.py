"""The article as it came from WeChat, which every kind of file has to become."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.importing import saved
from tests.replica import Replica
from tests.world import World


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An archive to which the article came from WeChat."""
    with Replica() as replica:
        world = World(tmp_path_factory.mktemp("live"), replica)
        assert replica.add_article(saved.SPEC) == saved.URL
        replica.add_image(saved.COVER.key, saved.COVER)
        world.note("n.md", f"[a]({saved.URL})\n")
        world.sync()
        yield world


@pytest.fixture
def target(tmp_path: Path, replica: Replica) -> Iterator[World]:
    """An archive to import into; nobody may be asked for anything meanwhile."""
    (tmp_path / "target").mkdir()
    world = World(tmp_path / "target", replica)
    yield world
    assert replica.requests == []
