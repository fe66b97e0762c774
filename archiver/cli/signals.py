"""Ctrl-C and `kill`: the first asks for an orderly end, the second ends at once."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from types import FrameType

from archiver.cli.output import err
from archiver.errors import ExitCode
from archiver.stop import Stop

EXIT_CODES = {signal.SIGINT: ExitCode.INTERRUPTED, signal.SIGTERM: ExitCode.TERMINATED}


@contextlib.contextmanager
def stopping_on_signals() -> Iterator[Stop]:
    """A Stop that SIGINT and SIGTERM request. Outside of what heeds it, and at the second signal, they end the process:
    in the first case as usual, in the second without waiting for anything."""
    stop = Stop()

    def on_signal(number: int, _frame: FrameType | None) -> None:
        code = EXIT_CODES[signal.Signals(number)]
        if stop.requested:
            err.abandon()
            # Worker threads may hang in a request; the archive needs no farewell, and the browser ends with its driver,
            # which notices that its pipe is closed.
            os._exit(code)
        if not stop.orderly:
            raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(code)
        stop.request(code)
        err.interject("archiver: finishing the article in hand; once more to end at once")

    before = {number: signal.signal(number, on_signal) for number in EXIT_CODES}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
