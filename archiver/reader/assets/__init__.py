"""The reader's style sheet and scripts: written by hand, one each, no build."""

from __future__ import annotations

from importlib import resources


def asset(path: str) -> bytes:
    """The bytes of one of `sitemap.ASSETS`."""
    return resources.files(__name__).joinpath(path.rpartition("/")[2]).read_bytes()
