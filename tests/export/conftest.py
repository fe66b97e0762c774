"""One small archive for all tests of a file; none of them changes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.export.archive import filled
from tests.reader.library import Library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The articles and notes of tests.export.archive."""
    return filled(tmp_path_factory.mktemp("library"))


@pytest.fixture
def changing(tmp_path: Path) -> Library:
    """The same, for a test that changes it."""
    return filled(tmp_path / "changing")
