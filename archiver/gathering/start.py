"""Workers as the configuration wants them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from archiver.archive.boundary import Boundary
from archiver.archive.context import SYSTEM_CLOCK, Clock
from archiver.config import Config
from archiver.due.budget import Budget
from archiver.due.mirrors import Mirrors
from archiver.fetch.breaker import Breaker
from archiver.fetch.engine import engine_factory
from archiver.fetch.http import HttpClient
from archiver.fetch.pace import Pace, Pacer, Unpaced
from archiver.fetch.retry import RetryPolicy
from archiver.fetch.settings import network_settings
from archiver.gathering.hosts import file_hosts
from archiver.gathering.workers import Transport, Workers
from archiver.store.cookies import load_cookies
from archiver.wechat import urls

UNLIMITED = Budget()


@contextmanager
def start_workers(
    config: Config, budget: Budget = UNLIMITED, clock: Clock = SYSTEM_CLOCK, boundary: Boundary | None = None
) -> Iterator[Workers]:
    """Workers as the configuration wants them, with at most the budget's article requests.

    `clock` dates what they capture. Raises ConfigError or BrowserMissingError.
    """
    fetch = config.fetch
    settings = network_settings(config)
    # They are for pages alone: the hosts of images, mirrors among them, need not know them.
    cookies = load_cookies(config.archive_root)
    for_engine = replace(settings, cookies=cookies, is_answer=urls.is_wall, now=clock.now)
    pace = Pace(fetch.interval, fetch.jitter, budget.requests, fetch.max_minutes * 60)
    pacer = Pacer(pace, clock=clock.monotonic, wait=clock.wait)
    breaker = Breaker(lambda host: pacer.stop() if urls.is_page_host(host) else None, clock.monotonic)
    for_pages = RetryPolicy(breaker, pacer)  # a further try is a request like any other: it waits and counts
    for_images = RetryPolicy(breaker, Unpaced(clock.wait))
    make_engine = engine_factory(config, for_engine, urls.is_page_host, urls.is_script_host, for_pages)
    allowed = file_hosts(Mirrors(config.images.mirror_hosts))
    with (
        HttpClient(settings, allowed, for_images) as client,
        Workers(
            config,
            Transport(make_engine, client, pacer, for_images, breaker),
            boundary or Boundary(config.archive_root, clock.now),
        ) as workers,
    ):
        yield workers
