"""How long a folder of many notes takes when there is nothing to fetch: first rewriting, idle run, other mode, repair.

    python -m benchmarks.notes [NOTES]

Every twelfth note names WeChat articles and images, every fourth shows a local image; the replica runs, and is asked
only in the first run. Only the ratios of one run mean something: the machine has other things to do.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from archiver.fixity.github import check_github
from benchmarks.collections import make_notes
from tests.replica import Replica
from tests.world import World


def timed(name: str, act: Callable[[], object]) -> None:
    wall, used = time.perf_counter(), time.process_time()
    act()
    print(f"{name:28} {time.perf_counter() - wall:8.2f} {time.process_time() - used:8.2f}", flush=True)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder, Replica() as replica:
        world = World(Path(folder), replica)
        make_notes(world, count)
        print(f"{'':28} {'wall s':>8} {'CPU s':>8}")
        world.configure(rewrite={"articles": "keep", "images": "keep"})
        timed(f"fetch, index {count:,} notes", world.sync)
        timed("idle, nothing rewritten", world.sync)
        world.configure(rewrite={"articles": "replace", "images": "replace"})
        timed("rewrite", world.sync)
        replica.clear_requests()
        timed("idle, all rewritten", world.sync)
        world.configure(rewrite={"repair": False})
        timed("idle, without repair", world.sync)
        world.configure(rewrite={"repair": True, "articles": "append"})
        timed("rewrite in another mode", world.sync)
        timed("status", lambda: world.cli("status"))
        timed("repair", lambda: world.cli("repair"))
        timed("verify --github", lambda: check_github(world.config))
        timed("restore", lambda: world.cli("restore"))
        assert replica.requests == []


if __name__ == "__main__":
    main()
