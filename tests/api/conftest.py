"""One small archive for all tests of a file; none of them changes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.example import example
from tests.reader.library import Library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The folder of the examples in docs/api.md."""
    return example(tmp_path_factory.mktemp("example"))


@pytest.fixture
def changing(tmp_path: Path) -> Library:
    """The same, for a test that changes it."""
    return example(tmp_path / "changing")
