"""An engine whose page loads are done by a worker of another machine. It decides when, how often and where to."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from archiver.config import Config
from archiver.errors import ConfigError, FetchError, RedirectError, WorkerLostError
from archiver.fetch.engine import Engine
from archiver.fetch.hosts import check_secure, check_url
from archiver.fetch.remote import Able, Manner, Order, RemoteWorker, version
from archiver.fetch.retry import RetryPolicy
from archiver.fetch.settings import MAX_REDIRECTS
from archiver.models import Capture

Now = Callable[[], datetime]
IsAnswer = Callable[[str], bool]


class ClusterEngine:
    """Captures pages through one worker, which runs no scripts. `is_answer` and `now` as in NetworkSettings."""

    name = "http"

    def __init__(
        self, worker: RemoteWorker, manner: Manner, retry_policy: RetryPolicy, is_answer: IsAnswer, now: Now
    ) -> None:
        self._worker = worker
        self._manner = manner
        self._retry_policy = retry_policy
        self._is_answer = is_answer
        self._now = now

    def capture(self, url: str) -> Capture:
        """Let `url` be loaded. Raises what an engine here raises, and WorkerLostError."""
        return self._ask(url, "")

    def gone(self) -> WorkerLostError | None:
        """Whether the worker is no longer there; to be asked before a page, which another one may then be given."""
        return self._worker.gone()

    def _ask(self, url: str, ready: str) -> Capture:
        host = check_url(url, self._manner.page_host)
        return self._retry_policy.ask(host, lambda: self._follow(Order(url, self._manner, ready)))

    def _follow(self, order: Order) -> Capture:
        """Each redirect is an order of its own, for which the pace holds."""
        asked = order
        for _ in range(MAX_REDIRECTS + 1):
            outcome = self._worker.carry_out(asked)
            if isinstance(outcome, Capture):
                return replace(outcome, url=order.url, captured_at=self._moment())
            if isinstance(outcome, FetchError):
                raise outcome
            if isinstance(outcome, Exception):
                raise WorkerLostError(f"{self._worker.address} cannot work: {outcome}", self._worker.address)
            if self._is_answer(outcome.url):
                return Capture(order.url, outcome.url, 200, b"", self._moment(), self.name, rendered=bool(order.ready))
            check_secure(asked.url, outcome.url)
            asked = replace(asked, url=outcome.url)
            self._retry_policy.hop()
        raise RedirectError(f"more than {MAX_REDIRECTS} redirects, the last one to {asked.url}")

    def _moment(self) -> datetime:
        return self._now().replace(microsecond=0)


class ClusterBrowser(ClusterEngine):
    """Captures pages through one worker that has a browser."""

    name = "browser"

    def capture_rendered(self, url: str, ready: str) -> Capture:
        """As `capture`, with the page's own scripts; as `Renderer` has it."""
        return self._ask(url, ready)


@contextmanager
def worker_engine(
    worker: RemoteWorker, manner: Manner, retry_policy: RetryPolicy, is_answer: IsAnswer, now: Now
) -> Iterator[Engine]:
    """The engine of a worker, which is asked whether it can work. Raises WorkerLostError for one that cannot."""
    able = worker.prepare(manner)
    if not isinstance(able, Able):
        raise WorkerLostError(f"{worker.address} cannot work: {able}", worker.address)
    if able.version != version():
        raise WorkerLostError(f"{worker.address} has archiver {able.version}, not {version()}", worker.address)
    yield (ClusterBrowser if able.renders else ClusterEngine)(worker, manner, retry_policy, is_answer, now)


def check_cluster_address(address: str, config: Config) -> str:
    """The address of a scheduler or worker, with its protocol. A cluster does whatever is sent to its ports, so beyond
    this machine only TLS with certificates on both sides will do. Raises ConfigError."""
    full = address if "://" in address else f"tcp://{address}"
    try:
        parts = urlsplit(full)
        good = parts.scheme in ("tcp", "tls") and parts.hostname and parts.port
    except ValueError:
        good = None
    if not good:
        raise ConfigError(f'{address!r} is no address of a cluster, such as "tls://host:8786"')
    if parts.scheme == "tls" and config.cluster_files is None:
        raise ConfigError("a cluster with TLS needs [cluster] tls_ca, tls_cert and tls_key: see docs/scale.md")
    if parts.scheme == "tcp" and not _is_loopback(parts.hostname or ""):
        raise ConfigError(
            f"{full} is beyond this machine and without TLS: whoever reaches a port of the cluster can run programs on "
            "its machines. Use tls:// with certificates, see docs/scale.md"
        )
    return full


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
