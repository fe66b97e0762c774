"""In which language a person reads, as the system says. Most texts are English whatever it says."""

from __future__ import annotations

import os
import sys

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # in the order of POSIX: the first that says something counts
_CHINESE_ON_WINDOWS = 0x04  # primary language of a LANGID


def reads_chinese() -> bool:
    """Whether the locale is a Chinese one."""
    said = next(filter(None, map(os.environ.get, _VARIABLES)), "")
    if said or sys.platform != "win32":
        return said.lower().startswith("zh")
    import ctypes

    return ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == _CHINESE_ON_WINDOWS
