"""The reader's server on a real socket."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.forkserver import environment
from tests.reader.library import Library


@contextmanager
def serving(library: Library, *arguments: str, told: list[str] | None = None) -> Iterator[str]:
    """`archiver serve` as a user runs it; gives its address, `http://127.0.0.1:PORT/`. What it told on stderr is in
    `told` at the end."""
    command = [sys.executable, "-m", "archiver", "serve", "--port", "0", *arguments]
    with subprocess.Popen(
        command, cwd=library.root, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            address = process.stdout.readline().strip()
            assert address.startswith("http://"), process.stderr.read()
            yield address
        finally:
            process.terminate()
            _, errors = process.communicate()
            if told is not None:
                told.append(errors)
