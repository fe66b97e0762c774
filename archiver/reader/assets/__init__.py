"""The reader's style sheet and scripts: written by hand, one each, no build."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from archiver.render.sitemap import ASSETS
from archiver.store.files import write_if_changed


def write_assets(root: Path) -> int:
    """Put them into the archive at `root`, where they differ; how many were written. Raises StoreError."""
    return sum(write_if_changed(root / path, asset(path)) for path in ASSETS)


def asset(path: str) -> bytes:
    """The bytes of one of `ASSETS`."""
    return resources.files(__name__).joinpath(path.rpartition("/")[2]).read_bytes()
