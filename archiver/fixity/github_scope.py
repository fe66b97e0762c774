"""To which files `verify --github` is confined."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from archiver.errors import UsageError


class Scope:
    """The files that were named (relative to where the user is), and all in folders that were; nothing named: all.

    Raises UsageError for what does not exist.
    """

    def __init__(self, named: Sequence[str] = ()) -> None:
        self._places: dict[Path, str] = {}
        self._met: set[str] = set()
        for name in named:
            path = Path(os.path.normpath(Path.cwd() / name))
            if not path.exists():
                raise UsageError(f"{name} does not exist")
            self._places |= {path: name, path.resolve(): name}

    @property
    def is_all(self) -> bool:
        """Whether nothing was named."""
        return not self._places

    def has(self, file: Path) -> bool:
        """Whether an absolute path is among them."""
        met = {self._places[place] for place in (file, *file.parents) if place in self._places}
        self._met |= met
        return self.is_all or bool(met)

    def unmet(self) -> int:
        """How many of the names stood for none of the files that were asked for so far."""
        return len(set(self._places.values()) - self._met)
