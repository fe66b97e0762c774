"""A wish to end a run early. It may come from a signal handler, in the middle of anything."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator


class Stop:
    """The first `request` asks for an orderly end; `exit_code` is what the run then ends with."""

    def __init__(self) -> None:
        self.exit_code = 0
        self._orderly = False
        self._listener: Callable[[], None] = lambda: None

    @property
    def requested(self) -> bool:
        return self.exit_code != 0

    @property
    def orderly(self) -> bool:
        """Whether something is under way that ends by itself when asked to."""
        return self._orderly

    def request(self, exit_code: int) -> None:
        """Ask for the end. Does nothing that could disturb what it interrupts."""
        self.exit_code = exit_code
        self._listener()

    @contextlib.contextmanager
    def heeded(self) -> Iterator[None]:
        """What happens inside ends by itself when asked to."""
        self._orderly = True
        try:
            yield
        finally:
            self._orderly = False

    @contextlib.contextmanager
    def calling(self, listener: Callable[[], None]) -> Iterator[None]:
        """Have `listener` called when the end is asked for. It must be safe to call in a signal handler."""
        self._listener = listener
        try:
            yield
        finally:
            self._listener = lambda: None
