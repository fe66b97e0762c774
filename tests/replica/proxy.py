"""A loopback HTTP forward proxy that answers itself, for https and plain http.

Clients reach it through their ordinary proxy settings and see real URLs; nothing leaves the machine. A host that the
proxy does not play is refused with 502, and that too is recorded.
"""

from __future__ import annotations

import contextlib
import http.server
import select
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from tests.replica.authority import Authority
from tests.replica.messages import Delivery, Request, Response

Drip = Callable[[float, Callable[[], bool]], bool]  # waits for so long, unless it is over: then True
DRIP_PIECES = 20
DRIP_HEADERS = 80  # http.client reads at most 100
EVERY = 0.01  # seconds between two looks whether something has happened
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, 0 s: close() sends RST instead of FIN


class Proxy:
    """Serves on a free loopback port from construction until `close()`, one thread per connection.

    `answer` is called in those threads for every request to one of `hosts` and must be thread-safe.
    """

    def __init__(self, authority: Authority, hosts: Collection[str], answer: Callable[[Request], Response]) -> None:
        self._server = _Server(authority, frozenset(hosts), answer)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": EVERY}, name="replica-proxy"
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    @property
    def requests(self) -> list[Request]:
        """A copy of the log, in the order of arrival."""
        with self._server.lock:
            return list(self._server.log)

    def drip_by(self, drip: Drip) -> None:
        """Let the pauses of dripping answers pass as `drip` says."""
        self._server.drip = drip

    def clear_requests(self) -> None:
        """Empty the log."""
        with self._server.lock:
            self._server.log.clear()

    def close(self) -> list[BaseException]:
        """Stop: end all connections, join all threads. Returns what went wrong inside the replica itself."""
        self._server.shutdown()
        self._thread.join()
        self._server.end_connections()
        self._server.server_close()
        return self._server.errors


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = False  # so that server_close() joins them
    request_queue_size = 128

    def __init__(self, authority: Authority, hosts: frozenset[str], answer: Callable[[Request], Response]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.authority = authority
        self.hosts = hosts
        self.answer = answer
        self.log: list[Request] = []
        self.errors: list[BaseException] = []
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self.drip: Drip = lambda seconds, _over: self.closing.wait(seconds)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.hold(request)  # before its thread exists, so that end_connections() cannot miss it
        super().process_request(request, client_address)

    def hold(self, connection: socket.socket) -> None:
        with self.lock:
            self._open.add(connection)
        if self.closing.is_set():
            _end(connection)

    def release(self, connection: socket.socket) -> None:
        with self.lock:
            self._open.discard(connection)

    def end_connections(self) -> None:
        self.closing.set()
        with self.lock:
            still_open = list(self._open)
        for connection in still_open:
            _end(connection)

    def record(self, request: Request) -> None:
        with self.lock:
            self.log.append(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        if error is not None:
            self.errors.append(error)


def _end(connection: socket.socket) -> None:
    # The method of the plain socket: SSLSocket.shutdown() would break a read that runs in the connection's own thread.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    tunnel = ""  # the host that CONNECT named, empty on a plain connection

    def handle(self) -> None:
        # A client may leave at any moment; only that is expected here, everything else goes to handle_error().
        with contextlib.suppress(ConnectionError, ssl.SSLError, TimeoutError):
            super().handle()

    def finish(self) -> None:
        for stream in (self.wfile, self.rfile):
            with contextlib.suppress(OSError, ValueError):
                stream.close()
        self.server.release(self.connection)
        self.connection.close()

    def log_message(self, *_args: object) -> None:
        """Silence: the requests are in the log."""

    def do_CONNECT(self) -> None:
        host, _, port = self.path.rpartition(":")
        if port != "443" or host not in self.server.hosts:
            self._refuse(Request(time.monotonic(), "CONNECT", "https", host, ""))
            return
        self.send_response_only(200, "Connection established")
        self.end_headers()
        self.wfile.flush()
        self._start_tls(host)

    def _start_tls(self, host: str) -> None:
        self.rfile.close()
        self.wfile.close()
        plain = self.connection
        context = self.server.authority.context(host)
        self.connection = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self.server.release(plain)
        self.server.hold(self.connection)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", self.wbufsize)
        self.tunnel = host
        try:
            self.connection.do_handshake()
        except OSError as error:
            self.server.record(Request(time.monotonic(), "CONNECT", "https", host, ""))
            raise ConnectionError(host) from error  # "not connected" is none by itself
        self.close_connection = False  # clients that say CONNECT in HTTP/1.0 go on inside the tunnel too

    def _serve(self) -> None:
        arrived = time.monotonic()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        scheme, host, path = "https", self.tunnel, self.path
        if not self.tunnel:
            parts = urlsplit(self.path)
            scheme, host = parts.scheme, parts.hostname or ""
            path = parts._replace(scheme="", netloc="").geturl() or "/"
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(arrived, self.command, scheme, host, path, headers, body=body)
        if host not in self.server.hosts:
            self._refuse(request)
            return
        response = self.server.answer(request)
        status = 0 if response.delivery is Delivery.RESET else response.status
        self.server.record(replace(request, status=status))
        self._send(response)

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_OPTIONS(self) -> None:
        self._serve()

    def _refuse(self, request: Request) -> None:
        self.server.record(replace(request, status=502))
        self._send(Response(b"The replica does not play this host.", "text/plain", 502))

    def _send(self, response: Response) -> None:
        if response.delivery is Delivery.RESET:
            self._reset()
            return
        if response.delivery is Delivery.HINTS:
            self.send_response_only(103, "Early Hints")
            self.send_header("Link", "</style.css>; rel=preload; as=style")
            self.end_headers()
            self.wfile.flush()
        if response.delivery is Delivery.HELD and not self._released(response):
            return
        self.send_response_only(response.status)
        self.send_header("Content-Type", response.content_type)
        for name, value in response.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        if response.delivery is Delivery.DRIP_HEADERS and not self._drip_headers(response):
            return
        self.end_headers()
        if self.command == "HEAD":
            return
        if response.delivery in (Delivery.WHOLE, Delivery.HINTS, Delivery.DRIP_HEADERS, Delivery.HELD):
            self.wfile.write(response.body)
        elif response.delivery is Delivery.DRIP:
            self._drip(response)
        else:
            self.wfile.write(response.body[: len(response.body) // 2])
            self.wfile.flush()
            self.close_connection = True
            if response.delivery is Delivery.RESET_IN_BODY:
                self._reset()

    def _released(self, response: Response) -> bool:
        """Whether the answer may go; False when the replica ends first."""
        while not response.released.wait(EVERY):
            if self.server.closing.is_set():
                return False
        return True

    def _drip(self, response: Response) -> None:
        step = max(1, -(-len(response.body) // DRIP_PIECES))
        for start in range(0, len(response.body), step):
            self.wfile.write(response.body[start : start + step])
            self.wfile.flush()
            if self.server.drip(response.seconds / DRIP_PIECES, self._over):
                return

    def _drip_headers(self, response: Response) -> bool:
        """Whether the replica goes on."""
        for n in range(DRIP_HEADERS):
            self.send_header(f"X-{n}", "slow")
            self.flush_headers()
            self.wfile.flush()
            if self.server.drip(response.seconds / DRIP_HEADERS, self._over):
                return False
        return True

    def _over(self) -> bool:
        """Whether nobody waits for the rest of an answer: clients say nothing in the middle of one but farewell."""
        return self.server.closing.is_set() or bool(select.select([self.connection.fileno()], [], [], 0)[0])

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.close_connection = True
