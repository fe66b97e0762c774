"""What keeps a connection from coming about, or breaks it off: one table for both engines, so that the same trouble has
the same name and the same words whichever of them meets it."""

from __future__ import annotations

import re
from enum import StrEnum

from archiver.errors import (
    ArchiverError,
    BrowserError,
    NetworkError,
    NoHandlesError,
    UnreachableError,
)
from archiver.fetch.proxy import Proxy


class Obstacle(StrEnum):
    """Why there is no connection: what is wrong, and the cure. `{way}` names the proxy where there is one."""

    NAME = "no address is found for {hosts}: check the network connection and its DNS server"
    OFFLINE = "this machine has no way to {hosts}: check the network connection (or the firewall)"
    REFUSED = "connections to {hosts} are refused: something on the way, such as a firewall, may be the reason"
    TIMEOUT = "no connection to {hosts}{way} came about in time: check the network connection"
    BROKEN = "the connection to {hosts}{way} is broken off before anything is asked: something on the way refuses it"
    CERTIFICATE = (
        "the certificate of {hosts} is not trusted: behind a proxy that opens TLS, name its certificate in "
        "[network] ca_bundle"
    )
    CERTIFICATE_NAME = "the certificate of {hosts} is another host's: the network may want a login in a browser first"
    CERTIFICATE_DATE = "the certificate of {hosts} is not valid today: check this machine's clock"
    PROXY_DOWN = "the proxy {proxy} cannot be reached: start it, or mend [network] proxy (or HTTPS_PROXY)"
    PROXY_CERTIFICATE = (
        "the certificate of the proxy {proxy} is not trusted: name it in [network] ca_bundle, or take an http:// proxy"
    )
    PROXY_REFUSES = (
        "the proxy {proxy} gives no connection to {hosts}: see what it says, or take another [network] proxy"
    )
    PROXY_LOGIN = (
        'the proxy {proxy} wants another login: [network] proxy = "http://user:password@host:port" (or HTTPS_PROXY)'
    )


def unreachable(cause: Obstacle, host: str, proxy: Proxy | None) -> UnreachableError:
    """The error that says so."""
    way = f" through the proxy {proxy.address}" if proxy else ""
    sentence = cause.replace("{way}", way).replace("{proxy}", proxy.address if proxy else "")
    return UnreachableError(sentence, host)


# Chromium's names (net/base/net_error_list.h). What is not listed is no matter of connections.
_CAUSES = {
    "NAME_NOT_RESOLVED": Obstacle.NAME,
    "NAME_RESOLUTION_FAILED": Obstacle.NAME,
    "ICANN_NAME_COLLISION": Obstacle.NAME,
    "INTERNET_DISCONNECTED": Obstacle.OFFLINE,
    "NETWORK_CHANGED": Obstacle.OFFLINE,
    "NETWORK_IO_SUSPENDED": Obstacle.OFFLINE,
    "NETWORK_ACCESS_DENIED": Obstacle.OFFLINE,
    "BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS": Obstacle.OFFLINE,
    "ADDRESS_UNREACHABLE": Obstacle.OFFLINE,
    "ADDRESS_INVALID": Obstacle.OFFLINE,
    "CONNECTION_REFUSED": Obstacle.REFUSED,
    "CONNECTION_TIMED_OUT": Obstacle.TIMEOUT,
    "TIMED_OUT": Obstacle.TIMEOUT,
    "CONNECTION_RESET": Obstacle.BROKEN,
    "CONNECTION_CLOSED": Obstacle.BROKEN,
    "CONNECTION_ABORTED": Obstacle.BROKEN,
    "CONNECTION_FAILED": Obstacle.BROKEN,
    "SOCKET_NOT_CONNECTED": Obstacle.BROKEN,
    "EMPTY_RESPONSE": Obstacle.BROKEN,
    "INVALID_HTTP_RESPONSE": Obstacle.BROKEN,
    "CERT_DATE_INVALID": Obstacle.CERTIFICATE_DATE,
    "CERT_COMMON_NAME_INVALID": Obstacle.CERTIFICATE_NAME,
    "SSL_PINNED_KEY_NOT_IN_CERT_CHAIN": Obstacle.CERTIFICATE,
    "PROXY_CONNECTION_FAILED": Obstacle.PROXY_DOWN,
    "PROXY_CERTIFICATE_INVALID": Obstacle.PROXY_CERTIFICATE,
    "MANDATORY_PROXY_CONFIGURATION_FAILED": Obstacle.PROXY_DOWN,
    "NO_SUPPORTED_PROXIES": Obstacle.PROXY_DOWN,
    "TUNNEL_CONNECTION_FAILED": Obstacle.PROXY_REFUSES,
    "INVALID_AUTH_CREDENTIALS": Obstacle.PROXY_LOGIN,
    "UNEXPECTED_PROXY_AUTH": Obstacle.PROXY_LOGIN,
    "PROXY_AUTH_REQUESTED": Obstacle.PROXY_LOGIN,
    "PROXY_AUTH_UNSUPPORTED": Obstacle.PROXY_LOGIN,
}
_KINDS = {
    "DNS_": Obstacle.NAME,
    "SOCKS_": Obstacle.PROXY_REFUSES,
    "CERT_": Obstacle.CERTIFICATE,
    "SSL_": Obstacle.BROKEN,
    "BAD_SSL_": Obstacle.BROKEN,
    "ECH_": Obstacle.BROKEN,
    "HTTP2_": Obstacle.BROKEN,
    "QUIC_": Obstacle.BROKEN,
    "CONTENT_LENGTH_": Obstacle.BROKEN,
    "INCOMPLETE_": Obstacle.BROKEN,
}
_NO_HANDLES = ("INSUFFICIENT_RESOURCES",)
_UNDECODED = ("CONTENT_DECODING_FAILED", "CONTENT_DECODING_INIT_FAILED")
_CODE = re.compile(r"\bnet::ERR_([A-Z0-9_]+)")

BROKE_OFF = "the connection broke off"


def chromium_cause(code: str) -> Obstacle | None:
    """What a name of Chromium's (without `ERR_`) stands for; None for what is no matter of connections."""
    return _CAUSES.get(code) or next((cause for start, cause in _KINDS.items() if code.startswith(start)), None)


def chromium_failure(words: str, host: str, proxy: Proxy | None, *, sent: bool) -> ArchiverError:
    """Our own error for what Chromium (or Playwright) says of a load that failed. `sent`: whether the request had left
    when it did; only then it may be what was asked for that is to blame."""
    found = _CODE.search(words)
    if not found:
        return BrowserError(f"the page did not load: {words}")
    code = found[1]
    if code in _NO_HANDLES:
        return NoHandlesError()
    cause = chromium_cause(code)
    if cause and not sent:
        return unreachable(cause, host, proxy)
    if cause or code in _UNDECODED:
        return NetworkError(f"{BROKE_OFF} ({code.lower().replace('_', ' ')})")
    return BrowserError(f"the page did not load ({code.lower().replace('_', ' ')})")
