"""What asking for help costs: `python -m benchmarks.startup [PROGRAM [BEFORE]] [RUNS]`.

Without a PROGRAM that of this interpreter runs in turns with the bare interpreter, and the rows are kept. Otherwise
PROGRAM and BEFORE are the `archiver` scripts of two installs, such as ~/one/.venv/bin/archiver. They run in turns, so
that what else the machine does meets both alike. Prints the median CPU time (user and system) of the whole process.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.pairs import compared
from benchmarks.places import PROJECT
from benchmarks.results import Rows, keep

RUNS = 15
_TAB = {"_ARCHIVER_COMPLETE": "bash_complete"}
CASES: dict[str, tuple[list[str], dict[str, str]]] = {
    "--help": (["--help"], {}),
    "--version": (["--version"], {}),
    "TAB, a command": ([], {**_TAB, "COMP_WORDS": "archiver s", "COMP_CWORD": "1"}),
    "TAB, an option": ([], {**_TAB, "COMP_WORDS": "archiver sync --", "COMP_CWORD": "2"}),
    "sync --help": (["sync", "--help"], {}),
}


def cpu_seconds(program: str, arguments: Sequence[str], environment: Mapping[str, str]) -> float:
    """User and system time that one run takes, start of the interpreter included."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    child = os.posix_spawn(program, [program, *arguments], {**os.environ, **environment}, file_actions=quiet)
    _, status, used = os.wait4(child, 0)
    if status:
        sys.exit(f"{program} {' '.join(arguments)} failed with {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime


def cold(runs: int) -> None:
    """Keep what this checkout's program takes beside the interpreter that does nothing."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # users have compiled modules
    os.environ["PYTHONPATH"] = str(PROJECT)
    rows: Rows = {}
    for case, (arguments, environment) in CASES.items():
        program = str(Path(sys.executable).with_name("archiver")) if environment else sys.executable
        words = arguments if environment else ["-m", "archiver", *arguments]
        pairs = [
            (cpu_seconds(program, words, environment) * 1000, cpu_seconds(sys.executable, ["-c", ""], {}) * 1000)
            for _ in range(runs + 1)
        ][1:]  # the first compiles, and fills the disk's cache
        rows[f"cold start: {case}"] = {"unit": "ms CPU", **compared(pairs), "peer": "python -c ''"}
        print(f"{case:<33} {rows[f'cold start: {case}']['ours']:8.1f} ms", flush=True)
    keep("W1", rows)


def main(programs: Sequence[str], runs: int) -> None:
    """Measure all cases and print a table."""
    print(f"median CPU seconds of {runs} runs".ljust(34) + " ".join(f"{Path(p).parts[-4][:12]:>12}" for p in programs))
    for case, (arguments, environment) in CASES.items():
        times: dict[str, list[float]] = {program: [] for program in programs}
        for run in range(runs + 1):
            for program in programs:
                seconds = cpu_seconds(program, arguments, environment)
                if run:  # The first compiles, and fills the disk's cache.
                    times[program].append(seconds)
        medians = [statistics.median(taken) for taken in times.values()]
        ratio = f"   {medians[0] / medians[1]:.2f} x" if len(medians) > 1 else ""
        print(f"{case:<33} " + " ".join(f"{median:12.3f}" for median in medians) + ratio)


if __name__ == "__main__":
    given = sys.argv[1:]
    count = int(given.pop()) if given and given[-1].isdecimal() else RUNS
    if len(given) > 2:
        sys.exit(__doc__)
    if not given:
        cold(count)
        sys.exit()
    main([str(Path(program).absolute()) for program in given], count)
