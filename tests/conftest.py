"""Fixtures for tests that need the web: a replica of WeChat and a user's folder that is set up for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.replica import Replica
from tests.world import World

# The quick tests always try the same examples: a change is judged by them, not by luck. The slow ones look for new.
settings.register_profile("same", derandomize=True)
settings.register_profile("new")


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("same" if config.getoption("markexpr") == "not slow" else "new")


def pytest_xdist_auto_num_workers() -> int:
    """`-n auto`: one worker more than there are processors, since tests wait for sockets a third of their time."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture
def replica(request: pytest.FixtureRequest) -> Iterator[Replica]:
    """The web of a test. Whatever a test is about: nothing but WeChat's hosts may be asked in it, and what its mark
    `asks` names."""
    with Replica() as running:
        yield running
    named = {host for mark in request.node.iter_markers("asks") for host in mark.args}
    assert [foreign.url for foreign in running.refused_requests if foreign.host not in named] == []


@pytest.fixture
def world(tmp_path: Path, replica: Replica) -> World:
    """A folder with notes and a config.toml whose proxy is the replica; pages by plain HTTP unless a test says else."""
    return World(tmp_path, replica)
