"""How much work a call does, counted and not timed: the same on every machine and under every load."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

LINEAR = 5  # times the work for four times the size; that of what goes with the square is 16


def lines_run(call: Callable[[], object]) -> int:
    """The lines of Python that `call` runs. What C does is not counted: a test that hangs there meets its timeout."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def growth(call: Callable[[int], object], size: int) -> float:
    """How many times the work of `call(size)` that of `call(4 * size)` is."""
    call(size)  # caches are filled
    return lines_run(lambda: call(4 * size)) / lines_run(lambda: call(size))


def calls(call: Callable[[], object], *functions: Any) -> list[int]:
    """How often `call` calls each of these functions, of Python or of C, in this thread."""
    keys = [getattr(function, "__code__", function) for function in functions]
    counts = dict.fromkeys(keys, 0)

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        called = {"call": frame.f_code, "c_call": argument}.get(event)
        if called in counts:
            counts[called] += 1

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        call()
    finally:
        sys.setprofile(before)
    return [counts[key] for key in keys]
