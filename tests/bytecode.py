"""The bytecode of a run, made once: what one process has compiled, no other compiles again.

A run has four workers, and some of its tests start Python for every command. Where Python shall keep no bytecode beside
the sources, `tests/__init__.py` lets it keep it in pytest's own folder.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
MADE = "archiver/compiled"  # under this name pytest's cache keeps which files were compiled, and as they were when
FEW = 20  # files that the workers compile on their way; to do it before them would be no quicker


def compile_tests(config: pytest.Config) -> None:
    """Compile all tests that have changed since the last run, before its workers do it all at once.

    Does nothing in a run of some files only, in workers, and where processes cannot be forked.
    """
    cache = getattr(config, "cache", None)
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and config.getoption("numprocesses", None)
    if cache is None or not whole or not sys.platform.startswith("linux"):
        return
    by = [sys.version, pytest.__version__, sys.pycache_prefix]
    now = {path.relative_to(PROJECT).as_posix(): path.stat().st_mtime_ns for path in PROJECT.glob("tests/**/test_*.py")}
    before = cache.get(MADE, {})
    changed = [path for path in now if before.get("by") != by or before["files"].get(path) != now[path]]
    if len(changed) > FEW:
        _import(changed, os.cpu_count() or 1)
    cache.set(MADE, {"by": by, "files": now})


def _import(paths: Sequence[str], processes: int) -> None:
    """Import modules in processes of their own: pytest rewrites and keeps them, as it does when it collects them."""
    children = []
    for number in range(processes):
        child = os.fork()
        if child == 0:
            for path in paths[number::processes]:
                with contextlib.suppress(BaseException):  # whoever collects the file reports it
                    importlib.import_module(path.removesuffix(".py").replace("/", "."))
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
