"""The proxy: faults on the wire, refusals, the log, many clients, and nothing left behind."""

from __future__ import annotations

import io
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
import requests
from PIL import Image, UnidentifiedImageError

from tests.conditions import until
from tests.replica import ImageSpec, Replica, short_token
from tests.replica.images import placeholder
from tests.replica.support import PNG, awkward_article, open_session


class TestFaults:
    def test_bodies(self, replica: Replica, session: requests.Session) -> None:
        whole = session.get(PNG.url).content
        seen = {}
        for kind in ("placeholder", "html", "empty", "truncated"):
            replica.fault(PNG.key, kind, times=1)
            seen[kind] = session.get(PNG.url).content
        assert seen["placeholder"] == placeholder()
        assert seen["html"].startswith(b"<!DOCTYPE html>")
        assert seen["empty"] == b""
        assert seen["truncated"] == whole[: len(whole) // 2]
        with pytest.raises((OSError, UnidentifiedImageError)):
            Image.open(io.BytesIO(seen["truncated"])).load()
        assert session.get(PNG.url).content == whole

    @pytest.mark.parametrize("kind", ["half", "reset", "reset-body"])
    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_broken_connections(self, replica: Replica, session: requests.Session, kind: str, scheme: str) -> None:
        url = PNG.url.replace("https", scheme)
        replica.fault(PNG.url, kind, times=1)
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            session.get(url)
        assert replica.image_requests[-1].status == (0 if kind == "reset" else 200)
        assert session.get(url).ok

    def test_status(self, replica: Replica, session: requests.Session) -> None:
        replica.fault("/s/", "status:503", times=1, retry_after=7)
        url = replica.add_article(awkward_article())
        answer = session.get(url)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
        assert [session.get(url).status_code, replica.article_requests[0].status] == [200, 503]

    def test_slow(self, replica: Replica, session: requests.Session) -> None:
        whole = session.get(PNG.url).content
        fault = replica.fault(PNG.key, "slow", seconds=0.4)
        begin = time.monotonic()
        assert session.get(PNG.url).content == whole
        assert time.monotonic() - begin > 0.3
        replica.clear_faults(fault.match)
        assert fault.times is None

    def test_unknown_kind(self, replica: Replica) -> None:
        with pytest.raises(ValueError, match="no such fault"):
            replica.fault("x", "flood")


class TestProxy:
    def test_other_hosts_are_refused_and_recorded(self, replica: Replica, session: requests.Session) -> None:
        with pytest.raises(requests.exceptions.ProxyError):
            session.get("https://example.com/a")
        assert session.get("http://example.com/b?c=d").status_code == 502
        assert [(r.method, r.url, r.status) for r in replica.refused_requests] == [
            ("CONNECT", "https://example.com", 502),
            ("GET", "http://example.com/b?c=d", 502),
        ]

    def test_log(self, replica: Replica, session: requests.Session) -> None:
        url = replica.add_article(awkward_article())
        session.get(url, headers={"X-Test": "ja"})
        session.get(PNG.url)
        asked = replica.requests
        assert [(r.method, r.host, r.path, r.status) for r in asked] == [
            ("GET", "mp.weixin.qq.com", urlsplit(url).path, 200),
            ("GET", "mmbiz.qpic.cn", PNG.url.removeprefix("https://mmbiz.qpic.cn"), 200),
        ]
        assert asked[0].headers["x-test"] == "ja"
        assert all(a.time <= b.time for a, b in pairwise(asked))
        replica.clear_requests()
        assert replica.requests == []

    def test_untrusting_client(self, replica: Replica, session: requests.Session) -> None:
        system = ssl.get_default_verify_paths().cafile
        if not system:
            pytest.skip("no system CA file")
        session.verify = system
        with pytest.raises(requests.exceptions.SSLError):
            session.get("https://mp.weixin.qq.com/s/x")
        until(lambda: [(r.method, r.status) for r in replica.requests] == [("CONNECT", 0)])

    def test_eight_clients_at_once(self, replica: Replica) -> None:
        links = [f"https://mp.weixin.qq.com/s/{short_token(str(n))}" for n in range(40)]

        def fetch(n: int) -> int:
            with open_session(replica) as session:
                return sum(session.get(link).ok + session.get(PNG.url).ok for link in links[n::8])

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(fetch, range(8))) == 80
        assert len(replica.requests) == 80

    def test_keep_alive(self, replica: Replica) -> None:
        path = urlsplit(PNG.url)
        with socket.create_connection(("127.0.0.1", urlsplit(replica.proxy_url).port or 0)) as raw:
            for _ in range(3):
                raw.sendall(f"GET http://{path.netloc}{path.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                head, _, rest = _until(raw, b"\r\n\r\n").partition(b"\r\n\r\n")
                length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
                while len(rest) < length:
                    rest += raw.recv(65536)
        assert len(replica.image_requests) == 3

    def test_nothing_is_left(self) -> None:
        before = set(threading.enumerate())
        replica = Replica()
        idle = socket.create_connection(("127.0.0.1", urlsplit(replica.proxy_url).port or 0))
        session = open_session(replica)
        session.get(PNG.url)  # its connection stays open
        with ThreadPoolExecutor(2) as pool:
            unfinished = []
            for n, kind in enumerate(("slow", "held")):
                image = ImageSpec.named(kind)
                replica.fault(image.key, kind, seconds=10**6)  # it is waited for neither here nor there
                unfinished.append(pool.submit(session.get, image.url))
                until(lambda n=n: len(replica.requests) == n + 2)  # type: ignore[misc]
            replica.close()
            assert all(isinstance(one.exception(), requests.RequestException) for one in unfinished)
        session.close()
        idle.close()
        assert set(threading.enumerate()) <= before

    def test_own_errors_are_not_swallowed(self) -> None:
        replica = Replica()
        replica.fault("/s/", "empty").kind = "made up"
        with open_session(replica) as session, pytest.raises(requests.RequestException):
            session.get(f"https://mp.weixin.qq.com/s/{short_token('x')}")
        with pytest.raises(ValueError, match="made up"):
            replica.close()


def _until(raw: socket.socket, mark: bytes) -> bytes:
    data = b""
    while mark not in data:
        data += raw.recv(4096)
    return data
