"""Repairs of one article that was edited since."""

from __future__ import annotations

from datetime import timedelta

from archiver.tasks.sync import Options
from tests.runs.support import NIGHT
from tests.world import Night, World, repair, sync

TOKEN = "EEEEEEEEEEEEEEEEEEEEEE"


def night(world: World, days: int) -> int:
    moment = NIGHT + timedelta(days=days)
    return sync(world.config, Options(), lambda _: None, lambda: moment, timing=Night().timing).exit_code


def mend(world: World, days: int = 40) -> tuple[list[str], list[str]]:
    """What a repair says it did, and the paths that are damaged still."""
    done, left = repair(world.config, lambda: NIGHT + timedelta(days=days))
    return done, [problem.path for problem in left if problem.damage]
