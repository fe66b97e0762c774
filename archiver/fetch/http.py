"""Plain HTTP through requests: capped, host-checked at every hop, foreign errors translated here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connectionpool import ConnectionPool, HTTPConnectionPool
from urllib3.exceptions import HTTPError as Urllib3Error
from urllib3.exceptions import ReadTimeoutError

from archiver.errors import ArchiverError, HttpStatusError, NetworkError, RedirectError
from archiver.fetch.body import ACCEPT_ENCODING, Body
from archiver.fetch.deadline import Deadline
from archiver.fetch.failures import Obstacle, unreachable
from archiver.fetch.hosts import HostRule, check_address, check_secure, check_url
from archiver.fetch.http_failures import broken_answer, connection_failure
from archiver.fetch.proxy import Proxy
from archiver.fetch.retry import RetryPolicy, parse_retry_after
from archiver.fetch.settings import MAX_REDIRECTS, Cookie, NetworkSettings

# Times the timeout: headers (and what a proxy says before them) that have not come by then are given up, and so is the
# body after them, however steadily they drip.
SLOWEST = 4
SLOWEST_RATE = 50_000  # bytes per second: a large body that comes at this rate at least is waited for
_CHUNK = 64 * 1024
_ALIKE = 8  # kinds of requests, and ways to hosts, that a thread remembers


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole answer: `url` after redirects, `body` with content-encoding undone, `media_type` as the server claims.

    `complete`: it said where it ends, and did not end before. One that does not say so may be cut off unseen. `links`:
    its header Link, as it came."""

    url: str
    status: int
    media_type: str
    body: bytes
    complete: bool = False
    links: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """What does not change from one hop of a redirect to the next. `data`: a form to send (POST; None: GET), which no
    redirect is followed with."""

    headers: Mapping[str, str] = field(repr=False)  # they may hold a key
    max_bytes: int
    check: Callable[[bytes], None] | None = None
    data: bytes | None = None


class HttpClient:
    """Fetches from allowed hosts only; may be shared by threads (each gets its own session).

    `allowed(host)` says whether a host may be asked; it is put to every hop of a redirect before that hop is asked.
    `retry_policy` says how often to try (None: once).
    `anywhere` is for an address that the user gave, such as a server of their own: it may be private, on any port.
    `stay_secure`: no redirect from https to http is followed, which anybody on the way could read and change.
    """

    def __init__(
        self,
        settings: NetworkSettings,
        allowed: HostRule,
        retry_policy: RetryPolicy | None = None,
        *,
        anywhere: bool = False,
        stay_secure: bool = False,
    ) -> None:
        self._settings = settings
        self._allowed = allowed
        self._anywhere = anywhere
        self._stay_secure = stay_secure
        self._retry_policy = retry_policy
        self._local = threading.local()
        self._sessions: list[requests.Session] = []
        self._lock = threading.Lock()

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in self._sessions:
            session.close()

    def get(
        self,
        url: str,
        *,
        referer: str = "",
        max_bytes: int,
        accept: str = "*/*",
        check: Callable[[bytes], None] | None = None,
    ) -> HttpAnswer:
        """GET `url`, following at most MAX_REDIRECTS redirects between allowed hosts. `check(body)` may raise a
        NetworkError, which is then dealt with like one of the connection.

        Raises HostRefusedError, HttpStatusError (4xx, 5xx), TooLargeError (over `max_bytes` after decoding),
        RedirectError, NetworkError (no answer, or one that is not whole), NotAskedError (UnreachableError where no
        connection comes about) or NoHandlesError.
        """
        headers = {"Accept": accept, **({"Referer": referer} if referer else {})}
        return self.send(url, Ask(headers, max_bytes, check))

    def send(self, url: str, ask: Ask) -> HttpAnswer:
        """As `get`, with headers or a body of the caller's own."""
        host = self._checked(url)
        if self._retry_policy is None:
            return self._follow(url, ask)
        return self._retry_policy.ask(host, lambda: self._follow(url, ask))

    def pause(self) -> bool:
        """Wait as before a further try, for who asks for something a second time. False: the run ends; do not ask."""
        return self._retry_policy is None or self._retry_policy.pause()

    def _checked(self, url: str) -> str:
        host = (urlsplit(url).hostname or "").lower() if self._anywhere else ""
        return host if host and self._allowed(host) else check_url(url, self._allowed)

    def _follow(self, url: str, ask: Ask) -> HttpAnswer:
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._hop(url, ask)
            if isinstance(answer, HttpAnswer):
                return answer
            self._checked(answer)
            if self._settings.is_answer(answer):
                return HttpAnswer(answer, 200, "text/html", b"")
            if self._stay_secure:
                check_secure(url, answer)
            url = answer
            if self._retry_policy:
                self._retry_policy.hop()
        raise RedirectError(f"more than {MAX_REDIRECTS} redirects, the last one to {url}")

    def _hop(self, url: str, ask: Ask) -> HttpAnswer | str:
        """The answer, or the URL that it redirects to."""
        host = self._checked(url)
        proxy = self._settings.routes.to(url)
        if not self._anywhere and not (proxy and proxy.resolves_names):
            check_address(host)
        session = self._session()
        session.deadline.start(self._settings.timeout * SLOWEST)
        try:
            with session.send(
                session.prepared(url, ask),
                stream=True,
                allow_redirects=False,
                timeout=self._settings.timeout,
                verify=self._settings.verify,
                proxies=self._settings.routes.for_requests(url),
            ) as response:
                if response.is_redirect and ask.data is not None:
                    raise RedirectError(f"{host} sends what is sent to it elsewhere, which is not followed")
                if response.is_redirect:
                    return urljoin(url, response.headers["Location"])
                return self._answer(url, response, ask)
        except (requests.RequestException, Urllib3Error, ValueError) as error:
            # ValueError: requests lets some malformed URLs and headers through as such.
            raise self._failure(error, session.deadline, host, proxy) from error

    def _answer(self, url: str, response: requests.Response, ask: Ask) -> HttpAnswer:
        status, headers = response.status_code, response.headers
        if status == 407 and (proxy := self._settings.routes.to(url)):
            raise unreachable(Obstacle.PROXY_LOGIN, urlsplit(url).hostname or "", proxy)
        if status >= 400:
            rest = parse_retry_after(headers.get("Retry-After", ""))
            raise HttpStatusError(f"the server answered HTTP {status}", status, rest)
        body = self._read(response, ask.max_bytes)
        if ask.check:
            ask.check(body)
        media_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return HttpAnswer(url, status, media_type, body, _says_its_end(headers), headers.get("Link", ""))

    def _read(self, response: requests.Response, max_bytes: int) -> bytes:
        body = Body(response.headers.get("Content-Encoding", ""), max_bytes)
        deadline = self._session().deadline
        deadline.start(self._settings.timeout * SLOWEST)
        for chunk in response.raw.stream(_CHUNK, decode_content=False):
            body.feed(chunk)
            deadline.extend(len(chunk) / SLOWEST_RATE)
        return body.close()

    def _failure(self, error: Exception, deadline: Deadline, host: str, proxy: Proxy | None) -> ArchiverError:
        """Our own error for what kept an answer from coming, or from coming whole."""
        if deadline.connecting:
            return connection_failure(error, host, proxy)
        if deadline.missed:
            return NetworkError(f"the answer did not come whole within {self._settings.timeout * SLOWEST:g} s")
        if isinstance(error, requests.Timeout | ReadTimeoutError):
            return NetworkError(f"no answer within {self._settings.timeout:g} s")
        return broken_answer(error)

    def _session(self) -> _Session:
        session: _Session | None = getattr(self._local, "session", None)
        if session is None:
            session = _Session()
            # network_settings has read the environment: asked again here, its CA bundle would beat the config's.
            session.trust_env = False
            session.headers.update({**self._settings.identity.headers, "Accept-Encoding": ACCEPT_ENCODING})
            for cookie in self._settings.cookies:
                _keep(session, cookie)
            self._local.session = session
            with self._lock:
                self._sessions.append(session)
        return session


