"""To load code, or look at a collection, without Python's search for objects that name each other in a circle."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """A block that makes many objects, which stay, and none in circles: the collector would go through all of
    them again and again, and find nothing. What is let go of is freed all the same."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
