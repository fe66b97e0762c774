"""The way from a note to a file, as it is written into the note."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from archiver.errors import ConfigError
from archiver.render.links import relative


def way_to(target: Path, folder: Path, encoding: str) -> str:
    """The relative URL to a file in a note of that encoding. Raises ConfigError.

    GitHub shows every note as UTF-8, and what is read as GB18030 may be Big5 as well: paths are in ASCII there.
    """
    way = relative_url(folder, target)
    return way if encoding == "utf-8" else quote(way, safe="/%~")


def relative_url(folder: Path, target: Path) -> str:
    """Relative URL from a folder to a file. Raises ConfigError where there is none (another drive on Windows)."""
    if folder.anchor != target.anchor:
        raise ConfigError(f"notes ({folder}) and archive ({target}) must be on the same drive to link to each other")
    return relative(folder.relative_to(folder.anchor).as_posix(), target.relative_to(target.anchor).as_posix())
