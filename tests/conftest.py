"""Fixtures for tests that need the web: a replica of WeChat and a user's folder that is set up for it."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.bytecode import compile_tests
from tests.replica import Replica
from tests.world import World

LONGEST = 36_000  # seconds after which a long proof is taken to hang

# The quick tests always try the same examples: a change is judged by them, not by luck. The slow ones look for new.
# Neither measures time: a machine may be as slow as it likes. What an example holds is still watched.
UNTIMED: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("same", derandomize=True, **UNTIMED)
settings.register_profile("new", **UNTIMED)


MEMORY = Path("/dev/shm")
ROOM = 4e9  # bytes; a whole run takes less than a quarter of it


def pytest_configure(config: pytest.Config) -> None:
    if _holds_folders(MEMORY):
        # A run makes a hundred fsyncs. They are for power cuts, which no test can see; `tests.runs.killer` plays them.
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    settings.load_profile("same" if config.getoption("markexpr") == "not slow" else "new")
    compile_tests(config)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Nothing that is collected is garbage, and thousands of tests stay to the end: to look through them again and
    again frees nothing."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def _holds_folders(disk: Path) -> bool:
    """Whether the folders of the tests can be there: it has room, and programs may run from it."""
    if not (hasattr(os, "ST_NOEXEC") and disk.is_dir() and os.access(disk, os.W_OK | os.X_OK)):
        return False
    return not os.statvfs(disk).f_flag & os.ST_NOEXEC and shutil.disk_usage(disk).free > ROOM


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(LONGEST))


def pytest_xdist_auto_num_workers() -> int:
    """`-n auto`: two workers more than there are processors, since tests wait for sockets a third of their time."""
    return (os.cpu_count() or 1) + 2


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
