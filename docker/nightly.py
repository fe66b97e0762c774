#!/usr/bin/env python3
"""`archiver sync` now, and then every night between 2 and 4 o'clock, for ever. What is given here goes to the sync,
such as --commit. TZ says where it is night."""

import os
import random
import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType

LAST = Path(os.environ.get("ARCHIVER_LAST", "/tmp/archiver-last"))  # noqa: S108  # for archiver-healthy
SPREAD = timedelta(hours=2)


def pause(now: datetime) -> timedelta:
    """How long it is until the next 2 o'clock."""
    two = now.replace(hour=2, minute=0, second=0, microsecond=0)
    return two - now if now <= two else two + timedelta(days=1) - now


class Nightly:
    """Syncs night after night, until it is stopped: a sync that is at work then may finish the article in hand."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._sync: subprocess.Popen[bytes] | None = None

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        first = not self._stopped.is_set()
        self._stopped.set()
        if first and self._sync is not None:
            self._sync.terminate()

    def run(self, words: list[str]) -> int:
        """The exit code at the end."""
        while not self._stopped.is_set():
            self._sync = sync = subprocess.Popen(["archiver", "sync", *words])
            if self._stopped.is_set():  # perhaps before it had a name
                sync.terminate()
            code = sync.wait()
            self._sync = None
            if not self._stopped.is_set():
                LAST.write_text(f"{code}\n")
                seconds = pause(datetime.now()) + SPREAD * random.random()  # noqa: DTZ005, S311  # TZ's night; any hour
                self._stopped.wait(seconds.total_seconds())
        return 128 + signal.SIGTERM


if __name__ == "__main__":
    nightly = Nightly()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, nightly.stop)
    sys.exit(nightly.run(sys.argv[1:]))
