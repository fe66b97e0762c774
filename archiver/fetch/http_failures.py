"""What requests, urllib3 and PySocks raise, as our own errors: the other half of `failures`."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator

import requests
import socks
from urllib3.exceptions import IncompleteRead

from archiver.amounts import counted
from archiver.errors import ArchiverError, NetworkError, NoHandlesError, is_out_of_handles
from archiver.fetch.failures import BROKE_OFF, Obstacle, unreachable
from archiver.fetch.proxy import Proxy

_NO_WAY = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EACCES, errno.EPERM}
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")
# OpenSSL's X509_V_ERR_*: not yet valid, expired; another host's name, or address.
_DATES, _NAMES = {9, 10}, {62, 64}


def connection_failure(error: Exception, host: str, proxy: Proxy | None) -> ArchiverError:
    """Our own error for a connection to `host`, through `proxy`, that did not come about."""
    chain = list(_chain(error))
    if _no_handles(chain):
        return NoHandlesError()
    return unreachable(_cause(chain, proxy), host, proxy)


def broken_answer(error: Exception) -> ArchiverError:
    """Our own error for an answer that broke off, or that is none."""
    chain = list(_chain(error))
    if _no_handles(chain):
        return NoHandlesError()
    for link in chain:
        if isinstance(link, IncompleteRead) and isinstance(link.expected, int):
            got = link.partial if isinstance(link.partial, int) else len(link.partial)
            return NetworkError(f"{BROKE_OFF} after {got:,} of {counted(got + link.expected, 'byte')}")
    return NetworkError(f"{BROKE_OFF} ({chain[-1]})"[:200])


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, the innermost last."""
    link: BaseException | None = error
    while link is not None:
        yield link
        # urllib3 has some of them only as arguments.
        inner = next((part for part in link.args if isinstance(part, BaseException)), None)
        link = link.__cause__ or link.__context__ or inner


def _no_handles(chain: list[BaseException]) -> bool:
    return any(map(is_out_of_handles, chain))


def _cause(chain: list[BaseException], proxy: Proxy | None) -> Obstacle:
    if proxy and (cause := _proxy_cause(chain, proxy)):
        return cause
    return next(filter(None, map(_cause_of, chain[::-1])), Obstacle.BROKEN)


def _proxy_cause(chain: list[BaseException], proxy: Proxy) -> Obstacle | None:
    """Where it is the proxy that is not reached, or refuses; None where it was the way through it."""
    for link in chain:
        if isinstance(link, socks.ProxyConnectionError):
            return Obstacle.PROXY_DOWN
        if isinstance(link, socks.SOCKS5AuthError):
            return Obstacle.PROXY_LOGIN
        if isinstance(link, socks.ProxyError):
            # SOCKS 4 proxies are given addresses, which are looked up in the middle of it.
            elsewhere = isinstance(link.socket_err, TimeoutError | socket.gaierror)
            return _cause_of(link.socket_err) if elsewhere else Obstacle.PROXY_REFUSES
        if found := _TUNNEL.search(str(link)) if isinstance(link, OSError) else None:
            return Obstacle.PROXY_LOGIN if found[1] == "407" else Obstacle.PROXY_REFUSES
    if proxy.is_socks:  # whose own name is looked up before PySocks wraps anything
        return Obstacle.PROXY_DOWN if isinstance(chain[-1], socket.gaierror) else None
    if not any(isinstance(link, requests.exceptions.ProxyError) for link in chain):
        return None
    if any(isinstance(link, ssl.SSLCertVerificationError) for link in chain):
        return Obstacle.PROXY_CERTIFICATE
    tls = any(isinstance(link, ssl.SSLError) for link in chain)  # of a proxy that is reached by https
    return Obstacle.PROXY_DOWN if tls or _cause_of(chain[-1]) not in (Obstacle.BROKEN, Obstacle.TIMEOUT) else None


def _cause_of(link: BaseException) -> Obstacle | None:
    """What one error of a chain says."""
    if isinstance(link, ssl.SSLCertVerificationError):
        code = link.verify_code
        return (
            Obstacle.CERTIFICATE_DATE
            if code in _DATES
            else Obstacle.CERTIFICATE_NAME
            if code in _NAMES
            else Obstacle.CERTIFICATE
        )
    if isinstance(link, socket.gaierror):
        return Obstacle.NAME
    if isinstance(link, ConnectionRefusedError):
        return Obstacle.REFUSED
    if isinstance(link, TimeoutError | requests.Timeout):
        return Obstacle.TIMEOUT
    if isinstance(link, ssl.SSLError | ConnectionError):
        return Obstacle.BROKEN
    return Obstacle.OFFLINE if isinstance(link, OSError) and link.errno in _NO_WAY else None
