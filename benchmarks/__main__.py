"""All parts of the benchmarks, one after the other: what `make bench` runs when the peers are there.

    python -m benchmarks [--sizes quick|all] [--list] [PART …]

A part is a module of its own, run in a process of its own. One that fails, or lacks a peer, is named at the end, and
does not stop the others; the exit code is then 1.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """`quick` and `all` are the words after `python -m benchmarks.`; `minutes` is how long `quick` takes on two
    cores."""

    quick: str
    all: str
    minutes: float
    about: str


PARTS = {
    "start": Part("startup 15", "startup 40", 0.5, "W1: cold start"),
    "page": Part("page_peers 3", "page_peers 9", 1, "W4: a page beside makers of Markdown"),
    "peers": Part("sync_peers 16 3", "sync_peers 16 5", 10, "W1, W2: one and more articles beside other tools"),
    "nights": Part("nights 8 3 0 100", "nights 24 5 0 100", 10, "W2: both engines beside bare loops"),
    "looks": Part("looks 100 1000 4000 10000", "looks 100 1000 10000 100000", 4, "W3: collections of notes"),
    "search": Part("search 1000", "search 1000 10000 100000", 2.5, "W5: search beside tantivy and Pagefind"),
    "builds": Part("builds 1000 4000", "builds 1000 10000 100000", 3.5, "W5: builds"),
    "care": Part("care 250 1000", "care 250 1000 4000", 5, "W6: verify, reparse, restore, repair"),
    "bytes": Part("memory bytes 12", "memory bytes 40", 0.5, "W7: bytes on disk of real pages"),
    "disk": Part("disk", "disk", 0.5, "W7: pages and images in fewer bytes"),
    "memory": Part("memory 2000", "memory 2000", 4, "W7: memory over 2,000 articles"),
    "scale": Part("", "scale", 0, "records alone, up to a million; an hour, not in the quick sizes"),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}; without any: all")
    parser.add_argument("--sizes", choices=("quick", "all"), default="quick")
    parser.add_argument("--list", action="store_true", help="say what there is, and measure nothing")
    given = parser.parse_args()
    if unknown := set(given.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    failed = []
    for name in given.parts or PARTS:
        part = PARTS[name]
        words = (part.all if given.sizes == "all" or (given.parts and not part.quick) else part.quick).split()
        if given.list:
            print(f"{name:8} {part.minutes:4g} min  {part.about}: python -m benchmarks.{part.quick or part.all}")
        elif words:
            print(f"== {name}: {part.about}: python -m benchmarks.{' '.join(words)}", flush=True)
            begun = time.monotonic()
            code = subprocess.run([sys.executable, "-m", f"benchmarks.{words[0]}", *words[1:]], check=False).returncode
            print(f"== {name}: {(time.monotonic() - begun) / 60:.1f} minutes", flush=True)
            failed += [f"{name} ended with {code}: see above"] if code else []
    print("\n".join(failed) or ("" if given.list else "All parts are done: benchmarks/README.md"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
