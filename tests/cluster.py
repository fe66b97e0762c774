"""A cluster on this machine: a scheduler and workers, each a process, each worker with a door to the replica of its
own."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

from tests.conditions import until
from tests.forkserver import environment
from tests.replica import Replica, State
from tests.replica.messages import Request, Response
from tests.replica.states import state_page
from tests.world import Night


class SharedNight(Night):
    """A night for several threads: who waits moves the clock for all."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()

    def wait(self, seconds: float) -> None:
        with self._lock:
            super().wait(seconds)


class Door:
    """Where the requests of one worker come by: which pages were asked for, and when by the clock of the night.

    From the page number `walls_from` on (counted from 1) a wall answers; `on_page(number)` is called before any answer.
    """

    def __init__(self, replica: Replica, night: Night) -> None:
        self.pages: list[tuple[str, float]] = []
        self.walls_from = 0
        self.on_page: Callable[[int], object] = lambda _: None
        self._replica = replica
        self._night = night
        self.url = replica.door(self._answer)

    def _answer(self, request: Request) -> Response:
        if "/s" not in request.path or request.host != "mp.weixin.qq.com":
            return self._replica.answer(request)
        self.pages.append((request.url, self._night.seconds))
        self.on_page(len(self.pages))
        if self.walls_from and len(self.pages) >= self.walls_from:
            return Response(state_page(State.WALL, request.url))
        return self._replica.answer(request)

    @property
    def distances(self) -> list[float]:
        """Seconds between two requests, one after the other."""
        return [after - before for (_, before), (_, after) in pairwise(self.pages)]


class Process:
    """A process of the cluster, once it has told its address."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self._log = log
        until(lambda: self._told() or process.poll() is not None)
        assert self._told(), log.read_text("utf-8", "replace")
        self.address = self._told()

    def _told(self) -> str:
        found = re.search(r"^(?:scheduler|worker): ([a-z]+://\S+?),?(?: |$)", self.said, re.MULTILINE)
        return found[1] if found else ""

    @property
    def said(self) -> str:
        return self._log.read_text("utf-8", "replace")

    def kill(self) -> None:
        """End it at once, and wait until it has ended."""
        self._process.kill()
        self._process.wait()


class Cluster:
    """The scheduler, and the workers by their egress."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self.workers: dict[str, Process] = {}

    def start(self, *arguments: str, variables: Mapping[str, str] | None = None) -> Process:
        """Start `archiver cluster …` until the end of the test."""
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        log = folder / "log"
        process = self._stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "archiver", "cluster", *arguments],
                cwd=folder,
                env={**environment(), **(variables or {})},
                stdout=self._stack.enter_context(log.open("wb")),
                stderr=subprocess.STDOUT,
            )
        )
        self._stack.callback(process.kill)
        return Process(process, log)

    def start_worker(self, scheduler: str, replica: Replica, door: Door, egress: str = "", *more: str) -> None:
        """A worker whose machine reaches the web by that door, as its environment says."""
        variables = {"HTTPS_PROXY": door.url, "REQUESTS_CA_BUNDLE": str(replica.ca_bundle)}
        named = ("--egress", egress) if egress else ()
        self.workers[egress] = self.start("worker", scheduler, *named, *more, variables=variables)


@contextmanager
def cluster(replica: Replica, doors: Mapping[str, Door], folder: Path) -> Iterator[tuple[str, Cluster]]:
    """A scheduler's address, and the cluster with a worker for each door, by egress."""
    with ExitStack() as stack:
        running = Cluster(folder, stack)
        scheduler = running.start("scheduler", f"tcp://127.0.0.1:{free_port()}")
        for egress, door in doors.items():
            running.start_worker(scheduler.address, replica, door, egress)
        yield scheduler.address, running


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
