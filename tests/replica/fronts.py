"""Proxies of other kinds before the replica's own: SOCKS 4 and 5, TLS on the way to the proxy, one that wants a login,
and some that are of no use. Each notes what it was asked for."""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.replica.proxy import RESET_ON_CLOSE


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client wanted: `how` (http, socks4, socks5), the host as it named it, its login."""

    how: str
    host: str
    port: int
    login: str = ""


class Front:
    """A server on a free loopback port, one thread per connection, for the length of its `with` block.

    `serve(front, connection)` speaks with a client; `behind` is the URL of the proxy to which it is then connected;
    `login` (`user:password`) is wanted of clients.
    """

    def __init__(
        self,
        serve: Callable[[Front, socket.socket], None],
        behind: str = "",
        login: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._serve = serve
        self._behind = urlsplit(behind)
        self.login = login
        self._tls = tls
        self.asked: list[Asked] = []
        self.connections = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = [self._listening]
        self._threads: list[threading.Thread] = []
        self._closing = threading.Event()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for connection in self._open:
            connection.close()

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            self._start(self._converse, connection)

    def _converse(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError):
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            self._serve(self, connection)
        with contextlib.suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)
        connection.close()

    def wait(self) -> None:
        """Say nothing until the end."""
        self._closing.wait()

    def dial(self, head: bytes = b"") -> socket.socket:
        """Connect to the proxy behind, and say `head`."""
        behind = socket.create_connection((self._behind.hostname or "", self._behind.port or 0))
        self._open.append(behind)
        behind.sendall(head)
        return behind

    def tunnel(self, host: str, port: int) -> socket.socket | None:
        """A connection through the proxy behind; None where it refuses."""
        behind = self.dial(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        return behind if b" 200 " in read_head(behind).split(b"\r\n")[0] else None

    def join(self, one: socket.socket, other: socket.socket) -> None:
        """Pass on all that either side says, until one of them ends."""
        back = threading.Thread(target=_copy, args=(other, one))
        back.start()
        _copy(one, other)
        back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            socket.socket.shutdown(end, socket.SHUT_RDWR)


def read_head(connection: socket.socket) -> bytes:
    """The head of an HTTP message."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += _read(connection, 1)
    return head


def _read(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def http(front: Front, connection: socket.socket) -> None:
    """An HTTP proxy, as far as CONNECT goes."""
    while True:
        head = read_head(connection)
        host, _, port = head.split(b" ")[1].decode().rpartition(":")
        given = [
            line.partition(b" Basic ")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"proxy-auth")
        ]
        login = base64.b64decode(given[0]).decode() if given else ""
        if login == front.login:
            break
        connection.sendall(b"HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n")
    front.asked.append(Asked("http", host, int(port), login))
    behind = front.tunnel(host, int(port))
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" if behind else b"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n")
    if behind:
        front.join(connection, behind)


def socks(front: Front, connection: socket.socket) -> None:
    """SOCKS 4, 4a and 5 (RFC 1928, RFC 1929)."""
    if _read(connection, 1) == b"\x04":
        _socks4(front, connection)
        return
    methods = _read(connection, _read(connection, 1)[0])
    wanted = 2 if front.login else 0
    if wanted not in methods:
        connection.sendall(b"\x05\xff")
        return
    connection.sendall(bytes([5, wanted]))
    login = ""
    if wanted == 2:
        _read(connection, 1)
        login = ":".join(_read(connection, _read(connection, 1)[0]).decode() for _ in range(2))
        connection.sendall(b"\x01\x00" if login == front.login else b"\x01\x01")
        if login != front.login:
            return
    kind = _read(connection, 4)[3]
    host = {
        1: lambda: socket.inet_ntop(socket.AF_INET, _read(connection, 4)),
        3: lambda: _read(connection, _read(connection, 1)[0]).decode(),
        4: lambda: socket.inet_ntop(socket.AF_INET6, _read(connection, 16)),
    }[kind]()
    (port,) = struct.unpack(">H", _read(connection, 2))
    front.asked.append(Asked("socks5", host, port, login))
    behind = front.tunnel(host, port)
    connection.sendall(b"\x05" + (b"\x00" if behind else b"\x04") + b"\x00\x01" + bytes(6))
    if behind:
        front.join(connection, behind)


def _socks4(front: Front, connection: socket.socket) -> None:
    _, port, *address = struct.unpack(">BH4B", _read(connection, 7))
    while _read(connection, 1) != b"\x00":
        pass
    host = ".".join(map(str, address))
    front.asked.append(Asked("socks4", host, port))
    connection.sendall(b"\x00\x5b" + bytes(6))  # addresses are not what the replica plays


def says(words: bytes) -> Callable[[Front, socket.socket], None]:
    """A server that answers whatever comes with these words and ends."""

    def serve(front: Front, connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(words)

    return serve


def garbles(front: Front, connection: socket.socket) -> None:
    """A proxy that makes a connection, and answers with nonsense in it."""
    read_head(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    connection.recv(65536)
    connection.sendall(b"x" * 99)


def resets(front: Front, connection: socket.socket) -> None:
    """A server that answers with a TCP reset."""
    connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    connection.close()


def keeps_silent(front: Front, connection: socket.socket) -> None:
    """A server that never says anything."""
    front.wait()
