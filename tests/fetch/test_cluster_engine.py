"""An engine whose loads are done elsewhere gives what one here gives, and asks for each redirect in its own time."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TypeVar, cast

import pytest

from archiver.archive.boundary import Boundary
from archiver.config import Config, FetchConfig, NetworkConfig
from archiver.due.page_queue import PageQueue
from archiver.due.plan import Target
from archiver.errors import ArchiverError, HttpStatusError, RedirectError, WorkerLostError
from archiver.fetch import remote
from archiver.fetch.breaker import Breaker
from archiver.fetch.cluster import ClusterBrowser, ClusterEngine, worker_engine
from archiver.fetch.engine import HttpEngine, Renderer
from archiver.fetch.http import HttpClient
from archiver.fetch.pace import Pace, Pacer
from archiver.fetch.remote import Able, Manner, Order, Outcome
from archiver.fetch.retry import RetryPolicy
from archiver.fetch.settings import network_settings
from archiver.gathering.egress import Egress
from archiver.gathering.workers import Transport, Workers
from archiver.models import UrlKind
from archiver.wechat import urls
from archiver.wechat.page import READY
from tests.replica import ArticleSpec, Replica
from tests.world import LONG, Night

INTERVAL = 10.0
T = TypeVar("T")


@dataclass
class InThisThread:
    """A worker that is here. What is asked of it and what it gives goes through pickle, as on a wire."""

    address: str = "here"
    lost: WorkerLostError | None = None
    orders: list[Order] = field(default_factory=list)

    def prepare(self, manner: Manner) -> Able | ArchiverError:
        return _sent(remote.prepare(_sent(manner)))

    def gone(self) -> WorkerLostError | None:
        return self.lost

    def carry_out(self, order: Order) -> Outcome:
        self.orders.append(_sent(order))
        return _sent(remote.carry_out(self.orders[-1]))


def _sent(value: T) -> T:
    return cast(T, pickle.loads(pickle.dumps(value)))


@dataclass
class Asking:
    """What is asked, and when by the clock of the night."""

    replica: Replica
    worker: InThisThread
    night: Night
    pacer: Pacer
    policy: RetryPolicy
    manner: Manner

    def engine(self, kind: type[ClusterEngine] = ClusterEngine) -> ClusterEngine:
        now = network_settings(Config(Path())).now
        return kind(self.worker, self.manner, self.policy, urls.is_wall, now)


@pytest.fixture
def asking(replica: Replica) -> Iterator[Asking]:
    night = Night()
    network = NetworkConfig(proxy=replica.proxy_url, ca_bundle=str(replica.ca_bundle))
    remote.configure(Config(Path(), network=network))
    pacer = Pacer(Pace(INTERVAL), clock=night.timing.monotonic, wait=night.wait)
    policy = RetryPolicy(Breaker(clock=night.timing.monotonic), pacer, chance=lambda: 0.0)
    manner = Manner("http", float(LONG), "", urls.is_page_host, urls.is_script_host)
    yield Asking(replica, InThisThread(), night, pacer, policy, manner)
    remote.close()
    remote.configure(Config(Path()))


def test_it_gives_what_an_engine_here_gives(asking: Asking) -> None:
    url = asking.replica.add_article(ArticleSpec("一", "<p>一</p>"))
    config = Config(
        Path(),
        network=NetworkConfig(proxy=asking.replica.proxy_url, ca_bundle=str(asking.replica.ca_bundle)),
        fetch=FetchConfig(timeout=float(LONG)),
    )
    with HttpEngine(network_settings(config), urls.is_page_host) as here:
        expected = here.capture(url)
    found = asking.engine().capture(url)
    assert replace(found, captured_at=expected.captured_at) == expected


def test_each_redirect_has_its_turn(asking: Asking) -> None:
    """The worker follows none; the pace holds for all."""
    urls_of = [asking.replica.add_article(ArticleSpec(f"{n}", f"<p>{n}</p>")) for n in range(3)]
    for url, target in pairwise(urls_of):
        asking.replica.fault(url, f"redirect:{target}")
    assert asking.pacer.pause()
    found = asking.engine().capture(urls_of[0])
    assert (found.url, found.final_url) == (urls_of[0], urls_of[2])
    assert [order.url for order in asking.worker.orders] == urls_of
    assert [request.url for request in asking.replica.article_requests] == urls_of
    assert asking.night.seconds == 2 * INTERVAL


def test_a_redirect_to_a_wall_says_all(asking: Asking) -> None:
    url = asking.replica.add_article(ArticleSpec("一", "<p>一</p>"))
    wall = "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x"
    asking.replica.fault(url, f"redirect:{wall}")
    found = asking.engine().capture(url)
    assert (found.url, found.final_url, found.body) == (url, wall, b"")
    assert len(asking.worker.orders) == 1


def test_no_redirect_to_plain_http_is_followed(asking: Asking) -> None:
    url = asking.replica.add_article(ArticleSpec("一", "<p>一</p>"))
    asking.replica.fault(url, f"redirect:{url.replace('https:', 'http:')}")
    with pytest.raises(RedirectError, match="from https to http"):
        asking.engine().capture(url)
    assert len(asking.worker.orders) == 1


def test_what_fails_is_tried_again_from_here(asking: Asking) -> None:
    """The worker asks once, and says what came; when and how often is decided here."""
    url = asking.replica.add_article(ArticleSpec("一", "<p>一</p>"))
    asking.replica.fault(url, "status:503", times=1, retry_after=40)
    assert asking.pacer.pause()
    assert asking.engine().capture(url).http_status == 200
    assert (len(asking.worker.orders), asking.pacer.taken, asking.night.seconds) == (2, 2, 40)
    asking.replica.fault(url, "status:404")
    with pytest.raises(HttpStatusError) as caught:
        asking.engine().capture(url)
    assert caught.value.status == 404


def test_a_worker_that_cannot_work_is_lost(asking: Asking) -> None:
    with (
        pytest.raises(WorkerLostError, match="cannot work"),
        worker_engine(
            replace_worker(asking, "/nowhere/chromium"),
            replace(asking.manner, engine="browser"),
            asking.policy,
            urls.is_wall,
            network_settings(Config(Path())).now,
        ),
    ):
        pass


def test_a_page_whose_worker_is_gone_before_its_turn_is_given_to_another(asking: Asking, tmp_path: Path) -> None:
    """It was not asked for, and so does not wait for the next run."""
    pages = [asking.replica.add_article(ArticleSpec(f"{n}", f"<p>{n}</p>")) for n in range(4)]
    gone, here = InThisThread("gone", WorkerLostError("no longer there", "gone")), InThisThread()
    egresses = []
    for name, worker in (("a", gone), ("b", here)):
        pacer = Pacer(Pace(INTERVAL), clock=asking.night.timing.monotonic, wait=asking.night.wait)
        breaker = Breaker(clock=asking.night.timing.monotonic)
        make = partial(
            worker_engine,
            worker,
            asking.manner,
            RetryPolicy(breaker, pacer),
            urls.is_wall,
            network_settings(Config(Path())).now,
        )
        egresses.append(Egress([make], pacer, breaker, name))
    config = Config(tmp_path)
    policy, breaker = RetryPolicy(Breaker()), Breaker()
    with (
        HttpClient(network_settings(config), lambda _: False) as client,
        Workers(config, Transport(egresses, client, policy, breaker), Boundary(tmp_path)) as workers,
    ):
        workers.load(PageQueue(Target(UrlKind.ARTICLE, url, url, "a.md:1") for url in pages))
        results = list(iter(workers.next_result, None))
    assert sorted(order.url for order in here.orders) == sorted(pages)
    assert gone.orders == []
    assert len(results) == 4
    assert [(egress.requests, egress.lost) for egress in workers.egresses] == [(0, [gone.lost]), (4, [])]


def replace_worker(asking: Asking, browser: str) -> InThisThread:
    """The worker, whose browser is elsewhere."""
    config = Config(Path())
    remote.configure(replace(config, browser=replace(config.browser, path=browser)))
    return asking.worker


def test_only_one_with_a_browser_runs_scripts(asking: Asking) -> None:
    assert isinstance(asking.engine(ClusterBrowser), Renderer)
    assert not isinstance(asking.engine(), Renderer)


@pytest.mark.slow
def test_a_browser_elsewhere_renders_and_follows_nothing(asking: Asking) -> None:
    late = asking.replica.add_article(ArticleSpec("晚", "<p>晚到</p>"))
    first = asking.replica.add_article(ArticleSpec("先", "<p>先</p>"))
    asking.replica.fault(first, f"redirect:{late}")
    asking.manner = replace(asking.manner, engine="browser")
    now = network_settings(Config(Path())).now
    with worker_engine(asking.worker, asking.manner, asking.policy, urls.is_wall, now) as engine:
        assert isinstance(engine, ClusterBrowser)
        plain, rendered = engine.capture(first), engine.capture_rendered(first, READY)
    assert (plain.final_url, plain.rendered, plain.engine) == (late, False, "browser")
    assert (rendered.final_url, rendered.rendered) == (late, True)
    assert "晚到" in rendered.body.decode()
    assert [order.url for order in asking.worker.orders] == [first, late, first, late]
