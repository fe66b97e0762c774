"""Both engines give the same capture: the bytes that the server sent."""

from __future__ import annotations

import gzip
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from archiver.config import BrowserConfig, Config, FetchConfig, NetworkConfig
from archiver.due.plan import Target
from archiver.errors import (
    BrowserMissingError,
    FetchError,
    HostRefusedError,
    HttpStatusError,
    NetworkError,
    TooLargeError,
    UnreachableError,
)
from archiver.fetch.browser import PAGES_PER_CONTEXT, BrowserEngine
from archiver.fetch.chromium import Chromium
from archiver.fetch.engine import Engine, HttpEngine, engine_factory
from archiver.fetch.find_browser import find_browser
from archiver.fetch.http import HttpClient
from archiver.fetch.pace import Pace, Pacer
from archiver.fetch.settings import network_settings, read_bundle, spki_hashes
from archiver.gathering.load import load_page
from archiver.models import Article, UrlKind
from archiver.wechat.page import READY
from archiver.wechat.urls import is_page_host, is_script_host
from tests.conditions import until
from tests.fetch.support import fresh_browser
from tests.replica import ArticleSpec, ImageSpec, Replica
from tests.replica.pages import article_page
from tests.world import LONG

PAGES = Path(__file__).parents[3] / "shared" / "pages"
# Fragments are parts of pages, which nobody takes for whole.
NAMES = sorted(path.name for path in PAGES.glob("*.html.gz") if not path.name.startswith("fragment"))


def config(replica: Replica, **fetch: object) -> Config:
    network = NetworkConfig(proxy=replica.proxy_url, ca_bundle=str(replica.ca_bundle))
    return Config(Path(), network=network, fetch=FetchConfig(**{"timeout": float(LONG), **fetch}))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def shared_replica() -> Iterator[Replica]:
    with Replica() as replica:
        yield replica


@pytest.fixture(scope="module")
def browser(shared_replica: Replica) -> Iterator[BrowserEngine]:
    settings = network_settings(config(shared_replica))
    with BrowserEngine(Chromium(find_browser()), settings, is_page_host, is_script_host) as engine:
        yield engine


@pytest.fixture(scope="module")
def http(shared_replica: Replica) -> Iterator[HttpEngine]:
    with HttpEngine(network_settings(config(shared_replica)), is_page_host) as engine:
        yield engine


@pytest.fixture(params=["browser", "http"])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found


@pytest.fixture(autouse=True)
def undisturbed(shared_replica: Replica) -> None:
    shared_replica.clear_faults()
    shared_replica.clear_requests()


@pytest.mark.skipif(not NAMES, reason="the folder of real pages is not here")
def test_real_pages_are_captured_byte_for_byte(shared_replica: Replica, engine: Engine) -> None:
    for name in NAMES:
        url = shared_replica.serve_file(PAGES / name)
        capture = engine.capture(url)
        assert capture.body == gzip.decompress((PAGES / name).read_bytes()), name
        assert (capture.final_url, capture.http_status, capture.rendered) == (url, 200, False)
        assert capture.engine == engine.name


def test_nothing_but_the_page_is_asked_for(shared_replica: Replica, browser: BrowserEngine) -> None:
    image = ImageSpec.named("not asked for")
    url = shared_replica.add_article(
        ArticleSpec("只要正文", f'<p>字</p><img src="{image.url}">{image.tag}', images=(image,))
    )
    browser.capture(url)
    assert [request.url for request in shared_replica.requests] == [url]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("status:404", HttpStatusError),
        ("status:503", HttpStatusError),
        ("reset", FetchError),
        ("reset-body", FetchError),
        ("half", FetchError),
    ],
)
def test_failures_are_our_own(shared_replica: Replica, engine: Engine, fault: str, error: type[FetchError]) -> None:
    url = shared_replica.add_article(ArticleSpec("坏", "<p>坏</p>" * 5000))
    shared_replica.fault(url, fault)
    with pytest.raises(error):
        engine.capture(url)
    shared_replica.clear_faults()
    assert "坏" in engine.capture(url).body.decode()


