"""Plain HTTP through requests: capped, host-checked at every hop, foreign errors translated here."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urljoin, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed leaves it out

import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import ConnectionPool, HTTPConnectionPool
from urllib3.exceptions import HTTPError as Urllib3Error

from archiver.errors import HttpStatusError, NetworkError, RedirectError, TooLargeError
from archiver.fetch.deadline import Deadline
from archiver.fetch.hosts import HostRule, check_address, check_url
from archiver.fetch.retry import RetryPolicy, parse_retry_after
from archiver.fetch.settings import MAX_REDIRECTS, Cookie, NetworkSettings

# Times the timeout: headers (and what a proxy says before them) that have not come by then are given up, and so is the
# body after them, however steadily they drip.
SLOWEST = 4
SLOWEST_RATE = 50_000  # bytes per second: a large body that comes at this rate at least is waited for
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole answer: `url` after redirects, `body` with content-encoding undone, `media_type` as the server claims."""

    url: str
    status: int
    media_type: str
    body: bytes


class HttpClient:
    """Fetches from allowed hosts only; may be shared by threads (each gets its own session).

    `allowed(host)` says whether a host may be asked; it is put to every hop of a redirect before that hop is asked.
    `patience` says how often to try (None: once).
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

    def get(self, url: str, *, referer: str = "", max_bytes: int, accept: str = "*/*") -> HttpAnswer:
        """GET `url`, following at most MAX_REDIRECTS redirects between allowed hosts.

        Raises HostRefusedError, HttpStatusError (4xx, 5xx), TooLargeError (over `max_bytes` after decoding),
        RedirectError, NetworkError (no answer, or one that is shorter than it promised) or NotAskedError.
        """
        headers = {"Accept": accept, **({"Referer": referer} if referer else {})}
        host = self._checked(url)
        if self._retry_policy is None:
            return self._follow(url, headers, max_bytes)
        return self._retry_policy.ask(host, lambda: self._follow(url, headers, max_bytes))

    def _checked(self, url: str) -> str:
        host = (urlsplit(url).hostname or "").lower() if self._anywhere else ""
        return host if host and self._allowed(host) else check_url(url, self._allowed)

    def _follow(self, url: str, headers: dict[str, str], max_bytes: int) -> HttpAnswer:
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._hop(url, headers, max_bytes)
            if isinstance(answer, HttpAnswer):
                return answer
            self._checked(answer)
            if self._settings.is_answer(answer):
                return HttpAnswer(answer, 200, "text/html", b"")
            if self._stay_secure and url.startswith("https:") and not answer.startswith("https:"):
                raise RedirectError(f"redirected from https to {answer[:200]}, which is not followed")
            url = answer
            if self._retry_policy:
                self._retry_policy.hop()
        raise RedirectError(f"more than {MAX_REDIRECTS} redirects, the last one to {url}")

    def _hop(self, url: str, headers: dict[str, str], max_bytes: int) -> HttpAnswer | str:
        """The answer, or the URL that it redirects to."""
        host = self._checked(url)
        proxies = self._proxies(url)
        if urlsplit(url).scheme not in proxies and not self._anywhere:
            check_address(host)
        session = self._session()
        session.deadline.start(self._settings.timeout * SLOWEST)
        try:
            with session.get(
                url,
                headers=headers,
                stream=True,
                allow_redirects=False,
                timeout=self._settings.timeout,
                verify=self._settings.verify,
                proxies=proxies,
            ) as response:
                if response.is_redirect:
                    return urljoin(url, response.headers["Location"])
                if response.status_code >= 400:
                    rest = parse_retry_after(response.headers.get("Retry-After", ""))
                    status = response.status_code
                    raise HttpStatusError(f"the server answered HTTP {status}", status, rest)
                return HttpAnswer(
                    url=url,
                    status=response.status_code,
                    media_type=response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
                    body=self._read(session, response, max_bytes),
                )
        except (requests.RequestException, Urllib3Error, ValueError) as error:
            # ValueError: requests lets some malformed URLs and headers through as such.
            if session.deadline.missed:
                seconds = self._settings.timeout * SLOWEST
                raise NetworkError(f"the answer did not come whole within {seconds:g} s") from error
            raise NetworkError(_describe(error)) from error

    def _read(self, session: _Session, response: requests.Response, max_bytes: int) -> bytes:
        body = bytearray()
        session.deadline.start(self._settings.timeout * SLOWEST)
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            session.deadline.extend(len(chunk) / SLOWEST_RATE)
            if len(body) > max_bytes:
                raise TooLargeError(f"larger than {max_bytes / 1e6:g} MB")
        return bytes(body)

    def _proxies(self, url: str) -> dict[str, str]:
        # requests' own function would ask the environment again, and change it while it does.
        if proxy_bypass_environment(urlsplit(url).netloc, {"no": self._settings.no_proxy}):
            return {}
        return dict(self._settings.proxies)

    def _session(self) -> _Session:
        session: _Session | None = getattr(self._local, "session", None)
        if session is None:
            session = _Session()
            # network_settings has read the environment: asked again here, its CA bundle would beat the config's.
            session.trust_env = False
            session.headers.update({"User-Agent": self._settings.user_agent, "Accept-Language": "zh-CN,zh;q=0.9"})
            for cookie in self._settings.cookies:
                _keep(session, cookie)
            self._local.session = session
            with self._lock:
                self._sessions.append(session)
        return session


class _Session(requests.Session):
    """A session for one thread, which reads all that comes within `deadline`."""

    def __init__(self) -> None:
        super().__init__()
        self.deadline = Deadline()
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Adapter(self.deadline))


class _Adapter(HTTPAdapter):
    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        super().__init__()

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str | None,
        proxies: Mapping[str, str] | None = None,
        cert: tuple[str, str] | str | None = None,
    ) -> ConnectionPool:
        # Here all pools come by, those for proxies of every kind too.
        pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
        if isinstance(pool, HTTPConnectionPool) and "ConnectionCls" not in vars(pool):
            pool.ConnectionCls = self._deadline.bind(pool.ConnectionCls)
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


def _describe(error: Exception) -> str:
    """One line for people: the innermost cause, without the library's nested repr."""
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "the server's certificate is not trusted (behind a proxy? set network.ca_bundle)"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy refuses the connection or cannot be reached (see network.proxy)"
    cause: BaseException = error
    while cause.__cause__ or cause.__context__:
        cause = cause.__cause__ or cause.__context__ or cause
    return f"the connection failed: {cause}"[:200]
