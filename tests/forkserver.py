"""`archiver …` in a process of its own without the second of imports: a child of a process that has them behind it.

The child is what `python -m archiver` makes, from its arguments to its exit: folder, environment, both channels and
exit code are its own, and so are its threads and signals. Only what is read while modules are imported is shared, and
what libraries keep once it is compiled (rehearsal.py); the tests with `run_fresh` and `processes.started` are there for
that. On other systems than Linux every command is a fresh process.

As a program: reads one request a line (JSON), answers each with the exit code of the child.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

import archiver

PROJECT = Path(__file__).parents[1]
AT_IMPORT = dict(os.environ)  # before any test changes it
_lock = threading.Lock()
_servers: list[subprocess.Popen[str]] = []


def environment(given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a program of this checkout, whichever one is installed, but for proxies that it may name."""
    kept = {name: value for name, value in given.items() if not name.upper().endswith("_PROXY")}
    return {**kept, "PYTHONPATH": str(PROJECT)}


def run(arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """What `archiver` with these arguments prints and answers in this folder."""
    if sys.platform != "linux":  # libraries of macOS do not outlive a fork
        return run_fresh(arguments, folder)
    with tempfile.TemporaryDirectory(prefix="archiver-") as channels:
        out, err = Path(channels, "out"), Path(channels, "err")
        request = {"arguments": arguments, "folder": str(folder), "environment": environment()}
        code = _ask({**request, "out": str(out), "err": str(err)})
        return subprocess.CompletedProcess(arguments, code, out.read_text("utf-8"), err.read_text("utf-8"))


def run_fresh(arguments: Sequence[str], folder: Path, given: str = "") -> subprocess.CompletedProcess[str]:
    """The same of a process that has to import everything first; `given` is its standard input."""
    command = [sys.executable, "-m", "archiver", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment(), input=given, capture_output=True, text=True, check=False
    )


def _ask(request: dict[str, Any]) -> int:
    with _lock:
        server = _servers[-1] if _servers else _start()
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            server.stdin.write(json.dumps(request) + "\n")
            server.stdin.flush()
            return int(server.stdout.readline())
        except BaseException:  # a test that met its timeout: the next one begins anew
            _end()
            raise


def _start() -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.forkserver"],
        cwd=PROJECT,
        env={**AT_IMPORT, "PYTHONPATH": str(PROJECT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    _servers.append(server)
    return server


@atexit.register
def _end() -> None:
    while _servers:
        with _servers.pop() as server:
            server.kill()


def _serve() -> None:
    prepare()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            answers.close()
            _become(json.loads(line))
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


@contextmanager
def suppress_others() -> Iterator[None]:
    """Let modules of others be missing, and none of ours."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "archiver").partition(".")[0] == "archiver":
            raise


def prepare() -> None:
    """Have behind this process what its children would all do anew: imports, what commands come to only on their way
    included, and what libraries put off until it is needed first."""
    Image.init()
    importlib.import_module("cryptography.x509")
    for module in pkgutil.walk_packages(archiver.__path__, "archiver."):
        if not module.name.endswith("__main__"):
            with suppress_others():  # an extra that is not installed
                importlib.import_module(module.name)
    importlib.import_module("tests.rehearsal").rehearse()  # it imports this module
    gc.collect()
    gc.freeze()  # a child that collects garbage need not copy all this


def _become(request: dict[str, Any]) -> None:
    """Be `python -m archiver` with the arguments, folder, environment and channels of the request."""
    for number, (path, flags) in enumerate(
        [
            (os.devnull, os.O_RDONLY),
            (request["out"], os.O_WRONLY | os.O_CREAT),
            (request["err"], os.O_WRONLY | os.O_CREAT),
        ]
    ):
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    run_to_the_end(request["arguments"])


def run_to_the_end(arguments: Sequence[str]) -> None:
    """Be `python -m archiver`, and end as Python ends: but to free, module by module, what the parent has loaded takes
    four times as long as a short command, and it is this process alone that would be spared."""
    sys.argv = ["archiver", *arguments]
    try:
        runpy.run_module("archiver", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            raise
        # As multiprocessing ends its children: threads, what is to be done at exit, what is still to be written.
        vars(threading)["_shutdown"]()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code or 0)


if __name__ == "__main__":
    _serve()
