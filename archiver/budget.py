"""How many article requests a night may make, learnt from the walls that earlier nights met. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

SHARE = 0.8  # of the requests after which a wall came
GROWTH = 1.25
CLEAN_NIGHTS = 3


@dataclass(frozen=True, slots=True)
class Budget:
    """`requests`: article requests in one run at the most (0: no wall was met yet); `clean`: nights without a wall
    since it was last changed; `night`: ISO date of the last of them, so that several runs in one night count once."""

    requests: int = 0
    clean: int = 0
    night: str = ""


def after_run(budget: Budget, requests: int, *, walled: bool, today: date) -> Budget:
    """The budget of the next night, after a run that made `requests` article requests.

    The requests at a wall are those made up to it, the walled one included.
    """
    if walled:
        return Budget(max(1, int(requests * SHARE)))
    if not budget.requests or not requests or budget.night == today.isoformat():
        return budget
    counted = replace(budget, clean=budget.clean + 1, night=today.isoformat())
    if counted.clean < CLEAN_NIGHTS:
        return counted
    return replace(counted, requests=max(budget.requests + 1, int(budget.requests * GROWTH)), clean=0)
