"""What a run lets go of is to be used again, or given back to the system.

The C library of most Linuxes (glibc) gives each thread a heap of its own, and what is freed in one is of no use to the
others: in a long run, through which images pass by the thousands, all of them fill with scraps. And Python keeps the
room of thousands of tuples and the like for others of their size, until it has looked through all objects for circles,
which it does the more seldom the more objects there are.

On the other hand, glibc gives each page and each image back as soon as it is let go of, and the system has to clear the
same memory for the next one: 4 kB at a time, 7,000 times for an article of fifteen images. So some of it is held.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # for mallopt(3); part of what programs are compiled with
_HELD = 64 << 20  # bytes at the end of the heap: a page's copies and trees, an image's pixels
_ALONE = 32 << 20  # bytes of what has memory of its own, which is never held; the most that all versions take


def share_heap() -> None:
    """Let the threads that are yet to start share one heap, which holds what is let go of for what comes next."""
    if mallopt := _of_library("mallopt"):
        mallopt(_ARENA_MAX, 1)
        mallopt(_MMAP_THRESHOLD, _ALONE)
        mallopt(_TRIM_THRESHOLD, _HELD)


def give_back() -> None:
    """Give back what Python and the C library keep for later. Takes a hundredth of a second."""
    gc.collect()
    if trim := _of_library("malloc_trim"):
        trim(0)


@cache
def _of_library(name: str) -> Callable[..., Any] | None:
    """A function that glibc has; None elsewhere."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes  # a run that asks for nothing needs it not

    return getattr(ctypes.CDLL(None), name, None)
