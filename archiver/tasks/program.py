"""Which `archiver` the shell finds: this program, or another one of that name."""

from __future__ import annotations

import filecmp
import shutil
from importlib import metadata
from pathlib import Path

from archiver.distribution import DISTRIBUTION


def found_program() -> Path | None:
    """The `archiver` that PATH names, whichever that is."""
    found = shutil.which("archiver")
    return Path(found).absolute() if found else None


def own_program() -> Path | None:
    """The `archiver` that PATH names, if it starts this program as it is installed here; else None.

    Linked or copied (pipx does the one or the other), a script names its environment: equal bytes, same installation.
    """
    found = found_program()
    try:
        files = metadata.files(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:  # a bare checkout
        return None
    scripts = [Path(str(file.locate())) for file in files if file.stem == "archiver"]
    same = found and any(script.is_file() and filecmp.cmp(found, script, shallow=False) for script in scripts)
    return found if same else None
