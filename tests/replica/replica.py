"""The replica: the sites of WeChat behind a loopback proxy."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.replica.authority import Authority, shared_authority
from tests.replica.images import image_bytes
from tests.replica.messages import Request, Response
from tests.replica.proxy import Drip, Proxy
from tests.replica.site import ARTICLE_HOST, HOSTS, IMAGE_HOSTS, Draw, Site
from tests.replica.wayback import HOST as WAYBACK_HOST
from tests.replica.wayback import Wayback


class Replica(Site):
    """A running replica, from construction until `close()` or the end of its `with` block.

    Point a client at `proxy_url` (proxy for http and https) and let it trust `ca_bundle`.
    """

    def __init__(
        self,
        *,
        default_article: bool = True,
        default_images: bool = True,
        draw: Draw = image_bytes,
        authority: Authority | None = None,
    ) -> None:
        super().__init__(default_article=default_article, default_images=default_images, draw=draw)
        self._authority = authority or shared_authority()
        self.ca_bundle = self._authority.ca_bundle
        self.wayback = Wayback()
        self._proxy = Proxy(self._authority, HOSTS | {WAYBACK_HOST}, self.answer)
        self._doors: list[Proxy] = []

    @property
    def proxy_url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return self._proxy.url

    def tls(self, host: str) -> ssl.SSLContext:
        """The TLS settings of a server of that name which `ca_bundle` trusts."""
        return self._authority.context(host)

    @property
    def requests(self) -> list[Request]:
        """Every request so far, refused ones included; a copy."""
        return self._proxy.requests

    @property
    def article_requests(self) -> list[Request]:
        """Requests for pages of mp.weixin.qq.com (`/s…`), not for its beacons."""
        return [r for r in self.asked(ARTICLE_HOST) if r.path.startswith(("/s/", "/s?", "/mp/appmsg/show"))]

    @property
    def image_requests(self) -> list[Request]:
        """Requests to the image hosts."""
        return [r for r in self.requests if r.host in IMAGE_HOSTS]

    @property
    def refused_requests(self) -> list[Request]:
        """Requests to hosts that are not WeChat's, nor those of a web archive that the test has opened."""
        known = HOSTS | {WAYBACK_HOST} if self.wayback.is_open else HOSTS
        return [r for r in self.requests if r.host not in known]

    def answer(self, request: Request) -> Response:
        """What the host answers. A fault of the web archive is one whose match begins with its host: its addresses hold
        those of others."""
        if request.host != WAYBACK_HOST:
            return super().answer(request)
        response = self.wayback.answer(request)
        with self._lock:
            fault = next((f for f in self._faults if f.match.startswith(WAYBACK_HOST) and f.hits(request)), None)
            if fault is None:
                return response
            fault.use()
        return fault.apply(response, request)

    def asked(self, host: str, part: str = "") -> list[Request]:
        """Requests to `host` whose path and query contain `part`."""
        return [r for r in self.requests if r.host == host and part in r.path]

    def clear_requests(self) -> None:
        """Empty the log."""
        self._proxy.clear_requests()

    def drip_by(self, drip: Drip) -> None:
        """Let the pauses of `slow` answers pass as `drip(seconds, over)` says, in place of really."""
        self._proxy.drip_by(drip)

    def door(self, answer: Callable[[Request], Response]) -> str:
        """The address of another proxy to the same hosts, answered by `answer`, with a log of its own: who comes by it
        comes from another address, as a site sees it."""
        self._doors.append(Proxy(self._authority, HOSTS, answer))
        return self._doors[-1].url

    def close(self) -> None:
        """Stop serving. Raises the first error that happened inside the replica, if any."""
        errors = [error for proxy in (self._proxy, *self._doors) for error in proxy.close()]
        if errors:
            raise errors[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
