"""How many article requests a run may make, learnt from the walls that earlier runs met. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from archiver.models.values import dataclass

SHARE = 0.8  # of the requests after which a wall came
GROWTH = 1.25
CLEAN_RUNS = 3
_AT_ONCE = 2  # requests: the walled one, and one that another tab had made already


@dataclass(frozen=True, slots=True)
class Budget:
    """`requests`: article requests in one run at the most (0: no wall was met yet); `clean`: days without a wall
    since it was last changed; `day`: ISO date of the last day on which articles were asked for; `made`: requests
    of that day since its last wall, in however many runs; `walled`: whether that day met a wall."""

    requests: int = 0
    clean: int = 0
    day: str = ""
    made: int = 0
    walled: bool = False


def after_run(budget: Budget, requests: int, *, walled: bool, today: date) -> Budget:
    """The budget of the next run, after one that made `requests` article requests.

    The requests at a wall are those of the day up to it, the walled one included.
    """
    if not requests:
        return budget
    day = today.isoformat()
    same = budget.day == day
    made = requests + (budget.made if same else 0)
    if walled:
        if same and budget.walled and made <= _AT_ONCE:
            return budget  # the wall from before still stands: that says nothing about the pace
        return Budget(max(1, int(made * SHARE)), day=day, walled=True)
    counted = replace(budget, day=day, made=made, walled=same and budget.walled)
    if same or not budget.requests:
        return counted  # several runs on one day count once
    if budget.clean + 1 < CLEAN_RUNS:
        return replace(counted, clean=budget.clean + 1)
    return replace(counted, requests=max(budget.requests + 1, int(budget.requests * GROWTH)), clean=0)
