"""What a run works with: the settings, the archive, a clock, who hears of what happens, and the wish to end early."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import field
from datetime import datetime

from archiver.archive.archive import Archive
from archiver.archive.boundary import utc_now as utc_now  # the clock of those who have no archive open
from archiver.config import Config
from archiver.events import Event, Report
from archiver.models.values import dataclass
from archiver.stop import Stop


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is (`now`, aware UTC), how time goes by (`monotonic`, seconds from any origin), and how to wait for
    so many seconds (None: really)."""

    now: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    wait: Callable[[float], object] | None = None


SYSTEM_CLOCK = Clock()


def tell_nobody(_event: Event) -> None:
    """A `Report` for who does not listen."""


@dataclass(frozen=True, slots=True)
class Context:
    """One run. The archive is open: for writing, or to look only (`Archive.read_only`)."""

    config: Config
    archive: Archive
    clock: Clock = SYSTEM_CLOCK
    report: Report = tell_nobody
    stop: Stop = field(default_factory=Stop)

    def now(self) -> datetime:
        """The time in UTC."""
        return self.clock.now()
