"""The same trouble has the same name and the same words in both engines, and whose fault it is stays clear."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from archiver.config import Config, FetchConfig, NetworkConfig
from archiver.errors import (
    ArchiverError,
    BrowserError,
    FetchError,
    HttpStatusError,
    NetworkError,
    NoHandlesError,
    UnreachableError,
)
from archiver.fetch.engine import HttpEngine
from archiver.fetch.failures import Obstacle, chromium_cause, chromium_failure
from archiver.fetch.settings import network_settings
from archiver.wechat.page import READY
from archiver.wechat.urls import is_page_host
from tests.fetch.support import Captures, both_engines, fresh_browser
from tests.replica import ArticleSpec, Replica
from tests.replica.fronts import Front, garbles, http, keeps_silent, resets, says, socks
from tests.world import LONG

PAGES = "mp.weixin.qq.com"
ENGINES = ("browser", "http")
REFUSAL = b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().endswith("_PROXY") or name.upper().endswith("_CA_BUNDLE"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def web() -> Iterator[Replica]:
    with Replica() as replica:
        yield replica


@pytest.fixture(autouse=True)
def undisturbed(web: Replica) -> None:
    web.clear_faults()


def failure(web: Replica, engine: str, proxy: str, *, timeout: float = LONG, trusting: bool = True) -> FetchError:
    """What capturing a page raises."""
    url = web.add_article(ArticleSpec("出错", "<p>字</p>" * 3000, weight=1))
    network = NetworkConfig(proxy=proxy, ca_bundle=str(web.ca_bundle) if trusting else "")
    settings = network_settings(Config(Path(), network=network, fetch=FetchConfig(timeout=timeout)))
    made = fresh_browser(settings) if engine == "browser" else HttpEngine(settings, is_page_host)
    with made as running, pytest.raises(FetchError) as caught:
        running.capture(url)
    return caught.value


Way = Callable[[ExitStack, Replica], str]  # sets a proxy up; its URL


def front(serve: Callable[..., None], scheme: str = "http", login: str = "") -> Way:
    def start(stack: ExitStack, web: Replica) -> str:
        return f"{scheme}://{stack.enter_context(Front(serve, web.proxy_url, login)).address}"

    return start


UNREACHABLE: dict[str, tuple[Way, Obstacle]] = {
    "no name": (lambda _stack, _web: "", Obstacle.NAME),
    "dead proxy": (lambda _stack, _web: "http://127.0.0.1:9", Obstacle.PROXY_DOWN),
    "dead SOCKS proxy": (lambda _stack, _web: "socks5://127.0.0.1:9", Obstacle.PROXY_DOWN),
    "dead TLS proxy": (lambda _stack, _web: "https://127.0.0.1:9", Obstacle.PROXY_DOWN),
    "a proxy without address": (lambda _stack, _web: "http://no-such-host.invalid:8080", Obstacle.PROXY_DOWN),
    "a SOCKS proxy without address": (lambda _stack, _web: "socks5://no-such-host.invalid:1080", Obstacle.PROXY_DOWN),
    "a proxy that speaks no TLS": (front(says(REFUSAL % b"400 Bad"), "https"), Obstacle.PROXY_DOWN),
    "a proxy with trouble": (front(says(REFUSAL % b"502 Bad")), Obstacle.PROXY_REFUSES),
    "a proxy that forbids": (front(says(REFUSAL % b"403 No")), Obstacle.PROXY_REFUSES),
    "a SOCKS proxy with trouble": (
        front(says(b"\x05\x00\x05\x04\x00\x01" + bytes(6)), "socks5"),
        Obstacle.PROXY_REFUSES,
    ),
    "no SOCKS proxy": (front(says(REFUSAL % b"400 Bad"), "socks5"), Obstacle.PROXY_REFUSES),
    "a SOCKS proxy that wants a login": (front(socks, "socks5", "u:p"), Obstacle.PROXY_REFUSES),
    "a proxy that wants a login": (front(http, "http", "u:p"), Obstacle.PROXY_LOGIN),
    "reset": (front(resets), Obstacle.BROKEN),
    "closed": (front(says(b"")), Obstacle.BROKEN),
    "garbage for TLS": (front(garbles), Obstacle.BROKEN),
    "silence": (front(keeps_silent), Obstacle.TIMEOUT),
    "silence of a SOCKS proxy": (front(keeps_silent, "socks5"), Obstacle.TIMEOUT),
}


@pytest.mark.parametrize(
    ("what", "engine"),
    both_engines(UNREACHABLE, "dead proxy", "a proxy that forbids", "a proxy that wants a login", "reset", "silence"),
)
def test_no_connection(web: Replica, engine: str, what: str) -> None:
    """Nothing was asked: the error says what is wrong with the way and how to mend it, in one sentence."""
    way, cause = UNREACHABLE[what]
    with ExitStack() as stack:
        proxy = way(stack, web)
        error = failure(web, engine, proxy, timeout=2 if cause is Obstacle.TIMEOUT else LONG)
    assert isinstance(error, UnreachableError)
    address = proxy.partition("://")[2]
    through = f" through the proxy {address}" if address else ""
    assert error.sentence == cause.replace("{proxy}", address).replace("{way}", through)
    assert (error.host, str(error)) == (PAGES, error.sentence.replace("{hosts}", PAGES))
    assert (error.tries, error.host_fault, error.retry) == (3, True, True)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_certificate_that_is_not_trusted(web: Replica, engine: str) -> None:
    error = failure(web, engine, web.proxy_url, trusting=False)
    assert isinstance(error, UnreachableError)
    assert error.sentence == Obstacle.CERTIFICATE


@pytest.mark.parametrize("engine", ENGINES)
def test_a_proxy_whose_own_certificate_is_not_trusted(web: Replica, engine: str) -> None:
    with Front(http, web.proxy_url, "", web.tls("localhost")) as running:
        address = f"localhost:{running.address.rpartition(':')[2]}"
        error = failure(web, engine, f"https://{address}", trusting=False)
    assert isinstance(error, UnreachableError)
    assert error.sentence == Obstacle.PROXY_CERTIFICATE.replace("{proxy}", address)


BROKEN = {
    "reset": "the connection broke off",
    "reset-body": "the connection broke off",
    "half": "the connection broke off after",
    "truncated": "the page is cut off after",
    "empty": "the page is cut off after 0 bytes",
    "slow": "no answer within 2 s|did not come whole within",
    "slow-headers": "no answer within 2 s|did not come whole within",
    **{f"cut:{name}": "cut off" for name in ("gzip", "br", "zstd", "deflate")},
    **{f"label:{name}": "cut off|not encoded as it says" for name in ("gzip", "br", "zstd", "deflate")},
}


@pytest.mark.parametrize(("fault", "engine"), both_engines(BROKEN, "half", "slow", "cut:br", "label:gzip"))
def test_no_whole_answer(web: Replica, engine: str, fault: str) -> None:
    """The page was asked for: it may be to blame, and is tried again."""
    web.fault("/s/", fault, seconds=40)
    error = failure(web, engine, web.proxy_url, timeout=2 if "slow" in fault else LONG)
    assert type(error) is NetworkError
    assert pytest.approx(error.tries) == 3
    with pytest.raises(NetworkError, match=BROKEN[fault]):
        raise error


CUT = [f"{how}:{name}" for how in ("cut", "label") for name in ("gzip", "br", "zstd", "deflate")]


@pytest.fixture(scope="module")
def browser(web: Replica) -> Iterator[Captures]:
    network = NetworkConfig(proxy=web.proxy_url, ca_bundle=str(web.ca_bundle))
    settings = network_settings(Config(Path(), network=network, fetch=FetchConfig(timeout=LONG)))
    with fresh_browser(settings) as running:
        yield running


@pytest.mark.parametrize("fault", [*CUT, "truncated", "half", "reset-body"])
def test_no_whole_page_for_its_scripts(web: Replica, browser: Captures, fault: str) -> None:
    """The DOM that Chromium makes of a part ends as one of the whole does."""
    url = web.add_article(ArticleSpec("脚本", "<p>字</p>" * 3000, weight=1))
    assert "字字" in browser.capture_rendered(url, READY).body.decode().replace("</p><p>", "")
    web.fault(url, fault)
    with pytest.raises(NetworkError, match=r"cut off|broke off"):
        browser.capture_rendered(url, READY)


@pytest.mark.parametrize("fault", [*CUT, "reset", "status:503"])
def test_a_script_that_is_missing(web: Replica, browser: Captures, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page without body is one that has none only if its scripts came whole."""
    monkeypatch.setattr("archiver.fetch.browser.READY_SECONDS", 1)
    url = web.add_article(ArticleSpec("缺脚本", "<p>字</p>" * 200, late_body=True, weight=1))
    web.fault("res.wx.qq.com", fault)
    with pytest.raises(NetworkError, match="a script of the page is missing"):
        browser.capture_rendered(url, READY)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_error_page_may_be_as_it_likes(web: Replica, engine: str) -> None:
    web.fault("/s/", "status:404")
    error = failure(web, engine, web.proxy_url)
    assert isinstance(error, HttpStatusError)


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("NAME_NOT_RESOLVED", Obstacle.NAME),
        ("DNS_TIMED_OUT", Obstacle.NAME),
        ("INTERNET_DISCONNECTED", Obstacle.OFFLINE),
        ("ADDRESS_UNREACHABLE", Obstacle.OFFLINE),
        ("NETWORK_CHANGED", Obstacle.OFFLINE),
        ("CONNECTION_REFUSED", Obstacle.REFUSED),
        ("CONNECTION_TIMED_OUT", Obstacle.TIMEOUT),
        ("SSL_PROTOCOL_ERROR", Obstacle.BROKEN),
        ("CERT_DATE_INVALID", Obstacle.CERTIFICATE_DATE),
        ("CERT_COMMON_NAME_INVALID", Obstacle.CERTIFICATE_NAME),
        ("CERT_AUTHORITY_INVALID", Obstacle.CERTIFICATE),
        ("CERT_WEAK_KEY", Obstacle.CERTIFICATE),
        ("SOCKS_CONNECTION_HOST_UNREACHABLE", Obstacle.PROXY_REFUSES),
        ("TUNNEL_CONNECTION_FAILED", Obstacle.PROXY_REFUSES),
        ("PROXY_CERTIFICATE_INVALID", Obstacle.PROXY_CERTIFICATE),
        ("BLOCKED_BY_CLIENT", None),
        ("ABORTED", None),
    ],
)
def test_names_of_chromium(code: str, cause: Obstacle | None) -> None:
    assert chromium_cause(code) is cause
    words = f"Page.goto: net::ERR_{code} at https://{PAGES}/s/x"
    told: type[ArchiverError] = UnreachableError if cause else BrowserError
    assert type(chromium_failure(words, PAGES, None, sent=False)) is told
    told = NetworkError if cause else BrowserError
    after = chromium_failure(words, PAGES, None, sent=True)
    assert type(after) is told
    assert "net::" not in str(after)
    assert "Page.goto" not in str(after)


def test_chromium_without_file_handles() -> None:
    words = "Page.goto: net::ERR_INSUFFICIENT_RESOURCES at https://x/"
    assert isinstance(chromium_failure(words, "x", None, sent=False), NoHandlesError)


def test_every_cause_is_one_sentence_with_a_cure() -> None:
    for cause in Obstacle:
        what, colon, cure = cause.replace("{", "").partition(": ")
        assert what
        assert colon
        assert cure
        assert "{hosts}" in cause or "{proxy}" in cause
