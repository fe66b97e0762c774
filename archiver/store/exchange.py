"""Two names that change places in one step, where the system can do that."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

_AT_FDCWD = -100  # relative to the current folder, as everywhere else
_RENAME_EXCHANGE = 2  # Linux 3.15 and later: renameat2(2)
_RENAME_SWAP = 2  # macOS 10.12 and later: renamex_np(2)


def exchange(first: Path, second: Path) -> bool:
    """Let each of two paths, both there and on one disk, be what the other was.

    False, with nothing changed, where system or file system cannot do it (Windows, NFS, some FUSE), or will not.
    Python has no call for it, and the package renameat2 had its last release in 2022.
    """
    one, other = os.fsencode(first), os.fsencode(second)
    if sys.platform == "linux" and (call := _function("renameat2")):
        return bool(call(_AT_FDCWD, one, _AT_FDCWD, other, _RENAME_EXCHANGE) == 0)
    if sys.platform == "darwin" and (call := _function("renamex_np")):
        return bool(call(one, other, _RENAME_SWAP) == 0)
    return False


@cache
def _function(name: str) -> Any:
    """A function of the C library, or None where it has none of that name (musl before 1.2.6 lacks renameat2)."""
    import ctypes  # a run that writes no article does without

    return getattr(ctypes.CDLL(None), name, None)