def test_a_slow_page_is_given_up(shared_replica: Replica) -> None:
    url = shared_replica.add_article(ArticleSpec("慢", "<p>慢</p>"))
    shared_replica.fault(url, "held")
    settings = network_settings(config(shared_replica, timeout=2.0))
    with fresh_browser(settings) as engine:
        with pytest.raises(NetworkError, match="no answer within 2 s"):
            engine.capture(url)
        shared_replica.clear_faults()
        until(lambda: captured(engine, url))  # which may be too slow itself, on a busy machine


def captured(engine: Engine, url: str) -> bool:
    try:
        return engine.capture(url).http_status == 200
    except FetchError:
        return False


def test_other_hosts_are_not_asked(shared_replica: Replica, engine: Engine) -> None:
    for url in (
        "https://example.org/",
        "file:///etc/passwd",
        "https://mp.weixin.qq.com.evil.example/s/x",
        "about:blank",
    ):
        with pytest.raises(HostRefusedError):
            engine.capture(url)
    assert shared_replica.requests == []


def test_contexts_are_renewed(shared_replica: Replica, browser: BrowserEngine) -> None:
    url = shared_replica.add_article(ArticleSpec("多", "<p>多</p>", weight=1))
    for _ in range(PAGES_PER_CONTEXT + 2):
        assert browser.capture(url).http_status == 200


