"""Workers as the configuration wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from archiver.archive.boundary import Boundary
from archiver.archive.context import SYSTEM_CLOCK, Clock
from archiver.config import Config
from archiver.due.budget import Budget
from archiver.due.mirrors import Mirrors
from archiver.fetch.breaker import Breaker
from archiver.fetch.engine import EngineFactory, engine_factory
from archiver.fetch.http import HttpClient
from archiver.fetch.pace import Pace, Pacer, Unpaced
from archiver.fetch.retry import RetryPolicy
from archiver.fetch.settings import NetworkSettings, network_settings
from archiver.gathering.egress import Egress
from archiver.gathering.hosts import file_hosts
from archiver.gathering.workers import Transport, Workers
from archiver.store.cookies import load_cookies
from archiver.wechat import urls

BudgetOf = Callable[[str], Budget]  # of an egress


def unlimited(_egress: str) -> Budget:
    """For who has no archive that could have learnt."""
    return Budget()


@contextmanager
def start_workers(
    config: Config, budget_of: BudgetOf = unlimited, clock: Clock = SYSTEM_CLOCK, boundary: Boundary | None = None
) -> Iterator[Workers]:
    """Workers as the configuration wants them, with at most as many article requests through each egress as its budget
    has.

    `clock` dates what they capture. Raises ConfigError, BrowserMissingError or ClusterError.
    """
    settings = network_settings(config)
    breaker = Breaker(clock=clock.monotonic)
    for_files = RetryPolicy(breaker, Unpaced(clock.wait))
    allowed = file_hosts(Mirrors(config.images.mirror_hosts))
    with ExitStack() as stack:
        egresses = stack.enter_context(_egresses(config, settings, budget_of, clock))
        client = stack.enter_context(HttpClient(settings, allowed, for_files))
        transport = Transport(egresses, client, for_files, breaker)
        boundary = boundary or Boundary(config.archive_root, clock.now)
        yield stack.enter_context(Workers(config, transport, boundary))


@contextmanager
def _egresses(
    config: Config, settings: NetworkSettings, budget_of: BudgetOf, clock: Clock
) -> Iterator[tuple[Egress, ...]]:
    """This machine, or where the configuration names a cluster, the egresses of its workers."""
    if not config.cluster.scheduler:
        # They are for pages alone: the hosts of images, mirrors among them, need not know them.
        cookies = load_cookies(config.archive_root)
        for_engine = replace(settings, cookies=cookies, is_answer=urls.is_wall, now=clock.now)

        def local(policy: RetryPolicy) -> EngineFactory:
            return engine_factory(config, for_engine, urls.is_page_host, urls.is_script_host, policy)

        yield (_egress(config, "", [local] * config.fetch.jobs, budget_of, clock),)
        return
    from archiver.gathering.cluster import cluster_engines  # with Dask

    with cluster_engines(config, clock) as found:
        yield tuple(_egress(config, name, engines, budget_of, clock) for name, engines in found.items())


def _egress(
    config: Config,
    name: str,
    engines: Sequence[Callable[[RetryPolicy], EngineFactory]],
    budget_of: BudgetOf,
    clock: Clock,
) -> Egress:
    """One pace, and one knowledge of hosts, for all `engines`, which are given how to try again."""
    fetch = config.fetch
    pace = Pace(fetch.interval, fetch.jitter, budget_of(name).requests, fetch.max_minutes * 60)
    pacer = Pacer(pace, clock=clock.monotonic, wait=clock.wait)
    breaker = Breaker(lambda host: pacer.stop() if urls.is_page_host(host) else None, clock.monotonic)
    policy = RetryPolicy(breaker, pacer)  # a further try is a request like any other: it waits and counts
    return Egress([make(policy) for make in engines], pacer, breaker, name)
