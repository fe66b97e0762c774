"""Servers and proxies that send a byte now and then, each in time, and never come to an end.

The seconds between two bytes pass on a clock of the test's own.
"""

from __future__ import annotations

import contextlib
import functools
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from archiver.errors import NetworkError, UnreachableError
from archiver.fetch.browser import BrowserEngine
from archiver.fetch.chromium import Chromium
from archiver.fetch.find_browser import find_browser
from archiver.fetch.http import SLOWEST_RATE, HttpClient
from archiver.fetch.proxy import Routes, parse_proxy
from archiver.fetch.settings import NetworkSettings
from archiver.wechat.urls import is_page_host, is_script_host
from tests.clocks import DripTime
from tests.replica.proxy import Drip

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"
PIECES = 150
TIMEOUT = 10.0  # seconds between two bytes; really, these tests never wait so long
LONGEST = 40  # seconds for all of them


class Dripping:
    """A server on a loopback port whose every answer is `start`, then `piece` after `piece`, each `every` seconds by
    `drip`, then `end`.

    `greets`: it says this without having been asked. `connections` is how many it was asked for.
    """

    def __init__(self, drip: Drip, start: bytes, piece: bytes, end: bytes, every: float, greets: bool) -> None:
        self._start, self._piece, self._end, self._greets = start, piece, end, greets
        self._drip, self._every = drip, every
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()
        self.connections = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.address}/"

    def close(self) -> None:
        self._closing.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            with contextlib.suppress(OSError):
                connection, _ = self._socket.accept()
                self.connections += 1
                self._threads.append(threading.Thread(target=self._talk, args=(connection,)))
                self._threads[-1].start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while self._greets or self._was_asked(connection):
                connection.sendall(self._start)
                for _ in range(PIECES if self._piece else 0):
                    connection.sendall(self._piece)
                    if self._drip(self._every, lambda: self._over(connection)):
                        return
                connection.sendall(self._end)

    def _over(self, connection: socket.socket) -> bool:
        heard = bool(select.select([connection], [], [], 0)[0])
        return self._closing.is_set() or (heard and not connection.recv(1, socket.MSG_PEEK))

    def _was_asked(self, connection: socket.socket) -> bool:
        """Whether a whole request came, rather than the end of the connection or of the test."""
        request = b""
        connection.settimeout(0.1)
        while not self._closing.is_set() and not request.endswith(b"\r\n\r\n"):
            with contextlib.suppress(TimeoutError):
                part = connection.recv(65536)
                if not part:
                    return False
                request += part
        return not self._closing.is_set()


Serve = Callable[..., AbstractContextManager[Dripping]]


@pytest.fixture
def dripping(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """`with dripping(start, piece, end, every=…) as server`: the clients of this test live by its clock."""
    clock = DripTime()
    monkeypatch.setattr("archiver.fetch.deadline.time", clock)
    return functools.partial(serve, clock.drip)


@contextmanager
def serve(
    drip: Drip, start: bytes, piece: bytes, end: bytes = b"", *, every: float = 1, greets: bool = False
) -> Iterator[Dripping]:
    server = Dripping(drip, start, piece, end, every, greets)
    try:
        yield server
    finally:
        server.close()


def settings(timeout: float = TIMEOUT, proxy: str = "") -> NetworkSettings:
    proxies = {scheme: parse_proxy(proxy, "test") for scheme in ("http", "https")} if proxy else {}
    return NetworkSettings(timeout, Routes(proxies))


def get(url: str, timeout: float = TIMEOUT, proxy: str = "") -> bytes:
    with HttpClient(settings(timeout, proxy), lambda _host: True, anywhere=True) as client:
        return client.get(url, max_bytes=10**8).body


DRIPS = {
    "status line": (b"HTTP/1.1 200 ", b"O", WHOLE.removeprefix(b"HTTP/1.1 200")),
    "header": (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x", b"\r\nContent-Length: 0\r\n\r\n"),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", WHOLE),
    "early hints": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", WHOLE),
    "body": (f"HTTP/1.1 200 OK\r\nContent-Length: {PIECES}\r\n\r\n".encode(), b"x", b""),
    "body in chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", b"0\r\n\r\n"),
    "body up to the end of the connection": (b"HTTP/1.0 200 OK\r\n\r\n", b"x", b""),
}


@pytest.mark.parametrize("proxied", [False, True])
@pytest.mark.parametrize("what", DRIPS)
def test_an_answer_that_drips_is_given_up(dripping: Serve, what: str, proxied: bool) -> None:
    with dripping(*DRIPS[what]) as server:
        url, proxy = ("http://mmbiz.qpic.cn/x", f"http://{server.address}") if proxied else (server.url, "")
        with pytest.raises(NetworkError, match=f"did not come whole within {LONGEST} s") as caught:
            get(url, proxy=proxy)
    assert caught.value.tries == 3


@pytest.mark.parametrize("enough", [True, False])
def test_a_large_body_is_waited_for_while_it_comes_steadily(dripping: Serve, enough: bool) -> None:
    """Longer than any page may take; but at a certain rate at least."""
    rate = SLOWEST_RATE * (1.1 if enough else 0.6)
    piece = bytes(int(rate))
    start = f"HTTP/1.1 200 OK\r\nContent-Length: {PIECES * len(piece)}\r\n\r\n".encode()
    with dripping(start, piece) as server:
        if enough:
            assert len(get(server.url)) == PIECES * len(piece)
            return
        with pytest.raises(NetworkError, match="did not come whole"):
            get(server.url)


def test_a_proxy_that_drips_is_given_up(dripping: Serve) -> None:
    with (
        dripping(b"HTTP/1.1 200 OK\r\nX: ", b"x", b"\r\n\r\n") as server,
        pytest.raises(UnreachableError, match=r"no connection to mmbiz.qpic.cn through the proxy .* in time"),
    ):
        get("https://mmbiz.qpic.cn/x", proxy=f"http://{server.address}")


def test_a_handshake_that_drips_is_given_up() -> None:
    """A TLS record of 16 KB that comes byte by byte; what waits for it knows no clock but the real one."""

    def really(seconds: float, over: Callable[[], bool]) -> bool:
        time.sleep(seconds)
        return over()

    with (
        serve(really, b"\x16\x03\x03\x40\x00", b"\x02", every=0.1, greets=True) as server,
        pytest.raises(UnreachableError, match=r"no connection to 127\.0\.0\.1 came about in time"),
    ):
        get(f"https://{server.address}/", timeout=1)


def test_connections_are_kept_and_each_answer_has_its_own_time(dripping: Serve) -> None:
    with dripping(WHOLE, b"") as server, HttpClient(settings(), lambda _host: True, anywhere=True) as client:
        assert [client.get(server.url, max_bytes=9).body for _ in range(3)] == [b"good"] * 3
        assert server.connections == 1


def test_a_browser_gives_up_a_page_whose_headers_drip(dripping: Serve) -> None:
    with dripping(*DRIPS["header"]) as server:
        found = settings(1, f"http://{server.address}")
        with (
            BrowserEngine(Chromium(find_browser()), found, is_page_host, is_script_host) as engine,
            pytest.raises(NetworkError, match="no answer within 1 s"),
        ):
            engine.capture("http://mp.weixin.qq.com/s/x")
