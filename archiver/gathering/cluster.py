"""The page workers of a cluster, by the egress through which they ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from archiver.archive.context import Clock
from archiver.config import Config
from archiver.errors import UsageError
from archiver.fetch.cluster import worker_engine
from archiver.fetch.engine import Engine, EngineFactory
from archiver.fetch.remote import Manner, RemoteWorker
from archiver.fetch.retry import RetryPolicy
from archiver.wechat import urls

MakeEngine = Callable[[RetryPolicy], EngineFactory]


@contextmanager
def cluster_engines(config: Config, clock: Clock) -> Iterator[dict[str, list[MakeEngine]]]:
    """What makes the engine of each worker, by the name of its egress; all that declare none share the one without.

    Raises ConfigError, ClusterError, or UsageError where the extra is not installed.
    """
    try:
        from archiver.fetch.dask import connect
    except ImportError as error:
        raise UsageError(f"a cluster needs the extra cluster, see docs/scale.md ({error})") from error
    fetch = config.fetch
    manner = Manner(fetch.engine, fetch.timeout, config.network.user_agent, urls.is_page_host, urls.is_script_host)
    with connect(config) as workers:
        found: dict[str, list[MakeEngine]] = {}
        for worker in workers:
            found.setdefault(worker.egress, []).append(partial(_factory, worker, manner, clock))
        yield found


def _factory(worker: RemoteWorker, manner: Manner, clock: Clock, policy: RetryPolicy) -> EngineFactory:
    def make() -> AbstractContextManager[Engine]:
        return worker_engine(worker, manner, policy, urls.is_wall, clock.now)

    return make
