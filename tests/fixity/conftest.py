"""What the tests of this folder damage copies of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fixity.damage import fill
from tests.replica import Replica
from tests.world import World


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An archive of four articles, some images, an audio file, a video and an album, verified; nothing changes it."""
    with Replica() as replica:
        yield fill(World(tmp_path_factory.mktemp("pristine"), replica))
