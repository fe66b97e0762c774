"""Servers and proxies that send a byte now and then, each in time, and never come to an end."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from archiver.errors import NetworkError, UnreachableError
from archiver.fetch.browser import BrowserEngine
from archiver.fetch.find_browser import find_browser
from archiver.fetch.http import HttpClient
from archiver.fetch.proxy import Routes, parse_proxy
from archiver.fetch.settings import NetworkSettings
from archiver.wechat.urls import is_page_host, is_script_host

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"
PIECES = 150
EVERY = 0.1  # seconds


class Dripping:
    """A server on a loopback port whose every answer is `start`, then `piece` after `piece` (15 s), then `end`.

    `greets`: it says this without having been asked. `connections` is how many it was asked for.
    """

    def __init__(self, start: bytes, piece: bytes, end: bytes, *, greets: bool = False, pieces: int = PIECES) -> None:
        self._start, self._piece, self._end, self._greets = start, piece, end, greets
        self._pieces = pieces
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
                for _ in range(self._pieces if self._piece else 0):
                    connection.sendall(self._piece)
                    if self._closing.wait(EVERY):
                        return
                connection.sendall(self._end)

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


@contextmanager
def dripping(
    start: bytes, piece: bytes, end: bytes = b"", *, greets: bool = False, pieces: int = PIECES
) -> Iterator[Dripping]:
    server = Dripping(start, piece, end, greets=greets, pieces=pieces)
    try:
        yield server
    finally:
        server.close()


def settings(timeout: float, proxy: str = "") -> NetworkSettings:
    proxies = {scheme: parse_proxy(proxy, "test") for scheme in ("http", "https")} if proxy else {}
    return NetworkSettings(timeout, Routes(proxies))


def get(url: str, timeout: float = 10, proxy: str = "") -> bytes:
    with HttpClient(settings(timeout, proxy), lambda _host: True, anywhere=True) as client:
        return client.get(url, max_bytes=10**6).body


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
def test_an_answer_that_drips_is_given_up(what: str, proxied: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archiver.fetch.http.SLOWEST", 0.05)
    with dripping(*DRIPS[what]) as server:
        url, proxy = ("http://mmbiz.qpic.cn/x", f"http://{server.address}") if proxied else (server.url, "")
        with pytest.raises(NetworkError, match=r"did not come whole within 0.5 s") as caught:
            get(url, proxy=proxy)
    assert caught.value.tries == 3


def test_a_large_body_that_comes_steadily_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archiver.fetch.http.SLOWEST", 1)
    piece = bytes(40_000)
    start = f"HTTP/1.1 200 OK\r\nContent-Length: {30 * len(piece)}\r\n\r\n".encode()
    with dripping(start, piece, pieces=30) as server, HttpClient(settings(1), lambda _: True, anywhere=True) as client:
        assert len(client.get(server.url, max_bytes=10**7).body) == 30 * len(piece)


def test_a_proxy_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archiver.fetch.http.SLOWEST", 0.05)
    with (
        dripping(b"HTTP/1.1 200 OK\r\nX: ", b"x", b"\r\n\r\n") as server,
        pytest.raises(UnreachableError, match=r"no connection to mmbiz.qpic.cn through the proxy .* in time"),
    ):
        get("https://mmbiz.qpic.cn/x", proxy=f"http://{server.address}")


def test_a_handshake_that_drips_is_given_up() -> None:
    """A TLS record of 16 KB that comes byte by byte."""
    with (
        dripping(b"\x16\x03\x03\x40\x00", b"\x02", greets=True) as server,
        pytest.raises(UnreachableError, match=r"no connection to 127\.0\.0\.1 came about in time"),
    ):
        get(f"https://{server.address}/", timeout=1)


def test_connections_are_kept_and_each_answer_has_its_own_time() -> None:
    with dripping(WHOLE, b"") as server, HttpClient(settings(10), lambda _host: True, anywhere=True) as client:
        assert [client.get(server.url, max_bytes=9).body for _ in range(3)] == [b"good"] * 3
        assert server.connections == 1


def test_a_browser_gives_up_a_page_whose_headers_drip() -> None:
    with dripping(*DRIPS["header"]) as server:
        found = settings(1, f"http://{server.address}")
        with (
            BrowserEngine(find_browser(), found, is_page_host, is_script_host) as engine,
            pytest.raises(NetworkError, match="no answer within 1 s"),
        ):
            engine.capture("http://mp.weixin.qq.com/s/x")
