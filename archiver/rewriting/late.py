"""A planner that is made when a note is met in which there may be something to do: with it comes the parser of notes,
which an idle run does without."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from archiver.archive.archive import Archive
from archiver.config import Config
from archiver.rewriting.asked import Asked

if TYPE_CHECKING:
    from archiver.rewriting.planner import Planner


def late_planner(config: Config, source: Archive | Asked, *, images_only: bool = False) -> Callable[[], Planner]:
    """Gives the same planner each time; what it takes is told at `Planner`."""

    @cache
    def planner() -> Planner:
        from archiver.rewriting.planner import Planner

        return Planner(config, source, images_only=images_only)

    return planner