def _says_its_end(headers: Mapping[str, str]) -> bool:
    """Whether urllib3, or a decoder, has seen an answer come to the end that it promised."""
    chunked = "chunked" in headers.get("Transfer-Encoding", "").lower()
    return chunked or "Content-Length" in headers or bool(headers.get("Content-Encoding"))


class _Session(requests.Session):
    """A session for one thread, which reads all that comes within `deadline`."""

    def __init__(self) -> None:
        super().__init__()
        self.deadline = Deadline()
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Adapter(self.deadline))
        self._headers: dict[tuple[tuple[str, str], ...], CaseInsensitiveDict[str]] = {}

    def prepared(self, url: str, ask: Ask) -> requests.PreparedRequest:
        """As `request` prepares it, which merges each setting of the session with one of the request, cookies too, and
        looks at each header: more than half of the work that an image's request is, where all ask alike."""
        prepared = requests.PreparedRequest()
        prepared.prepare_method("GET" if ask.data is None else "POST")
        prepared.prepare_url(url, None)
        prepared.headers = self._checked(ask.headers).copy()
        prepared.prepare_cookies(self.cookies)
        prepared.prepare_body(ask.data, None)
        prepared.prepare_auth(None, url)
        return prepared

    def _checked(self, headers: Mapping[str, str]) -> CaseInsensitiveDict[str]:
        """The headers of the session with those of a request, checked. Nobody may change them."""
        key = tuple(headers.items())
        if key not in self._headers:
            prepared = requests.PreparedRequest()
            prepared.prepare_headers(CaseInsensitiveDict([*self.headers.items(), *headers.items()]))
            self._headers = dict([*self._headers.items()][1 - _ALIKE :]) | {key: prepared.headers}
        return self._headers[key]


class _Adapter(HTTPAdapter):
    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._ways: dict[tuple[object, ...], HTTPConnectionPool] = {}
        super().__init__()

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str | None,
        proxies: Mapping[str, str] | None = None,
        cert: tuple[str, str] | str | None = None,
    ) -> ConnectionPool:
        """Here all pools come by, those for proxies of every kind too. To find one again takes a tenth of the work of
        a request, so the last ones are remembered."""
        parts = urlsplit(request.url or "")
        way = (parts.scheme, parts.netloc, verify, cert, *(proxies or {}).items())
        known = self._ways.get(way)
        if known is not None and known.pool is not None:  # it has none when it is closed
            return known
        pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
        if isinstance(pool, HTTPConnectionPool):
            if "ConnectionCls" not in vars(pool):
                pool.ConnectionCls = self._deadline.bind(pool.ConnectionCls)
            self._ways = dict([*self._ways.items()][1 - _ALIKE :]) | {way: pool}
        return pool


def _keep(session: requests.Session, cookie: Cookie) -> None:
    expires = cookie.get("expires")
    session.cookies.set(
        cookie["name"],
        cookie["value"],
        domain=cookie["domain"],
        path=cookie.get("path", "/"),
        secure=bool(cookie.get("secure", False)),
        # Playwright says -1 for a cookie that lasts as long as the browser is open.
        expires=int(expires) if isinstance(expires, int | float) and expires > 0 else None,
    )
