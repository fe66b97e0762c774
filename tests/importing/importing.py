"""Imports made in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from archiver.importing.taking import Outcome
from archiver.tasks.import_files import Imported, Step, import_files
from archiver.tasks.run import open_run, view_run
from tests.world import World


def imported(world: World, *paths: Path, dry_run: bool = False) -> Imported:
    """What becomes of files."""
    steps: list[Step] = []
    with view_run(world.config) if dry_run else open_run(world.config) as context:
        done = import_files(context, paths, steps.append)
    assert len(steps) == len(done.taken) + len(done.skipped)
    return done


def outcomes(done: Imported) -> list[Outcome]:
    return [one.outcome for one in done.taken]


def whys(done: Imported) -> list[str]:
    return [one.why.value for one in done.skipped]


def only(world: World) -> tuple[dict[str, Any], str]:
    """article.json and article.md of the one article that there is."""
    (folder,) = [path for path in world.article_folders() if "-v" not in path.name[-4:]]
    (record,) = world.articles()
    return record, (folder / "article.md").read_text("utf-8")


def without_losses(text: str) -> str:
    """article.md without the list of what is missing."""
    return "\n\n".join(block for block in text.split("\n\n") if not block.startswith("> "))
