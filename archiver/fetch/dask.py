"""Workers of other machines through Dask. The only importer of distributed: to be imported by who needs a cluster.

Dask is for work that may be done twice. Here a page must not be asked for twice, so: each task is pinned to its worker,
its future is let go as soon as its result is here, and a scheduler that would give the task of a dead worker to another
one is refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import Any, TypeVar

from distributed import Client, Future, KilledWorker, Scheduler, Security, Worker, WorkerPlugin

from archiver.config import Config
from archiver.errors import ArchiverError, ClusterError, WorkerLostError
from archiver.fetch import remote
from archiver.fetch.cluster import check_cluster_address
from archiver.fetch.remote import Able, Manner, Order, Outcome

logging.getLogger("distributed").setLevel(logging.NOTSET)  # as the program's own, not as Dask likes it
EGRESS = "egress:"  # a worker's resource of that name and an egress's says through which it asks
_LOOK = 2.0  # seconds between two looks whether a worker is still there
_CONNECT = "30s"
T = TypeVar("T")


class DaskWorker:
    """A worker of the cluster. `egress` is what its resources declare; empty: nothing."""

    def __init__(self, client: Client, address: str, egress: str) -> None:
        self._client = client
        self.address = address
        self.egress = egress

    def prepare(self, manner: Manner) -> Able | ArchiverError:
        return self._run(remote.prepare, manner)

    def carry_out(self, order: Order) -> Outcome:
        return self._run(remote.carry_out, order)

    def gone(self) -> WorkerLostError | None:
        return None if self._is_there() else self._lost()

    def _run(self, task: Callable[[Any], T], argument: Any) -> T:
        """The result of a task there. Raises WorkerLostError, and what the task raises."""
        future = self._client.submit(
            task,
            argument,
            key=f"archiver-{uuid.uuid4().hex}",
            workers=[self.address],
            allow_other_workers=False,
            retries=0,
            pure=False,
        )
        try:
            return self._result(future)
        finally:
            # While it is held, a result that its worker loses is made once more.
            future.release()

    def _result(self, future: Future[T]) -> T:
        while True:
            try:
                return future.result(timeout=_LOOK)
            except (KilledWorker, CancelledError) as error:
                raise self._lost() from error
            except TimeoutError:
                if future.status == "error":  # the task's own
                    raise
                if not self._is_there():
                    future.cancel()
                    raise self._lost() from None

    def _is_there(self) -> bool:
        try:
            return self.address in _identity(self._client)["workers"]
        except (OSError, RuntimeError):  # the scheduler is gone
            return False

    def _lost(self) -> WorkerLostError:
        return WorkerLostError(f"the worker at {self.address} is no longer there", self.address)


@contextlib.contextmanager
def connect(config: Config) -> Iterator[list[DaskWorker]]:
    """The workers of the scheduler in [cluster] scheduler. Raises ConfigError, or ClusterError where they cannot be
    reached or not be used as they are."""
    address = check_cluster_address(config.cluster.scheduler, config)
    try:
        client: Client = _Client(
            address, security=_security(address, config), timeout=_CONNECT, set_as_default=False, name="archiver"
        )
    except (OSError, RuntimeError) as error:  # the latter where one side wants TLS and the other does not
        raise ClusterError(f"no Dask scheduler answers at {address}: {error}") from error
    with contextlib.closing(client):
        try:
            found = _identity(client)
            allowed = client.run_on_scheduler(_allowed_failures)
        except Exception as error:  # whatever a foreign scheduler says
            raise ClusterError(
                f"the scheduler at {address} needs archiver[cluster] as this machine: {error}"
            ) from error
        if allowed != 0:
            raise ClusterError(
                f"the scheduler at {address} lets tasks of a worker that died be done again, which would ask for pages "
                "again: start it with `archiver cluster scheduler`, or DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=0"
            )
        workers = [DaskWorker(client, at, _egress(known)) for at, known in sorted(found["workers"].items())]
        for place in (found["address"], *(worker.address for worker in workers)):
            check_cluster_address(place, config)
        if not workers:
            raise ClusterError(
                f"the scheduler at {address} has no workers: start one with `archiver cluster worker {address}`"
            )
        yield workers


class _Client(Client):
    """A client that closes where it cannot start: left to itself it tries to when the program ends, for a minute."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        try:
            super().__init__(*arguments, **settings)  # type: ignore[no-untyped-call]
        except BaseException:
            with contextlib.suppress(Exception):
                self.close(timeout=_LOOK)  # type: ignore[no-untyped-call]
            raise


