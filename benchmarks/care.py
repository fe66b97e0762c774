"""What the care of an archive costs, and how it grows: verify, reparse, repair, restore, build, a lost catalogue.

    python -m benchmarks.care [FEW] [MANY]

CPU seconds of the whole process for archives of FEW (250) and of MANY (1,000) articles, start-up included, the faster
of two runs. The exponent is that of a power law through both, start-up aside: 1 is linear growth. Every command has to
end with exit code 0.
"""

from __future__ import annotations

import math
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.results import keep
from benchmarks.startup import cpu_seconds
from tests.replica import Replica, short_token
from tests.world import World

RUNS = 2
LINEAR = 1.05  # the target
START = ["-c", "import archiver.cli.sync, archiver.tasks.sync"]
COMMANDS = {
    "verify": ["verify"],
    "verify --repair of what is whole": ["verify", "--repair"],
    "reparse": ["reparse"],
    "repair": ["repair"],
    "build --all": ["build", "--all"],
    "build, catalogue lost": ["build"],
    "restore": ["restore"],
    "sync that rewrites all notes": ["sync"],
}


def fill(folder: Path, replica: Replica, articles: int) -> World:
    """An archive of so many articles of the replica, three images each, and a note for every ten."""
    world = World(folder, replica)
    for start in range(0, articles, 10):
        names = [short_token(f"care {n}") for n in range(start, min(start + 10, articles))]
        world.note(f"{start:06}.md", "\n".join(f"1. [{n}](https://mp.weixin.qq.com/s/{n})" for n in names))
    summary = world.sync()
    assert summary.exit_code == 0, summary.attention
    assert len(world.article_folders()) == articles
    return world


def measure(articles: int) -> dict[str, float]:
    """CPU seconds by command."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, Replica() as replica:
        world = fill(Path(folder), replica, articles)
        os.chdir(folder)
        for _ in range(RUNS):
            for name, words in COMMANDS.items():
                if name.endswith("lost"):
                    (world.archive / "catalogue.db").unlink()
                seconds = cpu_seconds(sys.executable, ["-m", "archiver", *words], {})
                found[name] = min(found.get(name, seconds), seconds)
        os.chdir("/")
    return found


def rows(few: int, many: int) -> dict[str, dict[str, Any]]:
    """A row by command: the time for `many`, and the exponent of its growth."""
    start = min(cpu_seconds(sys.executable, START, {}) for _ in range(3))
    less, more = measure(few), measure(many)
    found: dict[str, dict[str, Any]] = {}
    for name, seconds in more.items():
        exponent = math.log((seconds - start) / (less[name] - start)) / math.log(many / few)
        found[f"{name}, {many:,} articles"] = {"unit": "s CPU", "ours": seconds}
        found[f"{name}, growth from {few:,} to {many:,} articles"] = {
            "unit": "exponent", "ours": exponent, "target": f"≤ {LINEAR}", "met": exponent <= LINEAR
        }  # fmt: skip
        print(f"{name:36} {less[name]:8.2f} {seconds:8.2f} s   n^{exponent:.2f}", flush=True)
    return found


def main() -> None:
    few, many = [int(value) for value in sys.argv[1:]] or [250, 1000]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # users have compiled modules
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])
    keep(rows(few, many))


if __name__ == "__main__":
    main()
