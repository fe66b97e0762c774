"""Waiting for what happens, not for seconds."""

from __future__ import annotations

import time
from collections.abc import Callable

EVERY = 0.02  # seconds between two looks


def until(condition: Callable[[], object]) -> None:
    """Wait for a condition, however long this machine takes: what never comes meets the timeout of the test."""
    while not condition():
        time.sleep(EVERY)
