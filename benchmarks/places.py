"""Where the peers and the real pages are: environment variables, or what `make bench` makes.

`BENCH_PEERS` is the beginning of the peers' folders (`.venv-bench`: the folder of the peer `page` is
`.venv-bench-page`), `BENCH_PAGES` the folder of real pages as `*.html.gz` with their `expected.json`
(`../shared/pages`).
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

PROJECT = Path(__file__).parents[1]
PAGES = Path(os.environ.get("BENCH_PAGES") or PROJECT.parent / "shared" / "pages").resolve()
PEERS = str(Path(os.environ.get("BENCH_PEERS") or PROJECT / ".venv-bench").absolute())


class MissingPeerError(Exception):
    """A peer is not installed."""


def peer(name: str, program: str) -> str:
    """The path of a program of a peer's folder, such as `bin/python`; raises `MissingPeerError`."""
    path = Path(f"{PEERS}-{name}") / program
    if not path.exists():
        raise MissingPeerError(f"{name} is not installed ({path}): make bench-peers")
    return str(path)


def versions(name: str, *packages: str) -> str:
    """Names and versions of packages in a peer's venv, as in `selectolax 1.0.2, html-to-markdown 3.21.2`."""
    told = "print(', '.join(f'{name} {version(name)}' for name in sys.argv[1:]))"
    command = [peer(name, "bin/python"), "-c", f"import sys; from importlib.metadata import version; {told}", *packages]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
