"""Which way leads to a host: through a proxy, or directly. The settings are read once, for requests and Chromium alike.

The two differ in what they make of a scheme, of a missing port and of NO_PROXY, so neither sees the settings as they
were written: both are told the same way in their own words.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from archiver.config import Config
from archiver.errors import ConfigError

log = logging.getLogger(__name__)

_PORTS = {"http": 80, "https": 443, "socks4": 1080, "socks5": 1080}
# GNOME writes socks://. For Chromium SOCKS 5 always leaves names to the proxy, which others call socks5h.
_SAME = {"socks": "socks5", "socks5h": "socks5"}
_URL_PORTS = {"http": 80, "https": 443}
_HOST_PATTERN = re.compile(r"[\w.*-]+")
_WITH_PORT = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[^:]+):(?P<port>\d{1,5})")
_LOCAL = "<local>"  # Windows: names without a dot

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy: `scheme` is http, https (TLS on the way to the proxy itself), socks4 or socks5."""

    scheme: str
    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_socks(self) -> bool:
        return self.scheme.startswith("socks")

    @property
    def resolves_names(self) -> bool:
        """Whether names are looked up by the proxy. SOCKS 4 takes only addresses."""
        return self.scheme != "socks4"

    @property
    def address(self) -> str:
        """Host and port, for people."""
        return f"{_bracketed(self.host)}:{self.port}"

    def for_requests(self) -> str:
        """As requests wants it."""
        scheme = "socks5h" if self.scheme == "socks5" else self.scheme
        login = f"{quote(self.username, safe='')}:{quote(self.password, safe='')}@" if self.username else ""
        return f"{scheme}://{login}{self.address}"

    def for_playwright(self) -> dict[str, str]:
        """As Playwright wants it. Raises ConfigError for what Chromium cannot do."""
        if self.is_socks and self.username:
            raise ConfigError(
                f"Chromium cannot log in to a SOCKS proxy ({self.address}): take an HTTP proxy, or one without a "
                'password, or plain HTTP for everything: [fetch] engine = "http"'
            )
        login = {"username": self.username, "password": self.password} if self.username else {}
        return {"server": f"{self.scheme}://{self.address}", **login}


@dataclass(frozen=True, slots=True)
class Direct:
    """Hosts that are reached directly: one entry of NO_PROXY. `host` is a domain (with all below it), a pattern with
    `*`, or `<local>`; a `network` is one of addresses; `port` is None for any."""

    host: str = ""
    network: Network | None = None
    port: int | None = None

    def holds(self, host: str, port: int) -> bool:
        """Whether a host (in lower case) is meant."""
        if self.port not in (None, port):
            return False
        address = _address(host)
        if self.network is not None:
            return address is not None and address in self.network
        if self.host == _LOCAL:
            return address is None and "." not in host
        if "*" in self.host:
            return re.fullmatch(re.escape(self.host).replace(r"\*", ".*"), host) is not None
        return host == self.host or host.endswith(f".{self.host}")

    def for_chromium(self) -> Iterator[str]:
        """The same as entries of Chromium's bypass list, where a domain is the one host alone."""
        port = "" if self.port is None else f":{self.port}"
        if self.network is not None:
            yield f"{self.network}"
        elif self.host == _LOCAL or "*" in self.host:
            yield f"{self.host}{port}"
        else:
            yield from (f"{self.host}{port}", f"*.{self.host}{port}")


