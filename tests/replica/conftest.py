"""Fixtures of the replica's own tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.replica import Replica
from tests.replica.support import open_session


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica() as running:
        yield running


@pytest.fixture
def session(replica: Replica) -> Iterator[requests.Session]:
    with open_session(replica) as session:
        yield session
