"""The archive that the tests of this folder read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from tests.format.corpus import build
from tests.replica import Replica
from tests.world import World


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The user's folder of the corpus, made once whatever the number of workers; tests leave it as it is."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    root = base / "format-corpus"
    with FileLock(f"{root}.lock"):
        if not root.exists():
            made = base / "format-corpus.new"
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
            with Replica() as replica:
                build(World(made, replica))
            made.rename(root)
    return root


@pytest.fixture
def copy(corpus: Path, tmp_path: Path, replica: Replica) -> World:
    """A world of one's own with the notes and the archive of the corpus. Times of files stay: no index is made anew."""
    for name in ("notes", "archive"):
        shutil.copytree(corpus / name, tmp_path / name)
    return World(tmp_path, replica)
