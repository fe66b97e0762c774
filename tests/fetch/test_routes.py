"""One proxy setting means the same for both engines: who asks whom for what, who looks names up, and what is direct."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.config import Config, FetchConfig, NetworkConfig
from archiver.errors import ConfigError, FetchError, HostRefusedError, UnreachableError
from archiver.fetch.engine import HttpEngine
from archiver.fetch.http import HttpClient
from archiver.fetch.proxy import Proxy, parse_no_proxy, read_routes
from archiver.fetch.settings import network_settings
from archiver.wechat.urls import is_page_host
from tests.fetch.support import both_engines, fresh_browser
from tests.replica import ArticleSpec, Replica
from tests.replica.fronts import Asked, Front, http, socks
from tests.world import LONG

PAGES = "mp.weixin.qq.com"
ENGINES = ("browser", "http")


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().endswith("_PROXY") or name.upper().endswith("_CA_BUNDLE"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def web() -> Iterator[Replica]:
    with Replica() as replica:
        yield replica


def config(web: Replica, proxy: str = "", engine: str = "auto") -> Config:
    network = NetworkConfig(proxy=proxy, ca_bundle=str(web.ca_bundle))
    return Config(Path(), network=network, fetch=FetchConfig(timeout=LONG, engine=engine))  # type: ignore[arg-type]


def outcome(settings: Config, engine: str, *urls: str) -> list[str]:
    """What becomes of each URL: `whole`, or why nothing was asked."""

    def anywhere(_host: str) -> bool:
        return True

    found = network_settings(settings)
    made = fresh_browser(found, anywhere) if engine == "browser" else HttpEngine(found, anywhere)
    outcomes = []
    with made as running:
        for url in urls:
            try:
                outcomes.append("whole" if running.capture(url).body else "empty")
            except FetchError as error:
                outcomes.append(f"{type(error).__name__}: {error}")
    return outcomes


SCHEMES = {
    "http://{}": "http",
    "{}": "http",
    "https://localhost:{port}": "http",
    "socks://{}": "socks5",
    "socks5://{}": "socks5",
    "socks5h://{}": "socks5",
    "http://us%40er:p%3Aa%2Fss@{}": "http",
    "SOCKS5://{}/": "socks5",
}


@pytest.mark.parametrize(
    ("scheme", "engine"),
    both_engines(SCHEMES, "https://localhost:{port}", "socks5h://{}", "http://us%40er:p%3Aa%2Fss@{}"),
)
def test_schemes(web: Replica, scheme: str, engine: str) -> None:
    """All of them leave names to the proxy: here is nobody else who knows any."""
    url = web.add_article(ArticleSpec("代理", "<p>x</p>", weight=1))
    how = SCHEMES[scheme]
    login = "us@er:p:a/ss" if "@" in scheme else ""
    tls = web.tls("localhost") if scheme.startswith("https") else None
    with Front(http if how == "http" else socks, web.proxy_url, login, tls) as front:
        proxy = scheme.format(front.address, port=front.address.rpartition(":")[2])
        assert outcome(config(web, proxy), engine, url) == ["whole"]
        assert set(front.asked) == {Asked(how, PAGES, 443, login)}


@pytest.mark.parametrize("engine", ENGINES)
def test_socks4_looks_names_up_here(web: Replica, engine: str) -> None:
    with Front(socks, web.proxy_url) as front:
        (said,) = outcome(config(web, f"socks4://{front.address}"), engine, f"https://{PAGES}/s/x")
        assert said.startswith(f"UnreachableError: no address is found for {PAGES}: ")
        assert front.asked == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("scheme", ["socks4://", ""])
def test_a_name_that_leads_into_the_private_network(web: Replica, engine: str, scheme: str) -> None:
    with Front(socks, web.proxy_url) as front:
        (said,) = outcome(config(web, scheme and scheme + front.address), engine, "https://localhost/s/x")
        assert said.startswith(f"{HostRefusedError.__name__}: localhost leads to ")
        assert front.connections == 0


def test_socks_with_a_login(web: Replica) -> None:
    url = web.add_article(ArticleSpec("口令", "<p>x</p>", weight=1))
    with Front(socks, web.proxy_url, "u:p w") as front:
        proxy = f"socks5://u:p%20w@{front.address}"
        with pytest.raises(ConfigError, match=rf"Chromium cannot log in to a SOCKS proxy \({front.address}\).*engine"):
            network_settings(config(web, proxy))
        assert outcome(config(web, proxy, "http"), "http", url) == ["whole"]
        assert front.asked == [Asked("socks5", PAGES, 443, "u:p w")]


# Of the hosts here only a proxy knows: those that are reached directly have no address.
NO_PROXY = (
    "exact.test, .dot.test *.star.test,port.test:443 other.test:8443 mid-*.glob.test\thttps://scheme.test/ <local>"
)
DIRECT = {
    "exact.test": True,
    "below.exact.test": True,
    "inexact.test": False,
    "EXACT.test": True,
    "dot.test": True,
    "a.b.dot.test": True,
    "star.test": True,
    "a.star.test": True,
    "port.test": True,
    "a.port.test": True,
    "other.test": False,
    "mid-x.glob.test": True,
    "glob.test": False,
    "scheme.test": True,
    "intranet": True,
    "elsewhere.test": False,
}


@pytest.mark.parametrize(("scheme", "engine"), both_engines(["http", "socks5"], "http"))
def test_no_proxy(web: Replica, engine: str, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Front(http if scheme == "http" else socks, web.proxy_url) as front:
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://{front.address}")
        monkeypatch.setenv("NO_PROXY", NO_PROXY)
        said = outcome(config(web), engine, *(f"https://{host}/s/x" for host in DIRECT))
        direct = {host: "no address is found" in words for host, words in zip(DIRECT, said, strict=True)}
        assert direct == DIRECT
        asked = {asked.host for asked in front.asked}
        assert asked == {host for host, is_direct in DIRECT.items() if not is_direct}


@pytest.mark.parametrize(("value", "engine"), both_engines(["*", "qq.com,*", "*:443"], "*"))
def test_no_proxy_at_all(web: Replica, engine: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", value)
    (said,) = outcome(config(web), engine, f"https://{PAGES}/s/x")
    assert "no address is found" in said


@pytest.mark.parametrize(
    ("name", "engine"), both_engines(["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"], "ALL_PROXY")
)
def test_environment(web: Replica, engine: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    proxied = name != "HTTP_PROXY"
    monkeypatch.setenv(name, "127.0.0.1:9")
    (said,) = outcome(config(web), engine, f"https://{PAGES}/s/x")
    assert ("the proxy 127.0.0.1:9 cannot be reached" in said) is proxied
    assert ("no address is found" in said) is not proxied


def test_the_configuration_beats_the_environment(web: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "qq.com")
    url = web.add_article(ArticleSpec("环境", "<p>x</p>", weight=1))
    for engine in ENGINES:
        assert outcome(config(web, web.proxy_url), engine, url) == ["whole"]


def test_http_and_https_each_have_their_own_in_the_environment(web: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", web.proxy_url)
    url = web.add_article(ArticleSpec("各走各路", "<p>x</p>", weight=1))
    with HttpClient(network_settings(config(web)), is_page_host) as client:
        assert client.get(url, max_bytes=10**7).status == 200
        with pytest.raises(UnreachableError, match="the proxy"):
            client.get(url.replace("https", "http"), max_bytes=10**7)


@pytest.mark.parametrize(
    "proxy",
    ["http://127.0.0.1:99999", "http://[::1", "http://", "http://host:x", "ftp://x:1", "direct://", "http://h:0"],
)
def test_a_proxy_that_cannot_be_meant_is_named(proxy: str, web: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match=r"network\.proxy must be a URL"):
        read_routes(config(web, proxy))
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ConfigError, match="HTTPS_PROXY must be a URL"):
        read_routes(config(web))


def test_what_only_one_engine_can_is_refused(web: Replica) -> None:
    with pytest.raises(ConfigError, match="SOCKS 4"):
        read_routes(config(web, "socks4a://127.0.0.1:9"))


def test_an_error_keeps_the_password(web: Replica) -> None:
    with pytest.raises(ConfigError) as caught:
        read_routes(config(web, "http://me:secret@host:x"))
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(Proxy("http", "host", 1, "me", "secret"))


def test_what_no_proxy_cannot_mean_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert len(list(parse_no_proxy("10.0.0.0/8, ::1, [fe80::]:443, qq.com, bad/host, a|b, <-loopback>, ."))) == 4
    assert caplog.text.count("passed over") == 4


@pytest.mark.parametrize(
    ("url", "direct"),
    [
        ("http://10.1.2.3:8000/", True),
        ("http://11.1.2.3/", False),
        ("https://[::1]/", True),
        ("http://10.1.2.3.qq.com/", False),
    ],
)
def test_networks(url: str, direct: bool, web: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only an address that the user gave, such as a health check's, can be a number."""
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "10.0.0.0/8,::1")
    assert (read_routes(config(web)).to(url) is None) is direct