@dataclass(frozen=True, slots=True)
class Routes:
    """The way to every host: `proxies` by the scheme of the URL, `direct` what needs none."""

    proxies: Mapping[str, Proxy] = field(default_factory=dict)
    direct: tuple[Direct, ...] = ()

    def to(self, url: str) -> Proxy | None:
        """The proxy through which `url` is asked for, or None."""
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower().rstrip("."), parts.port or _URL_PORTS.get(parts.scheme, 0)
        if any(rule.holds(host, port) for rule in self.direct):
            return None
        return self.proxies.get(parts.scheme)

    def for_requests(self, url: str) -> dict[str, str]:
        """As requests wants the way to `url`."""
        proxy = self.to(url)
        return {urlsplit(url).scheme: proxy.for_requests()} if proxy else {}

    def for_playwright(self) -> dict[str, str] | None:
        """As Playwright wants them, or None for direct connections only. Pages are asked for by https alone, so that is
        the only proxy that a browser needs. Raises ConfigError for what Chromium cannot do."""
        proxy = self.proxies.get("https")
        if proxy is None or any(rule.host == "*" and rule.port is None for rule in self.direct):
            return None
        bypass = ",".join(entry for rule in self.direct for entry in rule.for_chromium())
        return {**proxy.for_playwright(), **({"bypass": bypass} if bypass else {})}


def read_routes(config: Config) -> Routes:
    """The routes of the configuration; where it names no proxy, those of the environment (or, on macOS and Windows, of
    the system). Raises ConfigError for a proxy that cannot be meant, or that a browser cannot use as plain HTTP does.
    """
    if config.network.proxy:
        proxy = parse_proxy(config.network.proxy, "network.proxy")
        routes = Routes({"http": proxy, "https": proxy})
    else:
        found = urllib.request.getproxies()
        direct = tuple(parse_no_proxy(found.pop("no", "")))
        named = {scheme: next((n for n in (scheme, "all") if found.get(n)), "") for scheme in _URL_PORTS}
        routes = Routes({s: parse_proxy(found[n], f"{n.upper()}_PROXY") for s, n in named.items() if n}, direct)
    if config.fetch.engine != "http":
        routes.for_playwright()  # said now rather than in the middle of a run
    return routes


def parse_proxy(value: str, source: str) -> Proxy:
    """A proxy from a URL; `127.0.0.1:7890` means HTTP, as everywhere. Raises ConfigError, which names the `source`."""
    try:
        parts = urlsplit(value.strip() if "://" in value else f"http://{value.strip()}")
        scheme, host, port = _SAME.get(parts.scheme, parts.scheme), parts.hostname or "", parts.port
    except ValueError:  # such as a port that is no port
        scheme = host = ""
        port = None
    if scheme == "socks4a":
        raise ConfigError(
            f"{source}: Chromium cannot leave names to a SOCKS 4 proxy; where it speaks SOCKS 5: socks5://"
        )
    if scheme not in _PORTS or not host or port == 0:
        shown = re.sub(r"//[^/]*@", "//…@", value)
        raise ConfigError(
            f'{source} must be a URL such as "http://127.0.0.1:7890" or "socks5://127.0.0.1:1080", not {shown!r}'
        )
    login = unquote(parts.username or ""), unquote(parts.password or "")
    return Proxy(scheme, host, port or _PORTS[scheme], *login)


def parse_no_proxy(value: str) -> Iterator[Direct]:
    """The entries of NO_PROXY. `qq.com`, `.qq.com` and `*.qq.com` all mean that domain and what is below it, as in most
    programs; what cannot be understood is passed over, and the log says so."""
    for entry in value.lower().replace(",", " ").split():
        text = entry.partition("://")[2] or entry
        rule = _direct(text.rstrip("/") if "://" in entry else text)
        if rule is None:
            log.warning("NO_PROXY: %r is no host, domain or network, and is passed over", entry)
        else:
            yield rule


def _direct(entry: str) -> Direct | None:
    if entry == _LOCAL:
        return Direct(_LOCAL)
    if network := _network(entry):
        return Direct(network=network)
    port = None
    if found := _WITH_PORT.fullmatch(entry):
        entry, port = found["host"], int(found["port"])
        if network := _network(entry.strip("[]")):
            return Direct(network=network, port=port)
    host = entry.removeprefix("*") if re.fullmatch(r"\*?\.[^*]+", entry) else entry
    host = host.strip(".")
    return Direct(host, port=port) if host and _HOST_PATTERN.fullmatch(host) else None


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