def test_a_body_that_comes_by_script_is_found_by_a_second_load(
    shared_replica: Replica, browser: BrowserEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archiver.fetch.browser.READY_SECONDS", LONG)
    url = shared_replica.add_article(ArticleSpec("迟到的正文", "<p>脚本放进来的。</p>", late_body=True))
    target = Target(UrlKind.ARTICLE, url, url, "a.md:1")
    result = load_page(browser, Pacer(Pace(0)), target)
    assert isinstance(result.page, Article)
    assert "脚本放进来的" in result.page.body
    assert result.capture is not None
    assert result.capture.rendered
    assert len(shared_replica.article_requests) == 2
    assert {request.host for request in shared_replica.requests} <= {"mp.weixin.qq.com", "res.wx.qq.com"}


def test_half_a_surrogate_pair_in_a_body_that_comes_by_script(
    shared_replica: Replica, browser: BrowserEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scripts make them by cutting a text in two."""
    monkeypatch.setattr("archiver.fetch.browser.READY_SECONDS", LONG)
    spec = ArticleSpec("半个", "<p>x</p>", late_body=True).with_ids()
    script = "document.getElementById('js_content').innerHTML = '<p title=\\'\\ud83d\\'>半\\ud83d个\\ud83d\\ude00</p>'"
    page = article_page(spec, "https://mp.weixin.qq.com/s/HHHHHHHHHHHHHHHHHHHHHH").decode()
    late = f"<script>addEventListener('DOMContentLoaded', () => {{ {script} }})</script></body>"
    url = shared_replica.add_page("/s/HHHHHHHHHHHHHHHHHHHHHH", page.replace("</body>", late).encode())
    result = load_page(browser, Pacer(Pace(0)), Target(UrlKind.ARTICLE, url, url, "a.md:1"))
    assert isinstance(result.page, Article)
    assert "半\ufffd个😀" in result.page.body
    assert result.page.body.encode()


def test_rendered_capture_of_a_page_that_never_is_ready_ends(
    shared_replica: Replica, browser: BrowserEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archiver.fetch.browser.READY_SECONDS", 1)
    url = shared_replica.add_page("/s/0000000000000000000000", b"<title>x</title><p>nothing</html>")
    assert b"nothing" in browser.capture_rendered(url, READY).body


def test_a_late_body_under_a_policy_that_forbids_eval(shared_replica: Replica, browser: BrowserEngine) -> None:
    policy = "<meta http-equiv='Content-Security-Policy' content=\"script-src 'unsafe-inline'\">"
    late = "<script>setTimeout(() => { document.querySelector('#js_content').textContent = 'late' }, 300)</script>"
    page = f"<!DOCTYPE html><title>x</title>{policy}<div id='js_content'></div>{late}</html>"
    url = shared_replica.add_page("/s/0000000000000000000002", page.encode())
    assert b">late<" in browser.capture_rendered(url, READY).body


def test_a_script_that_was_turned_away_here_is_not_missing(
    shared_replica: Replica, browser: BrowserEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as the counters of others that a page loads: what it lacks of them, no further try would bring."""
    monkeypatch.setattr("archiver.fetch.browser.READY_SECONDS", 1)
    counter = b'<title>x</title><script src="https://counter.example.com/c.js"></script><p>nothing</html>'
    url = shared_replica.add_page("/s/0000000000000000000001", counter)
    assert b"nothing" in browser.capture_rendered(url, READY).body


def test_without_the_ca_bundle_the_replica_is_refused(shared_replica: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    url = shared_replica.add_article(ArticleSpec("信任", "<p>x</p>"))
    settings = network_settings(Config(Path(), network=NetworkConfig(proxy=shared_replica.proxy_url)))
    words = r"the certificate of mp\.weixin\.qq\.com is not trusted: .* \[network\] ca_bundle"
    with fresh_browser(settings) as engine, pytest.raises(UnreachableError, match=words):
        engine.capture(url)
    with HttpEngine(settings, is_page_host) as plain, pytest.raises(UnreachableError, match=words):
        plain.capture(url)


def test_caps_and_redirects(shared_replica: Replica) -> None:
    url = shared_replica.add_article(ArticleSpec("大", "<p>大</p>" * 20_000))
    with HttpClient(network_settings(config(shared_replica)), is_page_host) as client:
        with pytest.raises(TooLargeError):
            client.get(url, referer="", max_bytes=10_000)
        assert client.get(url, referer="", max_bytes=10**7).body


def test_clients_may_be_shared_by_threads(shared_replica: Replica) -> None:
    url = shared_replica.add_article(ArticleSpec("线程", "<p>x</p>"))
    statuses: list[int] = []
    with HttpClient(network_settings(config(shared_replica)), is_page_host) as client:
        threads = [
            threading.Thread(target=lambda: statuses.append(client.get(url, referer="", max_bytes=10**7).status))
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert statuses == [200] * 6


def kind_of_engine(settings: Config) -> str:
    """Which engine a worker with these settings gets."""

    def start() -> str:
        with engine_factory(settings, network_settings(settings), is_page_host, is_script_host)() as engine:
            return engine.name

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(start).result()


def test_auto_takes_http_where_no_browser_starts(
    shared_replica: Replica, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "chromium-headless-shell"
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    assert kind_of_engine(config(shared_replica)) == "browser"
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert kind_of_engine(config(shared_replica)) == "http"
    with pytest.raises(BrowserMissingError, match="does not start"):
        kind_of_engine(config(shared_replica, engine="browser"))
    fake.unlink()
    assert kind_of_engine(config(shared_replica)) == "http"
    with pytest.raises(BrowserMissingError, match="archiver browser install"):
        kind_of_engine(config(shared_replica, engine="browser"))


def test_a_sandbox_that_cannot_start_is_not_simply_left_out(
    shared_replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.name == "nt" or os.geteuid() != 0:
        pytest.skip("only root's Chromium is sure to refuse its sandbox")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(BrowserMissingError, match=r"sandbox = false"):
        kind_of_engine(config(shared_replica, engine="browser"))
    assert kind_of_engine(config(shared_replica)) == "http"
    without = replace(config(shared_replica, engine="browser"), browser=BrowserConfig(sandbox=False))
    assert kind_of_engine(without) == "browser"


def test_a_configured_browser_that_is_missing_is_named(shared_replica: Replica) -> None:
    wrong = Config(Path(), browser=BrowserConfig(path="/nowhere/chrome"))
    with pytest.raises(BrowserMissingError, match="/nowhere/chrome"):
        kind_of_engine(wrong)


def test_a_ca_bundle_may_be_a_folder(shared_replica: Replica, tmp_path: Path) -> None:
    (tmp_path / "own.pem").write_bytes(shared_replica.ca_bundle.read_bytes())
    assert spki_hashes(read_bundle(tmp_path)) == spki_hashes(read_bundle(shared_replica.ca_bundle))
