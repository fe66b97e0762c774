"""Pages grown by atheris, which is led by the branches that they reach: `python -m tests.wechat.fuzz FOLDER [options]`.

An own process, since libFuzzer never gives its process back. The options are those of libFuzzer.
"""

from __future__ import annotations

import importlib
import sys


def main() -> None:
    """Fuzz until the time or the number of runs in the options is over, or until something is found."""
    atheris = importlib.import_module("atheris")  # not on every platform
    with atheris.instrument_imports(include=["archiver.wechat"]):
        checks = importlib.import_module("tests.wechat.checks")
    atheris.Setup(sys.argv, checks.check_read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
