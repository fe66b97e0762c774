"""Run a command and say what it took, with every process that it started, those that it left behind included.

    python benchmarks/stopwatch.py FILE COMMAND …

Linux gives this process the orphans of the command, so the time of a browser is counted also if whoever started it does
not wait for it. FILE gets JSON: seconds of wall time until the command's end, seconds of CPU of all, exit code. Knows
no other module: it is started by its path.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, linux/prctl.h
_LEFT = 20.0  # seconds that what is left behind may take to end


def _wait_for_orphans() -> None:
    until = time.monotonic() + _LEFT
    with contextlib.suppress(ChildProcessError):  # there is none any more
        while True:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                if time.monotonic() > until:
                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                    os.killpg(0, signal.SIGTERM)  # the group is ours: see `benchmarks.pairs`
                    until += _LEFT
                time.sleep(0.01)


def main() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    begun = time.perf_counter()
    code = subprocess.run(sys.argv[2:], check=False).returncode
    wall = time.perf_counter() - begun
    _wait_for_orphans()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "code": code}
    Path(sys.argv[1]).write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main()
