"""Where the benchmarks keep what they found: `results.json`, and `benchmarks.table` makes `README.md` of it."""

from __future__ import annotations

import fcntl
import functools
import json
import os
import platform
import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from archiver.fetch.find_browser import find_browser

RESULTS = Path(__file__).with_name("results.json")
Rows = dict[str, dict[str, Any]]


def keep(group: str, rows: Rows) -> None:
    """Put rows into results.json, each in the place of the one of its name, and make README.md anew.

    `group` is W1 … W7, or `scale`. A row: `unit` and `ours` (a number, or a list of them), and as far as there are any
    `peer` (name and version), `theirs`, `ratio` (ours by theirs, the median of pairs), `void` (why the ratio says
    nothing), `target` (in words) and `met`; a row of a sum has its `part` and the name of the whole as `of`; a row of a
    curve has its name as `series`, its `size`, and as `start` what of `ours` is no matter of size. When, where and with
    what is added.
    """
    from benchmarks import table  # it reads what is kept here

    with Path(__file__).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # parts may run at the same time
        found = read()
        for name, row in rows.items():
            found[name] = {"group": group} | row | place()
        RESULTS.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
        table.write(found)


def tell(rows: Rows) -> None:
    """Print rows as they come."""
    for name, row in rows.items():
        print(f"{name:<60} {row['ours']:8.2f} {row['unit']} {row.get('theirs', '')}".rstrip(), flush=True)


def read() -> Rows:
    """All rows that are kept, by name."""
    found: Rows = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    return found


def place() -> dict[str, Any]:
    """When, where and with what: the same for all rows of an hour on a machine, but for its load."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": _machine(),
        "versions": _versions(),
        "load": round(os.getloadavg()[0]),
    }


@functools.cache
def _machine() -> str:
    model = platform.processor() or platform.machine()
    memory = 0.0
    if sys.platform == "linux":
        named = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text("utf-8"))
        model = named[1].strip() if named else model
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {model}, {memory:.0f} GiB, {platform.system()}"


@functools.cache
def _versions() -> str:
    def told(*command: str) -> str:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = re.search(r"\d+(\.\d+)+", done.stdout)
        return found[0] if found else "?"

    known = {
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "lxml": metadata.version("lxml"),
        "Chromium": told(str(find_browser(None)), "--version"),
        "git": told("git", "--version"),
    }
    return ", ".join(f"{name} {version}" for name, version in known.items())
