"""[notify] command: what to run, and how much of it may be shown."""

from __future__ import annotations

import os
import shlex
from pathlib import Path


def command_words(command: str) -> list[str]:
    """The program and its arguments; empty if there is nothing to run. Raises ValueError."""
    return shlex.split(command, posix=os.name != "nt")


def program_name(command: list[str]) -> str:
    """All of a command that may be shown: its arguments may hold a token."""
    return Path(command[0]).name
