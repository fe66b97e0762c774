"""What may be asked at all: http and https, ordinary ports, hosts on the allow-list, no address inside a network."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from urllib.parse import urlsplit

from archiver.errors import HostRefusedError, RedirectError

HostRule = Callable[[str], bool]

# Resolvers of local proxies (Clash, Surge, sing-box in "fake-ip" mode) answer with addresses of this block, which is
# reserved for benchmarks and routed nowhere else.
_FAKE_IP = ipaddress.ip_network("198.18.0.0/15")


def check_url(url: str, allowed: HostRule) -> str:
    """The host of `url` in lower case. Raises HostRefusedError where it must not be asked.

    `allowed(host)` is the allow-list; a literal address, another scheme or port, and a user name in the URL are refused
    whatever it says.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise HostRefusedError(f"{url[:200]} is no address that may be asked") from error
    good = parts.scheme in ("http", "https") and port in (None, 80, 443) and parts.username is None
    if not good or not host or _is_address(host) or not allowed(host):
        place = (f"{parts.scheme}://{parts.netloc}" if parts.netloc else url)[:200]
        raise HostRefusedError(f"{place} is not among the hosts that may be asked")
    return host


def check_secure(url: str, target: str) -> None:
    """Raises RedirectError for a redirect from https to http, which anybody on the way could read and change."""
    if url.startswith("https:") and not target.startswith("https:"):
        raise RedirectError(f"redirected from https to {target[:200]}, which is not followed")


def check_address(host: str) -> None:
    """Refuse a host whose name leads into a private network. Only for direct connections: behind a proxy it is the
    proxy that looks names up. Raises HostRefusedError."""
    import socket

    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except OSError:
        return  # the request itself will say so
    for *_, place in found:
        address = ipaddress.ip_address(str(place[0]).partition("%")[0])
        if not address.is_global and not (address.version == 4 and address in _FAKE_IP):
            raise HostRefusedError(f"{host} leads to {address}, which is not on the Internet")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # The forms that only resolvers read: 2130706433, 0x7f.1, 127.1
        return host.replace(".", "").isdecimal() or host.startswith("0x")
    return True
