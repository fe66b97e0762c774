"""When to ask again: decisions over states, numbers of attempts and times. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from archiver.models import Status

# A failure may be over in a minute: the first two runs after one another try at once. From then on the wait doubles:
# half a day (the next run), 1.5, 3.5, 7.5, 15.5 days, a month.
EAGER_ATTEMPTS = 2
LONGEST_WAIT = timedelta(days=30)
_EARLY = timedelta(hours=12)  # a nightly job does not start at the same minute each time
UNAVAILABLE_TRIES = 5
MOST_WALLS = 3  # runs in which a link walled while others were answered


def wait_after(attempts: int) -> timedelta:
    """How long a URL that failed `attempts` times is left alone."""
    doublings = attempts - EAGER_ATTEMPTS
    if doublings <= 0:
        return timedelta(0)
    return min(timedelta(days=2 ** min(doublings - 1, 10)) - _EARLY, LONGEST_WAIT)


def next_try(status: Status, attempts: int, now: datetime, *, hopeless: bool = False, retry_after: float = 0.0) -> str:
    """Before when not to ask again, as links.jsonl has it; empty: on the next run, or never.

    `hopeless`: another try is not expected to help; `retry_after`: seconds of rest that the server asked for.
    """
    if status is Status.UNAVAILABLE:
        wait = _EARLY
    elif status.is_incomplete:
        wait = LONGEST_WAIT if hopeless else wait_after(attempts)
    else:
        return ""
    wait = min(max(wait, timedelta(seconds=retry_after)), LONGEST_WAIT)
    return (now + wait).isoformat(timespec="seconds") if wait else ""


def after_wall(walls: int, now: datetime) -> str:
    """Before when not to ask again for a link that walled in so many runs while others were answered: each time later,
    and a month where that is settled."""
    wait = LONGEST_WAIT if walls >= MOST_WALLS else timedelta(days=2 ** (walls - 1)) - _EARLY
    return (now + wait).isoformat(timespec="seconds")


def is_deferred(until: str, now: datetime) -> bool:
    """Whether `until` (ISO time, or empty) is still to come. A time further away than any wait was written by a clock
    that was wrong, and does not count."""
    return bool(until) and now < datetime.fromisoformat(until) <= now + LONGEST_WAIT


def is_old(checked: str, days: int, now: datetime) -> bool:
    """Whether something last looked at on `checked` (ISO time, or empty) is to be looked at again after `days` (0:
    never). What was looked at in the future was so by a clock that was wrong."""
    if not days:
        return False
    if not checked:
        return True
    age = now - datetime.fromisoformat(checked)
    return age >= timedelta(days=days) or age < -timedelta(days=1)


def is_of_earlier_run(checked: str, now: datetime) -> bool:
    """Whether what was last looked at on `checked` (ISO time, or empty) was so in the run of another day. What was
    looked at in the future was so by a clock that was wrong."""
    return not checked or abs(now - datetime.fromisoformat(checked)) >= _EARLY


def is_settled(status: Status, attempts: int, walls: int = 0) -> bool:
    """Whether nothing but a slow re-check asks for such a URL again; `walls` as in `after_wall`."""
    if status is Status.WALL:
        return walls >= MOST_WALLS
    if status is Status.UNAVAILABLE:
        return attempts >= UNAVAILABLE_TRIES
    return not (status.is_unsettled or status.is_stored)
