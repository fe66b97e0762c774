"""A look at a collection of notes where nothing is to be done: no-op sync, dry run, status, first scan.

    python -m benchmarks.looks [NOTES …]
    python -m benchmarks.looks make [NOTES …]     # the collections alone, which takes longer than to measure

For each size a collection of `benchmarks.collections` is made below .bench, where it stays for the next time. A round
runs all in turns: CPU of whole processes, the medians of ROUNDS. The first scan is a sync where the catalogue is lost,
as after a clone on another machine: every note is read. Its limit is a loop that reads every file of the notes and
hashes it; that of the others is `git status`. Nothing may be asked of the network (there is none any more), and git
must find nothing changed.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.collections import commit_all, make_idle
from benchmarks.pairs import START, hashing, judged, timed
from benchmarks.places import PROJECT
from benchmarks.results import Rows, keep, tell

ROUNDS = (5, 3)  # with so many first scans
NOISE = 0.02  # by which two medians of the same work may differ
LARGE, ROUNDS_OF_LARGE = 50_000, (3, 1)
PROGRAMS = {
    "sync": [sys.executable, "-m", "archiver", "sync"],
    "dry run": [sys.executable, "-m", "archiver", "sync", "--dry-run"],
    "status": [sys.executable, "-m", "archiver", "status"],
    "first scan": [sys.executable, "-m", "archiver", "sync"],
    "start": START,
    "git": ["git", "status"],
    "hash": hashing("notes"),
    "python": [sys.executable, "-c", "import hashlib, os"],
}


def measure(folder: Path, rounds: int, scans: int) -> dict[str, list[float]]:
    """Seconds of CPU of each program, run by run; the first round, in which files come into memory, does not count. The
    first scan, which takes far longer than all else, is done in the last `scans` rounds."""
    taken: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for run in range(rounds + 1):
        for name, command in PROGRAMS.items():
            if name == "first scan":
                if run <= rounds - scans:
                    continue
                (folder / "archive/catalogue.db").unlink()
            times, _ = timed(command, folder)
            taken[name] += [times.cpu] if run else []
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=folder, capture_output=True, text=True, check=True)
    assert changed.stdout == "", changed.stdout
    return taken


def rows(count: int, taken: dict[str, list[float]]) -> Rows:
    """The looks and their limits; in ratios the start-up of both sides is aside."""
    middle = {name: statistics.median(times) for name, times in taken.items()}
    about, start = f"{count:,} notes", middle["start"]
    base = {"unit": "s CPU", "size": count, "start": start}

    def aside(name: str, limit: str, empty: float) -> float:
        pairs = zip(reversed(taken[name]), reversed(taken[limit]), strict=False)  # as many as there are scans
        return statistics.median(max(mine - start, 0.0) / max(theirs - empty, 0.001) for mine, theirs in pairs)

    noop = aside("sync", "git", 0.0)
    first = aside("first scan", "hash", middle["python"])
    found: Rows = {
        f"no-op sync, {about}": base | {"ours": middle["sync"], "series": "no-op sync"},
        f"no-op sync, {about}, start-up aside": {
            "unit": "s CPU",
            "ours": max(middle["sync"] - start, 0.0),
            "theirs": middle["git"],
            "peer": "git status",
            "ratio": noop,
        },
        f"dry run, {about}": base | {"ours": middle["dry run"], "series": "dry run"},
        f"status, {about}": base | {"ours": middle["status"], "series": "status"},
        f"first scan, {about}": base
        | {"ours": middle["first scan"], "series": "first scan", "ratio": first}
        | {"theirs": middle["hash"], "peer": "reading and hashing"},
    }
    if count == 10_000:
        found[f"no-op sync, {about}"] |= judged(middle["sync"], "≤", 0.4)
        found[f"no-op sync, {about}, start-up aside"] |= judged(noop, "≤", 10, "ratio")
    met = middle["dry run"] <= middle["sync"] * (1 + NOISE)
    found[f"dry run, {about}"] |= {"target": f"≤ the sync + {NOISE:.0%}", "met": met}
    return found


def made(count: int) -> Path:
    """The collection of that size, made if it is not there, and settled."""
    folder = PROJECT / ".bench" / f"looks-{count}"
    if not folder.exists():
        place = folder.with_suffix(".making")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        make_idle(place, count)
        place.rename(folder)
    else:  # what made it may have been another archiver
        timed(PROGRAMS["sync"], folder)
        commit_all(folder)
    return folder


def main() -> None:
    words = [word for word in sys.argv[1:] if word != "make"]
    for count in [int(word) for word in words] or [100, 1000, 4000, 10_000]:
        folder = made(count)
        if "make" in sys.argv:
            continue
        found = rows(count, measure(folder, *(ROUNDS if count < LARGE else ROUNDS_OF_LARGE)))
        keep("W3", found)
        tell(found)


if __name__ == "__main__":
    main()
