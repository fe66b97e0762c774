"""git, as somebody uses it beside archiver."""

from __future__ import annotations

import subprocess
from pathlib import Path


def git(folder: Path, *arguments: str, check: bool = True) -> str:
    """What git prints."""
    command = ["git", "-c", "user.name=Somebody", "-c", "user.email=somebody@localhost", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0 or not check, done.stderr
    return done.stdout
