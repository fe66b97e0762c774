"""Fixtures for tests that need the web: a replica of WeChat and a user's folder that is set up for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.replica import Replica
from tests.world import World


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica() as running:
        yield running


@pytest.fixture
def world(tmp_path: Path, replica: Replica) -> World:
    """A folder with notes and a config.toml whose proxy is the replica; pages by plain HTTP unless a test says else."""
    return World(tmp_path, replica)