def _identity(client: Client) -> Any:
    """What the scheduler says of itself and its workers. `Client.scheduler_info()` takes it from where the client's own
    look for totals puts what has no workers, and so says now and then that there are none (findings/)."""
    if client.scheduler is None:
        raise OSError("the connection is closed")
    return client.sync(client.scheduler.identity, n_workers=-1)


def _egress(known: dict[str, Any]) -> str:
    names = sorted(name for name in known.get("resources", {}) if name.startswith(EGRESS))
    return names[0].removeprefix(EGRESS) if names else ""


def _allowed_failures(dask_scheduler: Scheduler) -> int:
    return int(dask_scheduler.allowed_failures)


def _security(address: str, config: Config) -> Security | None:
    if config.cluster_files is None or not address.startswith("tls://"):
        return None
    authority, certificate, key = map(str, config.cluster_files)
    roles = ("client", "scheduler", "worker")
    files = {f"tls_{role}_{kind}": path for role in roles for kind, path in (("cert", certificate), ("key", key))}
    return Security(require_encryption=True, tls_ca_file=authority, **files)


class _CloseEngine(WorkerPlugin):
    """Ends the browser in the thread that started it."""

    async def teardown(self, worker: Worker) -> None:
        await asyncio.get_running_loop().run_in_executor(worker.executors["default"], remote.close)


def serve_worker(config: Config, egress: str, ready: Callable[[str], None]) -> None:
    """Work for the scheduler in [cluster] scheduler, until it or a signal ends it. `ready(address)` is called once the
    worker is known there. Raises ConfigError or ClusterError."""
    address = check_cluster_address(config.cluster.scheduler, config)
    remote.configure(config)
    with tempfile.TemporaryDirectory(prefix="archiver-worker-") as folder:
        worker = lambda: Worker(  # noqa: E731  # made in the loop
            address,
            nthreads=1,
            executor=ThreadPoolExecutor(1, thread_name_prefix="page"),
            resources={f"{EGRESS}{egress}": 1} if egress else None,
            memory_limit=0,  # or it would write to the disk what does not fit
            local_directory=folder,
            plugins=(_CloseEngine(),),
            **_place(address, config),
        )
        asyncio.run(_serve(worker, address, ready))


def serve_scheduler(config: Config, ready: Callable[[str], None]) -> None:
    """Be the scheduler at [cluster] scheduler, until a signal ends it. Raises ConfigError or ClusterError."""
    address = check_cluster_address(config.cluster.scheduler, config)
    place = _place(address, config)
    port = int(address.rpartition(":")[2])
    scheduler = lambda: Scheduler(port=port, allowed_failures=0, **place)  # noqa: E731
    asyncio.run(_serve(scheduler, address, ready))


def _place(address: str, config: Config) -> dict[str, Any]:
    """Where to listen: what is not encrypted, as its web server in any case, on this machine alone."""
    web: dict[str, Any] = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
    if address.startswith("tls://"):
        return {**web, "security": _security(address, config), "protocol": "tls://"}
    return {**web, "host": "127.0.0.1", "protocol": "tcp://"}


async def _serve(make: Callable[[], Worker | Scheduler], address: str, ready: Callable[[str], None]) -> None:
    try:
        server = await make()
    except (OSError, TimeoutError, RuntimeError) as error:
        raise ClusterError(f"{address}: {error}") from error
    closing: set[asyncio.Task[Any]] = set()

    def close() -> None:
        closing.add(asyncio.ensure_future(server.close()))

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C ends it at once
                asyncio.get_running_loop().add_signal_handler(number, close)
    ready(server.address)
    await server.finished()
    await asyncio.gather(*closing)
