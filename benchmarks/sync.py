"""Wall and CPU time per article of a first sync and of an idle one, with both engines, against the replica.

    python -m benchmarks.sync [ARTICLES] [JOBS]

Only the ratios of one run mean something: the replica and everything else share this machine. CPU time includes the
browser's processes and the replica's threads.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from tests.replica import Replica, short_token
from tests.world import World


def cpu() -> float:
    """Seconds of CPU so far, of this process and of the children that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def measure(engine: str, articles: int, jobs: int) -> dict[str, float]:
    """Times per article in milliseconds, of the first and of an idle run."""
    found = {}
    with tempfile.TemporaryDirectory() as folder, Replica() as replica:
        world = World(Path(folder), replica, engine)
        world.configure(fetch={"jobs": jobs, "image_jobs": 8})
        for start in range(0, articles, 10):
            names = [short_token(f"benchmark {n}") for n in range(start, min(start + 10, articles))]
            world.note(f"{start:06}.md", "\n".join(f"1. [{n}](https://mp.weixin.qq.com/s/{n})" for n in names))
        for run in ("first", "idle"):
            wall, used = time.perf_counter(), cpu()
            summary = world.sync()
            found[f"{run} wall"] = (time.perf_counter() - wall) * 1000 / articles
            found[f"{run} cpu"] = (cpu() - used) * 1000 / articles
            assert summary.exit_code == 0, summary.attention
        found["images"] = len(list((world.archive / "images").rglob("*.*"))) / articles
    return found


def main() -> None:
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    jobs = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    rows = {engine: measure(engine, articles, jobs) for engine in ("browser", "http")}
    print(f"{articles} articles, {jobs} page worker(s), {rows['http']['images']:.1f} images an article; ms per article")
    print(f"{'':12} {'browser':>9} {'http':>9} {'ratio':>7}")
    for name in ("first wall", "first cpu", "idle wall", "idle cpu"):
        browser, http = rows["browser"][name], rows["http"][name]
        print(f"{name:12} {browser:9.1f} {http:9.1f} {browser / http:7.2f}")


if __name__ == "__main__":
    main()
