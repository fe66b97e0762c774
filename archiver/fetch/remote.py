"""What a worker of another machine does: it asks for one page, once, and gives back what came.

It never sleeps, tries again, follows a redirect or writes: all that is decided where the order comes from. Orders hold
a URL and how to ask; the way to the network (proxy, certificates, browser) is the worker's own.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol

from archiver.config import Config
from archiver.distribution import DISTRIBUTION
from archiver.errors import ArchiverError, WorkerLostError
from archiver.fetch.engine import Engine, Renderer, engine_factory
from archiver.fetch.hosts import HostRule
from archiver.fetch.settings import network_settings
from archiver.models import Capture


@dataclass(frozen=True, slots=True)
class Manner:
    """How to ask, as in [fetch] and [network] where the order comes from. `timeout` in seconds; the rules, functions of
    a module, say where pages and their scripts may come from."""

    engine: Literal["auto", "browser", "http"]
    timeout: float
    user_agent: str
    page_host: HostRule
    script_host: HostRule


@dataclass(frozen=True, slots=True)
class Order:
    """A page to ask for; `ready` as in `Renderer.capture_rendered`, empty: its scripts do not run."""

    url: str
    manner: Manner
    ready: str = ""


@dataclass(frozen=True, slots=True)
class Redirected:
    """What came is a redirect."""

    url: str


@dataclass(frozen=True, slots=True)
class Able:
    """A worker that is ready: its version of archiver, and whether pages' own scripts can run there."""

    version: str
    renders: bool


# Errors come as values: what is raised in a task is an error of the cluster, and is logged there with its arguments.
Outcome = Capture | Redirected | ArchiverError


class RemoteWorker(Protocol):
    """A worker of another machine, seen from where the orders come from."""

    address: str

    def prepare(self, manner: Manner) -> Able | ArchiverError:
        """What `prepare` says there. Raises WorkerLostError."""

    def carry_out(self, order: Order) -> Outcome:
        """What `carry_out` says there. Raises WorkerLostError."""

    def gone(self) -> WorkerLostError | None:
        """Why it can do nothing any more, where it is no longer there."""


@dataclass(slots=True)
class _Station(threading.local):
    """The engine of a thread: Playwright's can only be used in the thread that made it."""

    manner: Manner | None = None
    engine: Engine | None = None
    redirect: str = ""
    close: Callable[[], None] = field(default=lambda: None)


_station = _Station()
_own = Config(Path())  # where this worker has none: the environment's proxy, any browser


def configure(config: Config) -> None:
    """Let this process reach the network as `config` says."""
    global _own  # a task is a function of a module, and knows nothing else
    _own = config


def prepare(manner: Manner) -> Able | ArchiverError:
    """Start the engine."""
    try:
        renders = isinstance(_engine(manner), Renderer)
    except ArchiverError as error:
        return error
    return Able(version(), renders)


def version() -> str:
    """That of archiver, as both sides of a cluster have to have it."""
    from importlib import metadata

    return metadata.version(DISTRIBUTION)


def carry_out(order: Order) -> Outcome:
    """Ask for a page once."""
    try:
        engine = _engine(order.manner)
        _station.redirect = ""
        if order.ready and isinstance(engine, Renderer):
            capture = engine.capture_rendered(order.url, order.ready)
        else:
            capture = engine.capture(order.url)
    except ArchiverError as error:
        return error
    return Redirected(_station.redirect) if _station.redirect else capture


def close() -> None:
    """End the engine of this thread."""
    _station.close()
    _station.manner, _station.engine, _station.close = None, None, lambda: None


def _engine(manner: Manner) -> Engine:
    if _station.engine is None or _station.manner != manner:
        close()
        fetch = replace(_own.fetch, engine=manner.engine, timeout=manner.timeout)
        network = replace(_own.network, user_agent=manner.user_agent)
        config = replace(_own, fetch=fetch, network=network)
        settings = replace(network_settings(config), is_answer=_note_redirect)
        with contextlib.ExitStack() as stack:
            make = engine_factory(config, settings, manner.page_host, manner.script_host)
            _station.engine, _station.manner = stack.enter_context(make()), manner
            _station.close = stack.pop_all().close
    return _station.engine


def _note_redirect(url: str) -> bool:
    """An engine does not follow what is an answer."""
    _station.redirect = url
    return bool(url)
